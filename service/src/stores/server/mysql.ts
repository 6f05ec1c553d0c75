import { type ConnectionOptions, createConnection } from 'mysql2';
import { checkMysql, migrateMysql } from '../migrations/mysql/migrate.ts';
import { ServerClock } from './clock.ts';
import {
  type Connection,
  type ConnectOptions,
  DatabaseError,
  type Dialect,
  type Fault,
  type Row,
} from './connection.ts';
import { DriverSocket } from './socket.ts';

const FIND =
  'select username, cast(date_of_birth as char) as date_of_birth from birthday where username in';

/** Asks for the table, as far as the user may know of it, without reading it, which a lock would hold up. */
const PING =
  "select 1 from information_schema.tables where table_schema = database() and table_name = 'birthday'";

const SAVE = `insert into birthday (username, date_of_birth)
  select username, date_of_birth
  from json_table(?, '$[*]' columns (
    username varchar(64) character set utf8mb4 path '$[0]',
    date_of_birth char(10) path '$[1]'
  )) as entry
  where unix_timestamp(now(6)) < ?
  on duplicate key update date_of_birth = values(date_of_birth)`;

const connect = async (options: ConnectOptions): Promise<Connection> => {
  const { limits } = options;
  const socket = new DriverSocket();
  const driver = createConnection(driverOptions(options, socket));
  // Without a listener the end of an idle connection would end the process.
  driver.on('error', (error) => socket.destroy(error));
  const run = async <T>(
    start: (done: (error: Error | null, result: unknown) => void) => void,
  ): Promise<T> => {
    const answer = new Promise<unknown>((resolve, reject) =>
      start((error, result) => (error ? reject(error) : resolve(result))),
    );
    try {
      return (await socket.guard(answer)) as T;
    } catch (error) {
      throw databaseError(error);
    }
  };
  const query = async (
    sql: string,
    values: readonly unknown[] = [],
    milliseconds = limits.answer,
  ) => {
    const answer = run<readonly Row[]>((done) => driver.query(sql, [...values], done));
    const rows = await socket.within(milliseconds, answer);
    return Array.isArray(rows) ? rows : [];
  };
  const clock = new ServerClock(async () =>
    Number((await query('select unix_timestamp(sysdate(6)) as seconds'))[0]?.seconds),
  );

  const begin = async () => {
    await run((done) => driver.connect((error) => done(error, undefined)));
    const [row] = await query('select version() as version');
    for (const setting of sessionSettings(String(row?.version), limits.statement))
      await query(`set session ${setting}`);
    await clock.in(0);
  };
  await socket.open(begin, options);

  return {
    closed: socket.closed,
    find: async (usernames) => {
      const values = padded(usernames);
      const sql = `${FIND} (${values.map(() => '?').join(', ')})`;
      const rows = await run((done) => driver.execute({ sql, rowsAsArray: true }, values, done));
      return new Map(rows as [string, string][]);
    },
    save: async (datesOfBirth) => {
      // In one order, so that two batches never wait for each other.
      const entries = [...datesOfBirth].sort(([a], [b]) => (a < b ? -1 : 1));
      const values = [JSON.stringify(entries), await clock.in(limits.start)];
      const { affectedRows } = await run<{ affectedRows: number }>((done) =>
        driver.execute(SAVE, values, done),
      );
      if (affectedRows === 0) throw new DatabaseError('late', 'LATE');
    },
    ping: async () => {
      const rows = await query(PING);
      if (rows.length === 0) throw new DatabaseError('missing table', '1146');
    },
    query,
    cancel: async () => {
      const { threadId } = driver;
      const other = await connect(options).catch(() => undefined);
      await other?.query(`kill query ${threadId}`).catch(() => {});
      await other?.close();
    },
    destroy: () => socket.destroy(),
    close: () => socket.close(() => driver.end(() => {}), limits.statement),
  };
};

const driverOptions = (options: ConnectOptions, socket: DriverSocket): ConnectionOptions => {
  const { address, ca } = options;
  return {
    stream: () =>
      socket.connect(
        address.socket ? { path: address.socket } : { host: address.host, port: address.port },
      ),
    host: address.host,
    port: address.port,
    database: address.database,
    user: options.username,
    password: options.password,
    ssl:
      address.tls === 'disable'
        ? undefined
        : {
            ca,
            rejectUnauthorized: address.tls !== 'require',
            verifyIdentity: address.tls === 'verify-full',
          },
    charset: 'utf8mb4_bin',
    // Matched rows count as affected, even when a save changes nothing.
    flags: ['FOUND_ROWS'],
  };
};

/** What the server gives up by itself; MySQL has no limit for writes but for their waits. */
const sessionSettings = (version: string, milliseconds: number): readonly string[] => {
  const seconds = Math.max(1, Math.floor(milliseconds / 1000));
  return [
    'autocommit = 1',
    "time_zone = '+00:00'",
    'transaction isolation level read committed',
    `innodb_lock_wait_timeout = ${seconds}`,
    `lock_wait_timeout = ${seconds}`,
    /mariadb/i.test(version)
      ? `max_statement_time = ${milliseconds / 1000}`
      : `max_execution_time = ${milliseconds}`,
  ];
};

/** The list, its last entry repeated up to a power of two, so that few statements are prepared. */
const padded = (usernames: readonly string[]): string[] => {
  const size = 2 ** Math.ceil(Math.log2(usernames.length));
  return [...usernames, ...Array(size - usernames.length).fill(usernames.at(-1))];
};

const FAULTS: Readonly<Record<number, Fault>> = {
  1040: 'too many connections',
  1044: 'denied',
  1045: 'authentication',
  1053: 'unreachable',
  1142: 'denied',
  1143: 'denied',
  1146: 'missing table',
  1203: 'too many connections',
  1205: 'time-out',
  1213: 'conflict',
  1226: 'too many connections',
  1290: 'read-only',
  1317: 'time-out',
  1698: 'authentication',
  1792: 'read-only',
  1836: 'read-only',
  1927: 'unreachable',
  1969: 'time-out',
  3024: 'time-out',
};

const databaseError = (error: unknown): unknown => {
  if (error instanceof DatabaseError) return error;
  if (!(error instanceof Error)) return new DatabaseError('other', 'UNKNOWN');
  const errno = 'errno' in error ? Number(error.errno) : 0;
  // The system's numbers are negative or small.
  const isServers = errno >= 1000;
  const code = isServers ? String(errno) : 'code' in error ? String(error.code) : 'CLOSED';
  const fault = isServers ? (FAULTS[errno] ?? 'other') : 'unreachable';
  return Object.assign(new DatabaseError(fault, code), { cause: error });
};

export const mysql: Dialect = { connect, migrate: migrateMysql, check: checkMysql };
