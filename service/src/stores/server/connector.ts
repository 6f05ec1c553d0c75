import type { Log } from '../../observability/log.ts';
import type { Connection, DatabaseErrorKind } from './connection.ts';
import { kindOf, REMEDIES, reasonOf } from './failure-policy.ts';

/** Waits before a further attempt to connect; short enough that a server that is back is noticed within a second. */
const FIRST_BACKOFF_MILLISECONDS = 50;
const LAST_BACKOFF_MILLISECONDS = 400;

export interface ConnectorOptions {
  /** Opens a connection, with the credentials of the moment. @throws DatabaseError */
  connect(): Promise<Connection>;
  readonly log: Log;
  /** Whether at least one connection is open, so that requests can be served. */
  hasConnections(): boolean;
  /** Called when the database can't be used any more. */
  onDown(): void;
  /** Called when another attempt to connect is due. */
  onRetry(): void;
  /** Called after each attempt to connect. */
  onSettled(): void;
}

/** Opens connections. While the database can't be used, it asks for further attempts, with back-off. */
export class Connector {
  readonly #options: ConnectorOptions;
  readonly #opening = new Set<Promise<boolean>>();
  #state: 'starting' | 'up' | 'down' | 'closed' = 'starting';
  /** The kind of error that was logged last. */
  #logged: DatabaseErrorKind | undefined;
  #attempts = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #openAgainAt = 0;
  #refused = 0;

  constructor(options: ConnectorOptions) {
    this.#options = options;
  }

  get state(): 'starting' | 'up' | 'down' | 'closed' {
    return this.#state;
  }

  /** Number of attempts under way. */
  get opening(): number {
    return this.#opening.size;
  }

  /** Number of connections that the server refused because it has too many. */
  get refused(): number {
    return this.#refused;
  }

  /** Whether a further connection may be tried: not for a moment after an attempt failed. */
  get isDue(): boolean {
    return performance.now() >= this.#openAgainAt;
  }

  /**
   * Opens a connection and hands it to `accept`, or closes it when `accept` returns false.
   * Resolves with whether a connection was opened and accepted; never rejects.
   */
  open(accept: (connection: Connection) => boolean): Promise<boolean> {
    const opening = this.#open(accept).finally(() => {
      this.#opening.delete(opening);
      this.#options.onSettled();
    });
    this.#opening.add(opening);
    return opening;
  }

  /** Resolves after the first of the attempts under way. */
  async firstAttempt(): Promise<void> {
    await Promise.race(this.#opening);
  }

  /** Opens a connection that isn't part of the pool. @throws DatabaseError */
  async connect(): Promise<Connection> {
    try {
      return await this.#options.connect();
    } catch (error) {
      if (kindOf(error) === 'too many connections') this.#refused++;
      throw error;
    }
  }

  /** Stops opening connections. */
  close(): void {
    this.#state = 'closed';
    clearTimeout(this.#timer);
  }

  /** Resolves when no attempt is under way. */
  async settled(): Promise<void> {
    await Promise.all(this.#opening);
  }

  async #open(accept: (connection: Connection) => boolean): Promise<boolean> {
    try {
      const connection = await this.connect();
      if (this.#state === 'closed' || !accept(connection)) {
        void connection.close();
        return false;
      }
      this.#up();
      return true;
    } catch (error) {
      this.#failed(error);
      return false;
    }
  }

  #up(): void {
    if (this.#state !== 'up') this.#options.log.info('the database answers');
    this.#state = 'up';
    this.#logged = undefined;
    this.#attempts = 0;
    clearTimeout(this.#timer);
  }

  #failed(error: unknown): void {
    if (this.#state === 'closed') return;
    if (this.#options.hasConnections()) {
      this.#openAgainAt = performance.now() + LAST_BACKOFF_MILLISECONDS;
      this.#log(error, 'no further database connection can be opened');
    } else this.#down(error);
  }

  #down(error: unknown): void {
    this.#log(error, 'the database can not be used, trying again');
    if (this.#state === 'down') return;
    this.#state = 'down';
    this.#options.onDown();
    this.#retryLater();
  }

  /** Retries until the database is up. An attempt that hangs delays none: after it the server may be back. */
  #retryLater(): void {
    this.#timer = setTimeout(
      () => {
        this.#options.onRetry();
        if (this.#state === 'down') this.#retryLater();
      },
      backoff(this.#attempts++),
    );
  }

  /** Logs an error once, until its kind changes or the database is up again. */
  #log(error: unknown, message: string): void {
    const kind = kindOf(error);
    if (kind === this.#logged) return;
    this.#logged = kind;
    this.#options.log.warn({ kind, reason: reasonOf(error), remedy: REMEDIES[kind] }, message);
  }
}

/** Milliseconds before the next attempt: twice as long each time, and never the same for two processes. */
export const backoff = (attempt: number): number =>
  Math.min(FIRST_BACKOFF_MILLISECONDS * 2 ** attempt, LAST_BACKOFF_MILLISECONDS) *
  (0.5 + Math.random() / 2);
