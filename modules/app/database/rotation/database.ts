import { Client } from 'pg';
import type { Login } from './secrets.ts';
import { settings } from './settings.ts';

const CONNECT_MILLISECONDS = 10_000;
const STATEMENT_MILLISECONDS = 20_000;

/** A connection, encrypted, with a server whose certificate is right for its name; the caller ends it. */
export const connect = async ({ username, password }: Login): Promise<Client> => {
  const { host, port, database } = settings();
  const client = new Client({
    ...{ host, port, database, user: username, password },
    ssl: { rejectUnauthorized: true },
    application_name: 'hello-rotation',
    connectionTimeoutMillis: CONNECT_MILLISECONDS,
    statement_timeout: STATEMENT_MILLISECONDS,
  });
  await client.connect();
  return client;
};
