import { StoreUnavailableError } from '../../greeting/store.ts';
import { Batch, type Request } from './batch.ts';
import type { Connection } from './connection.ts';

/** How many requests may wait; more are refused at once. */
const CAPACITY = 1_000;

/** How many requests share a statement at most. */
const BATCH = 500;

/** What a save answers. */
const NO_ANSWERS: ReadonlyMap<string, string> = new Map();

/** Requests that wait for a connection. */
export class RequestQueue {
  #finds: Request[] = [];
  #saves: Request[] = [];
  /** Those that are sent once more, before all others. */
  #again: Batch[] = [];
  /** Users for whom a save is under way or may be; a further one waits, so that it can't be overtaken. */
  readonly #saving = new Set<string>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  /**
   * @param wait how long a request may wait, in milliseconds
   * @param unlocked called when saves that waited for another one of their users can be sent
   */
  constructor(
    private readonly wait: number,
    private readonly unlocked: () => void,
  ) {}

  get size(): number {
    const again = this.#again.reduce((sum, { requests }) => sum + requests.length, 0);
    return this.#finds.length + this.#saves.length + again;
  }

  /** Rejects with a StoreUnavailableError when it can't be sent in time, or too many wait. */
  add(username: string, dateOfBirth?: string): Promise<string | undefined> {
    if (this.size >= CAPACITY)
      return Promise.reject(new StoreUnavailableError('too many requests wait'));
    const { promise, resolve, reject } = Promise.withResolvers<string | undefined>();
    const expires = performance.now() + this.wait;
    const queue = dateOfBirth === undefined ? this.#finds : this.#saves;
    queue.push({ username, dateOfBirth, expires, resolve, reject });
    this.#timer ??= setTimeout(this.#expire, this.wait);
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

  /** Whether the batch is sent once more; it isn't when it has been, or its time is up. */
  retry(batch: Batch): boolean {
    if (batch.retried || batch.expires <= performance.now()) return false;
    batch.retried = true;
    this.#again.push(batch);
    clearTimeout(this.#timer);
    this.#expire();
    return true;
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
    const save = async (connection: Connection) => {
      await connection.save(datesOfBirth);
      return NO_ANSWERS;
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
      ? setTimeout(this.#expire, oldest - performance.now())
      : undefined;
  };
}
