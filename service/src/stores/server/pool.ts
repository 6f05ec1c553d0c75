import { StoreUnavailableError } from '../../greeting/store.ts';
import type { Log } from '../../observability/log.ts';
import type { PoolState } from '../../observability/store-metrics.ts';
import type { Batch } from './batch.ts';
import { type Connection, DatabaseError, type Fault } from './connection.ts';
import type { Limits } from './limits.ts';
import { RequestQueue } from './queue.ts';

export interface PoolOptions {
  /** Opens a connection, with the credentials of the moment. @throws DatabaseError */
  connect(): Promise<Connection>;
  /** How many connections at most. */
  readonly max: number;
  readonly limits: Limits;
  readonly log: Log;
}

/** A connection of the pool. */
interface Lane {
  readonly connection: Connection;
  readonly openedAt: number;
  /** The call of `replace` that came before it. */
  readonly generation: number;
  /** Its statement under way was given up. */
  givenUp: boolean;
  /** Closed once it is idle. */
  retired: boolean;
}

/** Waits before a further attempt to connect; short enough that a server that is back is noticed within a second. */
const FIRST_BACKOFF_MILLISECONDS = 50;
const LAST_BACKOFF_MILLISECONDS = 400;

/** What a connection as old as this lacks, a new one may have. */
const REPLACE_AFTER_MILLISECONDS = 300;

const LOG_AGAIN_MILLISECONDS = 60_000;

/** How long an answer of the server proves that it is there. */
const ANSWER_COUNTS_MILLISECONDS = 1_000;

/**
 * Connections, a statement at a time on each. A request is sent at once when one is free; what waits meanwhile shares
 * the next statement. While the database can't be reached every request fails at once and a loop tries to reconnect.
 */
export class Pool {
  readonly #options: PoolOptions;
  readonly #queue: RequestQueue;
  readonly #lanes = new Set<Lane>();
  readonly #idle: Lane[] = [];
  readonly #opening = new Set<Promise<boolean>>();
  #openAgainAt = 0;
  #gathering = false;
  #state: 'starting' | 'up' | 'down' | 'closed' = 'starting';
  #reason: Fault | undefined;
  #attempts = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #lastAnswer = Number.NEGATIVE_INFINITY;
  /** Counts the calls of `replace`, and which of them worked. */
  #generation = 0;
  #replaced = 0;
  #refused = 0;
  /** When a statement's fault was logged last. */
  readonly #logged = new Map<Fault, number>();

  constructor(options: PoolOptions) {
    this.#options = options;
    this.#queue = new RequestQueue(options.limits.wait, () => this.#gather());
    void this.#open();
  }

  get state(): PoolState {
    const idle = this.#idle.length;
    return {
      used: this.#lanes.size - idle,
      idle,
      max: this.#options.max,
      waiting: this.#queue.size,
      refused: this.#refused,
    };
  }

  /** @throws StoreUnavailableError */
  find(username: string): Promise<string | undefined> {
    return this.#request(username);
  }

  /** @throws StoreUnavailableError */
  async save(username: string, dateOfBirth: string): Promise<void> {
    await this.#request(username, dateOfBirth);
  }

