import { StoreUnavailableError } from '../../greeting/store.ts';
import { Batch, type Request } from './batch.ts';
import type { Connection, DatabaseErrorKind } from './connection.ts';
import { isOfData } from './failure-policy.ts';
import type { Limits } from './limits.ts';

/** How many requests may wait; more are refused at once. */
const CAPACITY = 1_000;

/** How many requests share a statement at most. */
const BATCH = 500;

/** The result of a save. */
const NOTHING: ReadonlyMap<string, string> = new Map();

/** Requests that wait for a connection. */
export class RequestQueue {
  #finds: Request[] = [];
  #saves: Request[] = [];
  /** Saves that may be under way and are sent once more, before all others. */
  #again: Batch[] = [];
  /** Users for whom a save is under way or may be; a further one waits, so that it can't be overtaken. */
  readonly #saving = new Set<string>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  /**
   * @param limits of a request: it may wait until less than `attempt` is left of `total`
   * @param unlocked called when saves that waited for another one of their users can be sent
   */
  constructor(
    private readonly limits: Pick<Limits, 'total' | 'attempt'>,
    private readonly unlocked: () => void,
  ) {}

  get size(): number {
    const again = this.#again.reduce((sum, { requests }) => sum + requests.length, 0);
    return this.#finds.length + this.#saves.length + again;
  }

  /**
   * Rejects with a StoreUnavailableError when it can't be sent in time, or too many wait; a save also with the reason of
   * its `signal`, when that is aborted before it is sent.
   */
  add(username: string, dateOfBirth?: string, signal?: AbortSignal): Promise<string | undefined> {
    if (this.size >= CAPACITY)
      return Promise.reject(new StoreUnavailableError('too many requests wait'));
    const { promise, resolve, reject } = Promise.withResolvers<string | undefined>();
    const { total, attempt } = this.limits;
    const deadline = performance.now() + total;
    const expires = deadline - attempt;
    const queue = dateOfBirth === undefined ? this.#finds : this.#saves;
    const state = { attempts: 0, isAlone: false };
    queue.push({ username, dateOfBirth, signal, expires, deadline, resolve, reject, ...state });
    this.#timer ??= setTimeout(this.#expire, total - attempt);
    return promise;
  }

  /** Everything that can share the next statement. */
  next(): Batch | undefined {
    this.#rejectExpired();
    const [find] = this.#finds;
    const [save] = this.#saves;
    const saveFirst = save && (!find || save.expires < find.expires);
    return (
      this.#again.shift() ??
      (saveFirst
        ? (this.#nextSaves() ?? this.#nextFinds())
        : (this.#nextFinds() ?? this.#nextSaves()))
    );
  }

  /**
   * Sends requests of a batch once more, unless they were sent often enough, or their time is up; these stay in the batch.
   * @param kind of the error: after some each is sent without the others, of which one may be the reason
   * @returns whether none is left
   */
  retry(batch: Batch, kind: DatabaseErrorKind): boolean {
    if (batch.wasLost) {
      if (!batch.canRetry) return false;
      this.#again = byExpiry([batch, ...this.#again]);
    } else {
      const { isSave } = batch;
      const retries = batch.takeRetries();
      if (isOfData(kind)) for (const request of retries) request.isAlone = true;
      if (isSave) this.#saves = byExpiry([...retries, ...this.#saves]);
      else this.#finds = byExpiry([...retries, ...this.#finds]);
    }
    clearTimeout(this.#timer);
    this.#expire();
    return batch.wasLost || batch.requests.length === 0;
  }

  rejectAll(error: Error): void {
    for (const waiting of [this.#again, this.#finds, this.#saves])
      for (const one of waiting.splice(0)) one.reject(error);
  }

  #nextFinds(): Batch | undefined {
    const requests = this.#finds.splice(0, BATCH);
    if (requests.length === 0) return undefined;
    const usernames = [...new Set(requests.map(({ username }) => username))];
    return new Batch(requests, (connection) => connection.find(usernames));
  }

  #nextSaves(): Batch | undefined {
    const requests: Request[] = [];
    const rest: Request[] = [];
    const passed = new Set<string>();
    for (const request of this.#saves) {
      const { username, signal, isAlone } = request;
      if (signal?.aborted) {
        request.reject(signal.reason);
        continue;
      }
      const [first] = requests;
      const fits =
        requests.length < BATCH &&
        !this.#saving.has(username) &&
        // None of a user before an earlier one.
        !passed.has(username) &&
        !(first && (isAlone || first.isAlone));
      if (!fits) passed.add(username);
      (fits ? requests : rest).push(request);
    }
    this.#saves = rest;
    if (requests.length === 0) return undefined;
    // The last one wins; those before it are overwritten in the same moment.
    const datesOfBirth = new Map(
      requests.map(({ username, dateOfBirth = '' }) => [username, dateOfBirth]),
    );
    for (const username of datesOfBirth.keys()) this.#saving.add(username);
    const save = async (connection: Connection, start: number) => {
      await connection.save(datesOfBirth, start);
      return NOTHING;
    };
    return new Batch(requests, save, () => {
      for (const username of datesOfBirth.keys()) this.#saving.delete(username);
      this.unlocked();
    });
  }

  #rejectExpired(): void {
    const now = performance.now();
    const error = () => new StoreUnavailableError('no connection became free in time');
    for (const waiting of [this.#again, this.#finds, this.#saves])
      while (waiting[0] && waiting[0].expires <= now) waiting.shift()?.reject(error());
  }

  /** Rejects what waited too long, and comes back for the next. */
  #expire = (): void => {
    this.#rejectExpired();
    const oldest = Math.min(
      ...[this.#again, this.#finds, this.#saves].map(
        ([first]) => first?.expires ?? Number.POSITIVE_INFINITY,
      ),
    );
    this.#timer = Number.isFinite(oldest)
      ? setTimeout(this.#expire, Math.max(0, oldest - performance.now()))
      : undefined;
  };
}

/** The oldest first; those of the same age as they were. */
const byExpiry = <T extends { readonly expires: number }>(entries: T[]): T[] =>
  entries.sort((a, b) => a.expires - b.expires);
