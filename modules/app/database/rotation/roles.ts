import type { Client } from 'pg';
import roles from './roles.sql' with { type: 'text' };
import { scramVerifier } from './scram.ts';
import type { Login } from './secrets.ts';

/** Any number that nothing else in the database locks. */
const LOCK = 4_355_464_112;

/** Makes the roles and privileges that are missing; within a transaction, one rotation at a time. */
export const prepareRoles = async (client: Client): Promise<void> => {
  await client.query('select pg_advisory_xact_lock($1)', [LOCK]);
  await client.query(roles);
};

/** The server is told a verifier, so that no password is in its logs. */
export const setPassword = async (client: Client, { username, password }: Login): Promise<void> => {
  const verifier = client.escapeLiteral(scramVerifier(password));
  await client.query(`alter role ${client.escapeIdentifier(username)} password ${verifier}`);
};