  /** Whether the server answers; a busy pool proves it, or else a connection of its own. @throws StoreUnavailableError */
  async ping(): Promise<void> {
    if (this.#state === 'starting') await Promise.race(this.#opening);
    if (this.#state === 'down' || this.#state === 'closed') throw unavailable();
    if (performance.now() - this.#lastAnswer < ANSWER_COUNTS_MILLISECONDS) return;
    const lane = this.#idle.pop();
    if (lane) return this.#ping(lane);
    try {
      void (await this.#newConnection()).close();
    } catch (error) {
      if (faultOf(error) !== 'too many connections') throw unavailable();
    }
  }

  /** Opens a connection anew and, once that worked, closes those before it as soon as they are idle. */
  async replace(): Promise<void> {
    const generation = ++this.#generation;
    for (let attempt = 0; this.#generation === generation && this.#state !== 'closed'; attempt++) {
      if (await this.#open(Number.POSITIVE_INFINITY)) {
        this.#replaced = generation;
        for (const lane of this.#lanes) if (lane.generation < generation) this.#retire(lane);
        return;
      }
      await pause(backoff(attempt));
    }
  }

  /** Refuses what waits, lets what was sent finish. */
  async close(): Promise<void> {
    this.#state = 'closed';
    clearTimeout(this.#timer);
    this.#queue.rejectAll(unavailable());
    const closed = [...this.#lanes].map(({ connection }) => connection.closed);
    for (const lane of this.#lanes) this.#retire(lane);
    await Promise.all([...closed, ...this.#opening]);
  }

  #request(username: string, dateOfBirth?: string): Promise<string | undefined> {
    if (this.#state === 'down' || this.#state === 'closed') return Promise.reject(unavailable());
    const answer = this.#queue.add(username, dateOfBirth);
    this.#gather();
    return answer;
  }

  /** Pumps once the requests that arrived in this turn of the event loop are all there. */
  #gather(): void {
    if (this.#gathering) return;
    this.#gathering = true;
    setImmediate(() => {
      this.#gathering = false;
      this.#pump();
    });
  }

  /** Sends what waits over the connections that are idle, and opens one when there are too few. */
  #pump(): void {
    while (this.#idle.length > 0) {
      const batch = this.#queue.next();
      if (!batch) return;
      const lane = this.#idle.pop();
      if (lane) void this.#run(lane, batch);
    }
    if (this.#queue.size > this.#opening.size && performance.now() >= this.#openAgainAt)
      this.#openIfRoom();
  }

  async #run(lane: Lane, batch: Batch): Promise<void> {
    const sent = performance.now();
    const timer = setTimeout(() => void this.#giveUp(lane), this.#options.limits.answer);
    try {
      await batch.execute(lane.connection);
      clearTimeout(timer);
      this.#answered(lane);
    } catch (error) {
      clearTimeout(timer);
      await this.#failed(lane, batch, error, performance.now() - sent);
    }
    this.#gather();
  }

  /** A statement failed, so many milliseconds after it was sent. */
  async #failed(lane: Lane, batch: Batch, error: unknown, passed: number): Promise<void> {
    const { start, statement } = this.#options.limits;
    const fault = faultOf(error);
    if (fault === 'unreachable') {
      this.#discard(lane);
      await batch.lost(start - passed, start + statement - passed);
    } else if (NEW_ONES_TELL.includes(fault) && (this.#replaceOld() || fault === 'late'))
      this.#discard(lane);
    else this.#answered(lane);
    // What failed because the database is down has been logged.
    const isUp = this.#state === 'up';
    if (isUp && !lane.givenUp && isWorthRetrying(fault) && this.#queue.retry(batch)) return;
    if (isUp) this.#logFailure(error);
    batch.reject(unavailable());
  }

  /** Once a minute for each kind of fault: one may fail every request, or now and then a single one. */
  #logFailure(error: unknown): void {
    const now = performance.now();
    const fault = faultOf(error);
    if (now - (this.#logged.get(fault) ?? Number.NEGATIVE_INFINITY) < LOG_AGAIN_MILLISECONDS)
      return;
    this.#logged.set(fault, now);
    this.#options.log.warn(
      { fault, reason: reasonOf(error) },
      'the database did not execute a statement',
    );
  }

  /** No answer came: the server is asked to stop the statement, for a moment, and the connection dropped. */
  async #giveUp(lane: Lane): Promise<void> {
    lane.givenUp = true;
    await Promise.race([lane.connection.cancel(), pause(this.#options.limits.answer / 20)]);
    lane.connection.destroy();
  }

  #answered(lane: Lane): void {
    this.#lastAnswer = performance.now();
    if (lane.givenUp) this.#discard(lane);
    else if (lane.retired) void lane.connection.close();
    else if (this.#lanes.has(lane)) this.#idle.push(lane);
  }

  #discard(lane: Lane): void {
    lane.connection.destroy();
    this.#forget(lane);
  }

  #forget(lane: Lane): void {
    this.#lanes.delete(lane);
    const index = this.#idle.indexOf(lane);
    if (index !== -1) this.#idle.splice(index, 1);
    // Whether the server is still there shows before the next request needs it.
    if (this.#lanes.size === 0 && this.#state === 'up') this.#openIfRoom();
  }

  #retire(lane: Lane): void {
    lane.retired = true;
    const index = this.#idle.indexOf(lane);
    if (index === -1) return;
    this.#idle.splice(index, 1);
    void lane.connection.close();
  }

  /** Retires all but the newest connections; whether there were others. */
  #replaceOld(): boolean {
    const before = performance.now() - REPLACE_AFTER_MILLISECONDS;
    const old = [...this.#lanes].filter(({ openedAt }) => openedAt < before);
    for (const lane of old) this.#retire(lane);
    return old.length > 0;
  }

  #openIfRoom(): void {
    if (this.#lanes.size + this.#opening.size < this.#options.max) void this.#open();
  }

  /** Opens a connection; whether it did, and there still was room for it. */
  #open(limit = this.#options.max): Promise<boolean> {
    const opening = this.#connect(limit).finally(() => {
      this.#opening.delete(opening);
      this.#pump();
    });
    this.#opening.add(opening);
    return opening;
  }

  async #connect(limit: number): Promise<boolean> {
    const generation = this.#generation;
    try {
      const connection = await this.#newConnection();
      const isWanted = this.#lanes.size < limit && generation >= this.#replaced;
      if (this.#state === 'closed' || !isWanted) {
        void connection.close();
        return false;
      }
      this.#add(connection, generation);
      return true;
    } catch (error) {
      this.#couldNotOpen(error);
      return false;
    }
  }

  async #newConnection(): Promise<Connection> {
    try {
      return await this.#options.connect();
    } catch (error) {
      if (faultOf(error) === 'too many connections') this.#refused++;
      throw error;
    }
  }

  #add(connection: Connection, generation: number): void {
    const openedAt = performance.now();
    const lane = { connection, openedAt, generation, givenUp: false, retired: false };
    this.#lanes.add(lane);
    void connection.closed.then(() => this.#forget(lane));
    this.#up();
    this.#answered(lane);
  }

  #couldNotOpen(error: unknown): void {
    if (this.#state === 'closed') return;
    if (this.#lanes.size === 0) this.#down(error);
    else {
      this.#openAgainAt = performance.now() + LAST_BACKOFF_MILLISECONDS;
      this.#note(error, 'no further database connection can be opened');
    }
  }

  #up(): void {
    if (this.#state !== 'up') this.#options.log.info('the database answers');
    this.#state = 'up';
    this.#reason = undefined;
    this.#attempts = 0;
    clearTimeout(this.#timer);
  }

  #down(error: unknown): void {
    this.#note(error, 'the database can not be used, trying again');
    if (this.#state === 'down') return;
    this.#state = 'down';
    this.#queue.rejectAll(unavailable());
    this.#reconnectLater();
  }

  /** Tries again and again. An attempt that hangs holds up none: after it the server may be back. */
  #reconnectLater(): void {
    this.#timer = setTimeout(
      () => {
        this.#openIfRoom();
        if (this.#state === 'down') this.#reconnectLater();
      },
      backoff(this.#attempts++),
    );
  }

  /** Logs a fault once, until it changes or all is well again. */
  #note(error: unknown, message: string): void {
    const fault = faultOf(error);
    if (fault === this.#reason) return;
    this.#reason = fault;
    this.#options.log.warn({ fault, reason: reasonOf(error), remedy: REMEDIES[fault] }, message);
  }

  async #ping(lane: Lane): Promise<void> {
    const timer = setTimeout(() => lane.connection.destroy(), this.#options.limits.wait);
    try {
      await lane.connection.ping();
      this.#answered(lane);
    } catch {
      this.#discard(lane);
      throw unavailable();
    } finally {
      clearTimeout(timer);
      this.#pump();
    }
  }
}

/** What somebody has to do, where it isn't the server or the network that has to come back. */
const REMEDIES: Partial<Record<Fault, string>> = {
  'missing table': 'run hello migrate, or set MIGRATE=true',
  denied: 'grant select, insert and update on the table birthday to the user',
};

const isWorthRetrying = (fault: Fault): boolean =>
  ['unreachable', 'late', 'conflict', 'read-only'].includes(fault);

const faultOf = (error: unknown): Fault => (error instanceof DatabaseError ? error.fault : 'other');

/**
 * Faults that may be those of old connections, which have a server's old clock or lead to a server that was replaced; or
 * that concern all, as a table that is gone, so that no new one is opened.
 */
const NEW_ONES_TELL: readonly Fault[] = ['late', 'read-only', 'missing table', 'denied'];

/** Without a cause: it is logged here, not once a request. */
const unavailable = (): StoreUnavailableError => new StoreUnavailableError('the database');

const reasonOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);

/** Twice as long each time, and never the same for two processes. */
const backoff = (attempt: number): number =>
  Math.min(FIRST_BACKOFF_MILLISECONDS * 2 ** attempt, LAST_BACKOFF_MILLISECONDS) *
  (0.5 + Math.random() / 2);

const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));
