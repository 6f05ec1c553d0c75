import { StoreUnavailableError } from '../../greeting/store.ts';
import type { Connection } from './connection.ts';

/** How many requests may wait; more are refused at once. */
const CAPACITY = 1_000;

/** How many requests share a statement at most. */
const BATCH = 500;

/** A GET or PUT that waits for its answer. */
interface Request {
  readonly username: string;
  /** What to save; undefined to find. */
  readonly dateOfBirth: string | undefined;
  /** When it must have been sent, by `performance.now()`. */
  readonly expires: number;
  resolve(dateOfBirth: string | undefined): void;
  reject(error: Error): void;
  retried: boolean;
  /** Until when a statement whose answer was lost may still be executed. */
  uncertainUntil: number;
}

/** Requests that share one statement. */
export interface Batch {
  /** Sends the statement; each request has its answer when this resolves. */
  execute(connection: Connection): Promise<void>;
  /** Requests that were not tried twice wait again, first in line; the others get `error`. */
  retry(error: Error): void;
  reject(error: Error): void;
  /** The statement may still be executed: nothing else is saved for these users for `start` milliseconds. */
  hold(start: number, end: number): Promise<void>;
}

/** Requests that wait for a connection. */
export class RequestQueue {
  #finds: Request[] = [];
  #saves: Request[] = [];
  /** Users for whom a save is under way; a further one waits, so that it can't be overtaken. */
  readonly #saving = new Set<string>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param wait how long a request may wait, in milliseconds */
  constructor(private readonly wait: number) {}

  get size(): number {
    return this.#finds.length + this.#saves.length;
  }

  /** Rejects with a StoreUnavailableError when it can't be sent in time, or too many wait. */
  add(username: string, dateOfBirth?: string): Promise<string | undefined> {
    if (this.size >= CAPACITY)
      return Promise.reject(new StoreUnavailableError('too many requests wait'));
    const { promise, resolve, reject } = Promise.withResolvers<string | undefined>();
    const expires = performance.now() + this.wait;
    const request = { username, dateOfBirth, expires, resolve, reject };
    const queue = dateOfBirth === undefined ? this.#finds : this.#saves;
    queue.push({ ...request, retried: false, uncertainUntil: 0 });
    this.#timer ??= setTimeout(this.#expire, this.wait);
    return promise;
  }

  /** Everything that can share the next statement. */
  next(): Batch | undefined {
    const [find] = this.#finds;
    const [save] = this.#saves;
    const saveFirst = save && (!find || save.expires < find.expires);
    return saveFirst
      ? (this.#nextSaves() ?? this.#nextFinds())
      : (this.#nextFinds() ?? this.#nextSaves());
  }

  rejectAll(error: Error): void {
    for (const request of [...this.#finds.splice(0), ...this.#saves.splice(0)])
      reject(request, error);
  }

  #nextFinds(): Batch | undefined {
    const requests = this.#finds.splice(0, BATCH);
    if (requests.length === 0) return undefined;
    return {
      execute: async (connection) => {
        const usernames = [...new Set(requests.map(({ username }) => username))];
        const datesOfBirth = await connection.find(usernames);
        for (const { username, resolve } of requests) resolve(datesOfBirth.get(username));
      },
      retry: (error) => this.#retry(this.#finds, requests, error),
      reject: (error) => rejectEach(requests, error),
      hold: async () => {},
    };
  }

  #nextSaves(): Batch | undefined {
    const requests: Request[] = [];
    const rest: Request[] = [];
    for (const request of this.#saves) {
      const fits = requests.length < BATCH && !this.#saving.has(request.username);
      (fits ? requests : rest).push(request);
    }
    if (requests.length === 0) return undefined;
    this.#saves = rest;
    // The last one wins; those before it are overwritten in the same moment.
    const datesOfBirth = new Map(
      requests.map(({ username, dateOfBirth = '' }) => [username, dateOfBirth]),
    );
    for (const username of datesOfBirth.keys()) this.#saving.add(username);
    const release = () => {
      for (const username of datesOfBirth.keys()) this.#saving.delete(username);
    };
    return {
      execute: async (connection) => {
        await connection.save(datesOfBirth);
        release();
        for (const { resolve } of requests) resolve(undefined);
      },
      retry: (error) => {
        release();
        this.#retry(this.#saves, requests, error);
      },
      reject: (error) => {
        release();
        rejectEach(requests, error);
      },
      hold: async (start, end) => {
        for (const request of requests) request.uncertainUntil = performance.now() + end;
        if (start > 0) await new Promise((resolve) => setTimeout(resolve, start));
      },
    };
  }

  #retry(queue: Request[], requests: readonly Request[], error: Error): void {
    rejectEach(
      requests.filter(({ retried }) => retried),
      error,
    );
    const again = requests.filter(({ retried }) => !retried);
    for (const request of again) request.retried = true;
    queue.unshift(...again);
    if (this.size > 0) this.#timer ??= setTimeout(this.#expire, 0);
  }

  /** Rejects what waited too long. Retried requests stand first, so the oldest is always there. */
  #expire = (): void => {
    this.#timer = undefined;
    const now = performance.now();
    for (const queue of [this.#finds, this.#saves]) {
      const fresh = queue.findIndex(({ expires }) => expires > now);
      const expired = queue.splice(0, fresh === -1 ? queue.length : fresh);
      rejectEach(expired, new StoreUnavailableError('no connection became free in time'));
    }
    const oldest = Math.min(
      ...[this.#finds[0], this.#saves[0]].map(
        (request) => request?.expires ?? Number.POSITIVE_INFINITY,
      ),
    );
    if (Number.isFinite(oldest)) this.#timer = setTimeout(this.#expire, oldest - now);
  };
}

const rejectEach = (requests: readonly Request[], error: Error): void => {
  for (const request of requests) reject(request, error);
};

/** As long as a lost statement may still be executed its request isn't answered: "not saved" would be untrue. */
const reject = (request: Request, error: Error): void => {
  const wait = request.uncertainUntil - performance.now();
  if (wait > 0) setTimeout(() => request.reject(error), wait);
  else request.reject(error);
};
