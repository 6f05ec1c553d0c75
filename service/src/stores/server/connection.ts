import type { Credentials } from './credentials.ts';
import type { Limits } from './limits.ts';

/** Kinds of database errors, as far as they decide what to do next. */
export type DatabaseErrorKind =
  /** No answer: refused, cut, silent, starting or stopping. Whether a statement was executed is unknown. */
  | 'unreachable'
  /** The server doesn't take user and password. */
  | 'authentication'
  | 'too many connections'
  /** A standby, or a server that was failed over. */
  | 'read-only'
  /** The server gave the statement up; it changed nothing. */
  | 'time-out'
  /** A deadlock or the like; the statement changed nothing and may be tried again. */
  | 'conflict'
  /** A save reached the server too late to be executed. */
  | 'late'
  /** The same, because the server's clock isn't what it was when it was read. */
  | 'stale clock'
  /** The server doesn't know a prepared statement, or has another one of its name; the statement changed nothing. */
  | 'stale statement'
  | 'missing table'
  | 'denied'
  | 'other';

/** A database's refusal. The message holds no password, and no user's data once connected. */
export class DatabaseError extends Error {
  override name = 'DatabaseError';
  /** @param code the driver's or the server's, such as `ECONNREFUSED` or `57014` */
  constructor(
    readonly kind: DatabaseErrorKind,
    readonly code: string,
    message = `${kind} (${code})`,
  ) {
    super(message);
    // Logs tell an error's name, never its message.
    this.name = `DatabaseError(${code})`;
  }
}

/**
 * The error with the server's or the driver's own sentence, for statements that hold no user's data: those by which a
 * connection and the schema are prepared. Never with the password, nor a sentence that may quote what is stored.
 * @param remedy follows the sentence
 */
export const withMessage = (error: unknown, password = '', remedy = ''): unknown => {
  if (!(error instanceof DatabaseError && error.cause instanceof Error)) return error;
  if (mayQuoteData(error.cause)) return error;
  const { kind, code, cause } = error;
  const message = cause.message.includes(code) ? cause.message : `${cause.message} (${code})`;
  const safe = password ? message.replaceAll(password, '***') : message;
  return new DatabaseError(kind, code, remedy ? `${safe}; ${remedy}` : safe);
};

/** Data exceptions and violated constraints, by their class of SQLSTATE; to some of MySQL's it gives no class. */
const mayQuoteData = (cause: Error & { sqlState?: unknown; code?: unknown; errno?: unknown }) =>
  /^(01|22|23)/.test(String(cause.sqlState ?? cause.code)) ||
  [1366, 1411, 1526].includes(Number(cause.errno));

/** A database on a server. */
export interface ServerAddress {
  readonly kind: 'postgresql' | 'mysql';
  readonly host: string;
  readonly port: number;
  /** PostgreSQL: the folder of the Unix socket; MySQL: the socket. Used in place of host and port. */
  readonly socket: string | undefined;
  readonly database: string;
  /** `require` encrypts, `verify-ca` also checks the chain, `verify-full` also the host name. */
  readonly tls: 'disable' | 'require' | 'verify-ca' | 'verify-full';
}

export interface ConnectOptions extends Credentials {
  readonly address: ServerAddress;
  /** Certificates (PEM) that are trusted in place of those that the runtime holds. */
  readonly ca?: string;
  readonly limits: Limits;
  /** Gives connecting up, also what is under way. */
  readonly signal?: AbortSignal;
}

export type Row = Readonly<Record<string, unknown>>;

/** One connection; one statement at a time. Every promise but `close` and `cancel` rejects with a DatabaseError. */
export interface Connection {
  /** Resolves, never rejects, when it is closed, by whichever side. */
  readonly closed: Promise<void>;
  /** Milliseconds after which a save that began has ended; on MySQL only if it waited for no second lock. */
  readonly longestSave: number;
  /** The dates of birth of those that are stored. */
  find(usernames: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** Stores all or none. Unless the server begins within `start` milliseconds, it does nothing. */
  save(datesOfBirth: ReadonlyMap<string, string>, start: number): Promise<void>;
  /** Whether the table can be read; limited as `query` is. */
  ping(): Promise<void>;
  /** For the schema: any statement. Without a response in `milliseconds`, or `limits.response`, the connection is dropped. */
  query(sql: string, values?: readonly unknown[], milliseconds?: number): Promise<readonly Row[]>;
  /** Asks the server, over another connection, to give up the statement under way. */
  cancel(): Promise<void>;
  /** Drops the connection and what is unsent; a statement under way rejects. */
  destroy(): void;
  /** Ends the session and closes the connection. */
  close(): Promise<void>;
}

/** What differs between PostgreSQL and MySQL. */
export interface Dialect {
  /** @throws DatabaseError */
  connect(options: ConnectOptions): Promise<Connection>;
  /**
   * Applies what is missing, once, however many processes do so. False when the user may not read what was applied:
   * then the table, which is there, is all that is known.
   * @throws DatabaseError, SchemaError
   */
  migrate(connection: Connection): Promise<boolean>;
  /** Resolves when the schema is there, without changing anything. @throws DatabaseError, SchemaError */
  check(connection: Connection): Promise<void>;
}
