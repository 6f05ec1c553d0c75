import type { Credentials } from './credentials.ts';
import type { Limits } from './limits.ts';

/** What went wrong with a database, as far as it decides what to do next. */
export type Fault =
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
  | 'missing table'
  | 'denied'
  | 'other';

/** A database's refusal. The message holds no password, and no user's data once connected. */
export class DatabaseError extends Error {
  override name = 'DatabaseError';
  /** @param code the driver's or the server's, such as `ECONNREFUSED` or `57014` */
  constructor(
    readonly fault: Fault,
    readonly code: string,
    message = `${fault} (${code})`,
  ) {
    super(message);
    // Logs tell an error's name, never its message.
    this.name = `DatabaseError(${code})`;
  }
}

/** The error with the driver's own words, for a connection that holds no user's data yet; never with the password. */
export const withMessage = (error: unknown, password: string): unknown => {
  if (!(error instanceof DatabaseError && error.cause instanceof Error)) return error;
  const message = error.cause.message || error.code;
  const text = password === '' ? message : message.replaceAll(password, '***');
  return new DatabaseError(error.fault, error.code, text);
};

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
  /** The dates of birth of those that are stored. */
  find(usernames: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** Stores all or none. Unless the server begins within `limits.start`, it does nothing. */
  save(datesOfBirth: ReadonlyMap<string, string>): Promise<void>;
  /** Whether the table can be read; limited as `query` is. */
  ping(): Promise<void>;
  /** For the schema: any statement. Without an answer in `milliseconds`, or `limits.answer`, the connection is dropped. */
  query(sql: string, values?: readonly unknown[], milliseconds?: number): Promise<readonly Row[]>;
  /** Asks the server, over another connection, to give up the statement under way. */
  cancel(): Promise<void>;
  /** Drops the connection and what is unsent; a statement under way rejects. */
  destroy(): void;
  /** Takes leave of the server. */
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
