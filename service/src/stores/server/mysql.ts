import { type ConnectionOptions, createConnection, type QueryOptions } from 'mysql2';
import { checkMysql, migrateMysql } from '../migrations/mysql/migrate.ts';
import { ServerClock } from './clock.ts';
import {
  type Connection,
  type ConnectOptions,
  DatabaseError,
  type DatabaseErrorKind,
  type Dialect,
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
    const result = new Promise<unknown>((resolve, reject) =>
      start((error, value) => (error ? reject(error) : resolve(value))),
    );
    try {
      return (await socket.guard(result)) as T;
    } catch (error) {
      throw databaseError(error);
    }
  };
  const query = async (
    sql: string,
    values: readonly unknown[] = [],
    milliseconds = limits.response,
  ) => {
    const result = run<readonly Row[]>((done) => driver.query(sql, [...values], done));
    const rows = await socket.withTimeout(milliseconds, result);
    return Array.isArray(rows) ? rows : [];
  };
  const clock = new ServerClock(async () =>
    Number((await query('select unix_timestamp(sysdate(6)) as seconds'))[0]?.seconds),
  );

  /** A server that holds as many prepared statements as it may takes others. */
  const execute = async <T>(statement: QueryOptions, values: (string | number)[]): Promise<T> => {
    try {
      return await run<T>((done) => driver.execute(statement, values, done));
    } catch (error) {
      if (!(error instanceof DatabaseError && error.code === '1461')) throw error;
      return run<T>((done) => driver.query(statement, values, done));
    }
  };

  let isMariadb = false;
  const begin = async () => {
    await run((done) => driver.connect((error) => done(error, undefined)));
    await query(FIRST_SETTINGS);
    const rows = await query(VARIABLES);
    const variables = new Map(rows.map(({ Variable_name, Value }) => [Variable_name, Value]));
    isMariadb = /mariadb/i.test(String(variables.get('version')));
    const level = isolation(variables.get('binlog_format'));
    await query(`set session transaction isolation level ${level}`);
    await query(`set session ${sessionSettings(isMariadb, limits.statement)}`);
    await clock.in(0);
  };
  await socket.open(begin, options);

  return {
    closed: socket.closed,
    longestSave: isMariadb ? limits.statement : 1_000 * lockWaitSeconds(limits.statement),
    find: async (usernames) => {
      const values = padded(usernames);
      const sql = `${FIND} (${values.map(() => '?').join(', ')})`;
      return new Map(await execute<[string, string][]>({ sql, rowsAsArray: true }, values));
    },
    save: async (datesOfBirth, start) => {
      // In one order, so that two batches never wait for each other.
      const entries = [...datesOfBirth].sort(([a], [b]) => (a < b ? -1 : 1));
      const latest = await clock.in(start);
      const values = [JSON.stringify(entries), latest];
      const { affectedRows } = await execute<{ affectedRows: number }>({ sql: SAVE }, values);
      if (affectedRows === 0) throw clock.lateError(latest);
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
    // Says that the password may be sent as it is; `stream` connects.
    socketPath: address.socket,
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

/**
 * Settings that a server, a user or `init_connect` may have otherwise, and that change what is stored, returned or waited
 * for. These come first, since without them not even the others can be read and set. From 0 to 1 `autocommit` ends a
 * transaction that is open. The default of `sql_select_limit` is the server's.
 */
const FIRST_SETTINGS = `set names utf8mb4 collate utf8mb4_bin, session autocommit = 0, session autocommit = 1,
  session sql_select_limit = 18446744073709551615, session sql_big_selects = 1`;

const VARIABLES = "show variables where variable_name in ('version', 'binlog_format')";

/** Where statements are logged for replicas, InnoDB refuses to write at a lower level than this. */
const isolation = (binlogFormat: unknown): string =>
  binlogFormat === 'STATEMENT' ? 'repeatable read' : 'read committed';

/** MySQL limits reads by time, writes only by their waits for locks; MariaDB limits both. */
const sessionSettings = (isMariadb: boolean, milliseconds: number): string => {
  const seconds = lockWaitSeconds(milliseconds);
  return [
    "time_zone = '+00:00'",
    "sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION'",
    `innodb_lock_wait_timeout = ${seconds}`,
    `lock_wait_timeout = ${seconds}`,
    isMariadb
      ? `max_statement_time = ${milliseconds / 1000}`
      : `max_execution_time = ${milliseconds}`,
  ].join(', ');
};

/** The servers wait for whole seconds, at least one. */
const lockWaitSeconds = (milliseconds: number): number =>
  Math.max(1, Math.floor(milliseconds / 1000));

/** The list, its last entry repeated up to a power of two, so that few statements are prepared. */
const padded = (usernames: readonly string[]): string[] => {
  const size = 2 ** Math.ceil(Math.log2(usernames.length));
  return [...usernames, ...Array(size - usernames.length).fill(usernames.at(-1))];
};

/** https://dev.mysql.com/doc/mysql-errors/9.4/en/server-error-reference.html, https://mariadb.com/docs/server/reference/error-codes */
const KINDS: Readonly<Record<number, DatabaseErrorKind>> = {
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
  1243: 'stale statement',
  1290: 'read-only',
  1317: 'time-out',
  1615: 'stale statement',
  1698: 'authentication',
  1792: 'read-only',
  1836: 'read-only',
  1862: 'authentication',
  1927: 'unreachable',
  1969: 'time-out',
  3024: 'time-out',
  3101: 'conflict',
  3118: 'authentication',
  3159: 'authentication',
  4031: 'unreachable',
  4151: 'authentication',
};

const databaseError = (error: unknown): unknown => {
  if (error instanceof DatabaseError) return error;
  if (!(error instanceof Error)) return new DatabaseError('other', 'UNKNOWN');
  const errno = 'errno' in error ? Number(error.errno) : 0;
  // The system's numbers are negative or small.
  const isServers = errno >= 1000;
  const code = isServers ? String(errno) : 'code' in error ? String(error.code) : 'CLOSED';
  const kind = isServers ? (KINDS[errno] ?? 'other') : 'unreachable';
  return Object.assign(new DatabaseError(kind, code), { cause: error });
};

export const mysql: Dialect = { connect, migrate: migrateMysql, check: checkMysql };
