import type { Connection } from './connection.ts';

/** How often a statement is sent at most. */
const MAX_ATTEMPTS = 3;

/** A GET or PUT that waits for its response. */
export interface Request {
  readonly username: string;
  /** What to save; undefined to find. */
  readonly dateOfBirth: string | undefined;
  /** When it is aborted before the save may be under way, nothing is to be saved. */
  readonly signal: AbortSignal | undefined;
  /** The last moment at which it can be sent, by `performance.now()`. */
  readonly expires: number;
  /** When it is given up, by `performance.now()`. */
  readonly deadline: number;
  /** How often it was sent. */
  attempts: number;
  /** Whether it is sent without others, since a statement that it shared failed. */
  isAlone: boolean;
  resolve(dateOfBirth: string | undefined): void;
  reject(error: Error): void;
}

/**
 * Requests that share one statement, also when it is sent again. While a lost statement may still be executed, its users
 * stay locked and its requests unanswered: nothing newer can be overtaken by it, and "not saved" would be untrue.
 */
export class Batch {
  /** The last moment at which it can be sent, by `performance.now()`. */
  readonly expires: number;
  /** When it is given up, by `performance.now()`. */
  readonly deadline: number;
  /** Whether the response to a save was lost, so that it may be executed still. */
  wasLost = false;
  #requests: readonly Request[];
  #unlock: (() => void) | undefined;
  /** Until when a statement whose response was lost may still be executed. */
  #uncertainUntil = 0;

  /**
   * @param requests the oldest first
   * @param send sends the statement, which must begin within `start` milliseconds; resolves with the results by username
   * @param unlock lets others be saved for these users; only of saves
   */
  constructor(
    requests: readonly Request[],
    private readonly send: (
      connection: Connection,
      start: number,
    ) => Promise<ReadonlyMap<string, string>>,
    unlock?: () => void,
  ) {
    this.#requests = requests;
    this.#unlock = unlock;
    this.expires = requests[0]?.expires ?? 0;
    this.deadline = requests[0]?.deadline ?? 0;
  }

  get requests(): readonly Request[] {
    return this.#requests;
  }

  /** Whether it saves. */
  get isSave(): boolean {
    return this.#requests.some(({ dateOfBirth }) => dateOfBirth !== undefined);
  }

  /** Whether it may be sent once more as it is. */
  get canRetry(): boolean {
    return this.#requests.every(canRetry);
  }

  /** Takes out the requests that may be sent once more, and lets others be saved for the users of all. */
  takeRetries(): Request[] {
    this.#release();
    const retries = this.#requests.filter(canRetry);
    this.#requests = this.#requests.filter((request) => !retries.includes(request));
    return retries;
  }

  /** Sends the statement; each request has its response when this resolves. */
  async execute(connection: Connection, start: number): Promise<void> {
    for (const request of this.#requests) request.attempts++;
    const sent = performance.now();
    const datesOfBirth = await this.send(connection, start);
    // A lost one began before this one; whatever both waited for, it needs no longer from then on.
    const took = performance.now() - sent;
    after(Math.min(this.#uncertain, took), () => this.#release());
    for (const { username, resolve } of this.#requests) resolve(datesOfBirth.get(username));
  }

  /** The response was lost: the statement may begin for `start` milliseconds, which this takes, and run until `end`. */
  async lost(start: number, end: number): Promise<void> {
    if (!this.#unlock) return;
    this.wasLost = true;
    this.#uncertainUntil = Math.max(this.#uncertainUntil, performance.now() + end);
    if (start > 0) await new Promise((resolve) => setTimeout(resolve, start));
  }

  reject(error: Error): void {
    after(this.#uncertain, () => {
      this.#release();
      for (const { reject } of this.#requests) reject(error);
    });
  }

  get #uncertain(): number {
    return this.#uncertainUntil - performance.now();
  }

  #release(): void {
    this.#unlock?.();
    this.#unlock = undefined;
  }
}

const canRetry = ({ attempts, expires }: Request): boolean =>
  attempts < MAX_ATTEMPTS && performance.now() < expires;

const after = (milliseconds: number, action: () => void): void => {
  if (milliseconds > 0) setTimeout(action, milliseconds);
  else action();
};
