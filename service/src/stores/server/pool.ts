import { StoreUnavailableError } from '../../greeting/store.ts';
import type { Log } from '../../observability/log.ts';
import type { PoolState } from '../../observability/store-metrics.ts';
import type { Batch } from './batch.ts';
import type { Connection } from './connection.ts';
import { backoff, Connector } from './connector.ts';
import {
  concernsOldConnections,
  isOfConnection,
  isWorthRetrying,
  kindOf,
  StatementFailureLog,
} from './failure-policy.ts';
import type { Limits } from './limits.ts';
import { type PooledConnection, PooledConnections } from './pooled-connections.ts';
import { RequestQueue } from './queue.ts';

export interface PoolOptions {
  /** Opens a connection, with the credentials of the moment. @throws DatabaseError */
  connect(): Promise<Connection>;
  /** Maximum number of connections. */
  readonly max: number;
  readonly limits: Limits;
  readonly log: Log;
}

/** What a connection as old as this lacks, a new one may have. */
const REPLACE_AFTER_MILLISECONDS = 300;

/** How long a response of the server proves that it is there. */
const RESPONSE_COUNTS_MILLISECONDS = 1_000;

/**
 * Connections, a statement at a time on each. A request is sent at once when one is free; what waits meanwhile shares
 * the next statement. While the database can't be reached every request fails at once.
 */
