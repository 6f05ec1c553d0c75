import { type ConnectionOptions, createConnection } from 'mysql2';
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

  let isMariadb = false;
  const begin = async () => {
    await run((done) => driver.connect((error) => done(error, undefined)));
    const [row] = await query('select version() as version');
    isMariadb = /mariadb/i.test(String(row?.version));
    for (const settings of sessionSettings(isMariadb, limits.statement))
      await query(`set session ${settings}`);
    await clock.in(0);
  };
  await socket.open(begin, options);

  return {
    closed: socket.closed,
    longestSave: isMariadb ? limits.statement : 1_000 * lockWaitSeconds(limits.statement),
    find: async (usernames) => {
      const values = padded(usernames);
      const sql = `${FIND} (${values.map(() => '?').join(', ')})`;
      const rows = await run((done) => driver.execute({ sql, rowsAsArray: true }, values, done));
      return new Map(rows as [string, string][]);
    },
    save: async (datesOfBirth, start) => {
      // In one order, so that two batches never wait for each other.
      const entries = [...datesOfBirth].sort(([a], [b]) => (a < b ? -1 : 1));
      const latest = await clock.in(start);
      const values = [JSON.stringify(entries), latest];
      const { affectedRows } = await run<{ affectedRows: number }>((done) =>
        driver.execute(SAVE, values, done),
      );
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
 * Settings that a server or a user may have otherwise, and that change what is stored, returned or waited for. MySQL limits
 * reads by time, writes only by their waits for locks; MariaDB limits both.
 */
const sessionSettings = (isMariadb: boolean, milliseconds: number): readonly string[] => {
  const seconds = lockWaitSeconds(milliseconds);
  return [
    'transaction isolation level read committed',
    [
      'autocommit = 1',
      "time_zone = '+00:00'",
      "sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION'",
      'sql_select_limit = default',
      'sql_big_selects = 1',
      `innodb_lock_wait_timeout = ${seconds}`,
      `lock_wait_timeout = ${seconds}`,
      isMariadb
        ? `max_statement_time = ${milliseconds / 1000}`
        : `max_execution_time = ${milliseconds}`,
    ].join(', '),
  ];
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
