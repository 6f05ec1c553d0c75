import { createConnection } from 'node:net';
import pg from 'pg';
import { checkPostgresql, migratePostgresql } from '../migrations/postgresql/migrate.ts';
import { ServerClock } from './clock.ts';
import {
  type Connection,
  type ConnectOptions,
  DatabaseError,
  type DatabaseErrorKind,
  type Dialect,
} from './connection.ts';
import { DriverSocket } from './socket.ts';
import { tlsOptions } from './tls.ts';

/** A cast to text would follow the `DateStyle` of the server, the database or the user. */
const FIND = {
  name: 'find',
  text: "select username, to_char(date_of_birth, 'YYYY-MM-DD') from birthday where username = any($1::text[])",
  rowMode: 'array',
} as const;

/** Asks for the table without reading it, which a lock would hold up. */
const PING = "select has_table_privilege('birthday', 'select') as allowed";

const SAVE = {
  name: 'save',
  text: `insert into birthday (username, date_of_birth)
    select * from unnest($1::text[], $2::text[]::date[])
    where extract(epoch from statement_timestamp()) < $3::float8
    on conflict (username) do update set date_of_birth = excluded.date_of_birth`,
} as const;

const connect = async (options: ConnectOptions): Promise<Connection> => {
  const { address, limits } = options;
  const socket = new DriverSocket();
  const client = new pg.Client({
    stream: () => socket.socket,
    host: address.socket ?? address.host,
    port: address.port,
    database: address.database,
    user: options.username,
    password: options.password,
    ssl: tlsOptions(options) ?? false,
    application_name: 'hello',
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
  });
  // Without a listener the end of an idle connection would end the process.
  client.on('error', (error) => socket.destroy(error));
  const run = async <T>(query: () => Promise<T>): Promise<T> => {
    try {
      return await socket.guard(query());
    } catch (error) {
      throw databaseError(error);
    }
  };
  const query = async (
    sql: string,
    values?: readonly unknown[],
    milliseconds = limits.response,
  ) => {
    const result = run(() => client.query(sql, values ? [...values] : undefined));
    const { rows } = await socket.withTimeout(milliseconds, result);
    return rows ?? [];
  };
  const clock = new ServerClock(async () =>
    Number((await query('select extract(epoch from clock_timestamp()) as seconds'))[0]?.seconds),
  );

  const key = client as unknown as BackendKey;
  let isPooled = false;
  const begin = async () => {
    await run(() => client.connect());
    const [row] = await query('select pg_backend_pid() as pid');
    // A pooler gives its clients keys of its own.
    isPooled = row?.pid !== key.processID;
    if (isPooled) await inTransaction(query, limits.statement, () => clock.in(0));
    else {
      await query(
        `set default_transaction_isolation = 'read committed'; set statement_timeout = ${limits.statement}`,
      );
      await clock.in(0);
    }
  };
  await socket.open(begin, options);

  const execute = async ({ name, ...statement }: NamedStatement) =>
    isPooled
      ? inTransaction(query, limits.statement, () => run(() => client.query(statement)))
      : run(() => client.query({ name, ...statement }));

  return {
    closed: socket.closed,
    longestSave: isPooled ? 2 * limits.statement : limits.statement,
    find: async (usernames) => {
      const { rows } = await execute({ ...FIND, values: [usernames] });
      return new Map(rows as unknown as [string, string][]);
    },
    save: async (datesOfBirth, start) => {
      // In one order, so that two batches never wait for each other.
      const usernames = [...datesOfBirth.keys()].sort();
      const dates = usernames.map((username) => datesOfBirth.get(username));
      const latest = await clock.in(start);
      const { rowCount } = await execute({ ...SAVE, values: [usernames, dates, latest] });
      if (rowCount === 0) throw clock.lateError(latest);
    },
    ping: async () => {
      const [row] = await query(PING);
      if (!row?.allowed) throw new DatabaseError('denied', '42501');
    },
    query,
    cancel: () => cancel(options, key),
    destroy: () => socket.destroy(),
    close: () => socket.close(() => void client.end().catch(() => {}), limits.statement),
  };
};