export class Pool {
  readonly #options: PoolOptions;
  readonly #queue: RequestQueue;
  readonly #connector: Connector;
  readonly #failures: StatementFailureLog;
  // Whether the server is still there shows before the next request needs it.
  readonly #connections = new PooledConnections(() => {
    if (this.#connector.state === 'up') this.#openIfRoom();
  });
  #isScheduled = false;
  #lastResponse = Number.NEGATIVE_INFINITY;
  /** Counts the calls of `replace`, and which of them worked. */
  #generation = 0;
  #replaced = 0;

  constructor(options: PoolOptions) {
    const { connect, limits, log } = options;
    this.#options = options;
    this.#queue = new RequestQueue(limits, () => this.#schedule());
    this.#failures = new StatementFailureLog(log);
    this.#connector = new Connector({
      connect,
      log,
      hasConnections: () => this.#connections.size > 0,
      onDown: () => this.#queue.rejectAll(unavailable()),
      onRetry: () => this.#openIfRoom(),
      onSettled: () => this.#send(),
    });
    void this.#open();
  }

  get state(): PoolState {
    const { idle } = this.#connections;
    return {
      used: this.#connections.size - idle,
      idle,
      max: this.#options.max,
      waiting: this.#queue.size,
      refused: this.#connector.refused,
    };
  }

  /** @throws StoreUnavailableError */
  find(username: string): Promise<string | undefined> {
    return this.#request(username);
  }

  /** @throws StoreUnavailableError, the reason of `signal` when it is aborted before the statement is sent */
  async save(username: string, dateOfBirth: string, signal?: AbortSignal): Promise<void> {
    await this.#request(username, dateOfBirth, signal);
  }

  /** Whether the server answers; a busy pool proves it, or else a connection of its own. @throws StoreUnavailableError */
  async ping(): Promise<void> {
    if (this.#connector.state === 'starting') await this.#connector.firstAttempt();
    if (this.#isUnavailable) throw unavailable();
    if (performance.now() - this.#lastResponse < RESPONSE_COUNTS_MILLISECONDS) return;
    const pooled = this.#connections.take();
    if (pooled) return this.#ping(pooled);
    try {
      void (await this.#connector.connect()).close();
    } catch (error) {
      if (kindOf(error) !== 'too many connections') throw unavailable();
    }
  }

  /** Opens a new connection and, once that worked, closes those before it as soon as they are idle. */
  async replace(): Promise<void> {
    const generation = ++this.#generation;
    for (let attempt = 0; this.#generation === generation && !this.#isClosed; attempt++) {
      if (await this.#open(Number.POSITIVE_INFINITY)) {
        this.#replaced = generation;
        this.#connections.retire((pooled) => pooled.generation < generation);
        return;
      }
      await pause(backoff(attempt));
    }
  }

  /** Rejects what waits and lets what was sent finish. */
  async close(): Promise<void> {
    this.#connector.close();
    this.#queue.rejectAll(unavailable());
    const closed = this.#connections.closed();
    this.#connections.retire(() => true);
    await Promise.all([closed, this.#connector.settled()]);
  }

  get #isClosed(): boolean {
    return this.#connector.state === 'closed';
  }

  get #isUnavailable(): boolean {
    return this.#connector.state === 'down' || this.#isClosed;
  }

  #request(...request: Parameters<RequestQueue['add']>): Promise<string | undefined> {
    if (this.#isUnavailable) return Promise.reject(unavailable());
    const result = this.#queue.add(...request);
    this.#schedule();
    return result;
  }

  /** Sends once the requests that arrived in this turn of the event loop are all there. */
  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      this.#send();
    });
  }

  /** Sends what waits over the connections that are idle, and opens one when there are too few. */
  #send(): void {
    while (this.#connections.idle > 0) {
      const batch = this.#queue.next();
      if (!batch) return;
      const pooled = this.#connections.take();
      if (pooled) void this.#run(pooled, batch);
    }
    if (this.#queue.size > this.#connector.opening && this.#connector.isDue) this.#openIfRoom();
  }

  async #run(pooled: PooledConnection, batch: Batch): Promise<void> {
    const { limits } = this.#options;
    const sent = performance.now();
    const left = batch.deadline - sent;
    const start = Math.min(limits.start, left - limits.statement);
    const timer = setTimeout(() => void this.#giveUp(pooled), left);
    try {
      await batch.execute(pooled.connection, start);
      clearTimeout(timer);
      this.#release(pooled);
    } catch (error) {
      clearTimeout(timer);
      await this.#failed(pooled, batch, error, sent + start);
    }
    this.#schedule();
  }

  /** @param startsUntil until when the server may begin with the statement that failed, by `performance.now()` */
  async #failed(pooled: PooledConnection, batch: Batch, error: unknown, startsUntil: number) {
    const kind = kindOf(error);
    if (kind === 'unreachable') {
      this.#connections.discard(pooled);
      const start = startsUntil - performance.now();
      await batch.lost(start, start + pooled.connection.longestSave);
    } else if (concernsOldConnections(kind) && (this.#retireOld() || isOfConnection(kind)))
      this.#connections.discard(pooled);
    else this.#release(pooled);
    // What failed because the database is down has been logged.
    const isUp = this.#connector.state === 'up';
    if (isUp && !pooled.givenUp && isWorthRetrying(kind) && this.#queue.retry(batch, kind)) return;
    if (isUp) this.#failures.add(error);
    batch.reject(unavailable());
  }

  /** No response came: asks the server to stop the statement, for a moment, and drops the connection. */
  async #giveUp(pooled: PooledConnection): Promise<void> {
    pooled.givenUp = true;
    await Promise.race([pooled.connection.cancel(), pause(this.#options.limits.cancel)]);
    pooled.connection.destroy();
  }

  /** The server responded on this connection. */
  #release(pooled: PooledConnection): void {
    this.#lastResponse = performance.now();
    this.#connections.release(pooled);
  }

  /** Retires all but the newest connections; whether there were others. */
  #retireOld(): boolean {
    const before = performance.now() - REPLACE_AFTER_MILLISECONDS;
    return this.#connections.retire(({ openedAt }) => openedAt < before);
  }

  #openIfRoom(): void {
    if (this.#connections.size + this.#connector.opening < this.#options.max) void this.#open();
  }

  /** Opens a connection; whether it did, and there still was room for it. */
  #open(limit = this.#options.max): Promise<boolean> {
    const generation = this.#generation;
    return this.#connector.open((connection) => {
      if (this.#connections.size >= limit || generation < this.#replaced) return false;
      this.#connections.add(connection, generation);
      this.#lastResponse = performance.now();
      return true;
    });
  }

  async #ping(pooled: PooledConnection): Promise<void> {
    const timer = setTimeout(() => pooled.connection.destroy(), this.#options.limits.statement);
    try {
      await pooled.connection.ping();
      this.#release(pooled);
    } catch {
      this.#connections.discard(pooled);
      throw unavailable();
    } finally {
      clearTimeout(timer);
      this.#send();
    }
  }
}

/** Without a cause: it is logged here, not once a request. */
const unavailable = (): StoreUnavailableError => new StoreUnavailableError('the database');

const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));