interface NamedStatement {
  readonly name: string;
  readonly text: string;
  readonly rowMode?: 'array';
  readonly values: unknown[];
}

/**
 * A pooler such as PgBouncer may run each transaction on another connection to the server, so that settings must be those
 * of a transaction, and statements can have no names. A transaction whose client is gone ends after `milliseconds`, too.
 */
const inTransaction = async <T>(
  query: Connection['query'],
  milliseconds: number,
  statement: () => Promise<T>,
): Promise<T> => {
  try {
    await query(
      `begin isolation level read committed; set local statement_timeout = ${milliseconds}; set local idle_in_transaction_session_timeout = ${milliseconds}`,
    );
    const result = await statement();
    await query('commit');
    return result;
  } catch (error) {
    await query('rollback').catch(() => {});
    throw error;
  }
};

/** What the server gave the driver to cancel statements with; not in its types. */
interface BackendKey {
  readonly processID: number;
  readonly secretKey: number;
}

/**
 * The request has a connection of its own, without TLS or user. The server closes it: PgBouncer 1.18 ends when it is closed
 * before the request was passed on.
 */
const cancel = ({ address, limits }: ConnectOptions, key: BackendKey): Promise<void> =>
  new Promise((resolve) => {
    const message = Buffer.alloc(16);
    message.writeInt32BE(16, 0);
    message.writeInt32BE(80877102, 4);
    message.writeInt32BE(key.processID, 8);
    message.writeInt32BE(key.secretKey, 12);
    const socket = createConnection(
      address.socket
        ? { path: `${address.socket}/.s.PGSQL.${address.port}` }
        : { host: address.host, port: address.port },
      () => socket.write(message),
    );
    socket.setTimeout(limits.response, () => socket.destroy());
    socket.on('error', () => {});
    socket.on('data', () => {});
    socket.on('close', () => resolve());
  });

/** https://www.postgresql.org/docs/current/errcodes-appendix.html */
const KINDS: Readonly<Record<string, DatabaseErrorKind>> = {
  '0A000': 'stale statement',
  '25006': 'read-only',
  // A transaction that failed before and was not ended.
  '25P02': 'stale statement',
  // With these the server also ends the session.
  '25P03': 'unreachable',
  '25P04': 'unreachable',
  '26000': 'stale statement',
  '28000': 'authentication',
  '28P01': 'authentication',
  '40001': 'conflict',
  '40P01': 'conflict',
  '42501': 'denied',
  '42P01': 'missing table',
  '42P05': 'stale statement',
  '53300': 'too many connections',
  '55P03': 'time-out',
  '57014': 'time-out',
};

const kindOf = (sqlState: string): DatabaseErrorKind =>
  KINDS[sqlState] ?? (/^(08|57P)/.test(sqlState) ? 'unreachable' : 'other');

const NO_PASSWORD =
  'the server asks for a password: set it in DATABASE_URL, DATABASE_PASSWORD_FILE or DATABASE_CREDENTIALS_FILE';

const databaseError = (error: unknown): unknown => {
  if (error instanceof DatabaseError) return error;
  if (!(error instanceof Error)) return new DatabaseError('other', 'UNKNOWN');
  const code = 'code' in error ? String(error.code) : 'CLOSED';
  // The driver finds out itself that it has none to answer the server with.
  if (/client password must be/.test(error.message))
    return new DatabaseError('authentication', 'NO_PASSWORD', NO_PASSWORD);
  const kind = error instanceof pg.DatabaseError ? kindOf(code) : 'unreachable';
  return Object.assign(new DatabaseError(kind, code), { cause: error });
};

export const postgresql: Dialect = { connect, migrate: migratePostgresql, check: checkPostgresql };
