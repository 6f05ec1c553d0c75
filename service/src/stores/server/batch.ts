import type { Connection } from './connection.ts';

/** How often a statement is sent at most. */
const MAX_ATTEMPTS = 3;

/** A GET or PUT that waits for its response. */
export interface Request {
  readonly username: string;
  /** What to save; undefined to find. */
  readonly dateOfBirth: string | undefined;
  /** When it is aborted, nothing more is to be saved. */
  readonly signal: AbortSignal | undefined;
  /** The last moment at which it can be sent, by `performance.now()`. */
  readonly expires: number;
  /** When it is given up, by `performance.now()`. */
  readonly deadline: number;
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
  #attempts = 0;
  /** Until when a statement whose response was lost may still be executed. */
  #uncertainUntil = 0;

  /**
   * @param requests the oldest first
   * @param send sends the statement, which must begin within `start` milliseconds; resolves with the results by username
   * @param unlock lets others be saved for these users; only of saves
   */
  constructor(
    readonly requests: readonly Request[],
    private readonly send: (
      connection: Connection,
      start: number,
    ) => Promise<ReadonlyMap<string, string>>,
    private readonly unlock?: () => void,
  ) {
    this.expires = requests[0]?.expires ?? 0;
    this.deadline = requests[0]?.deadline ?? 0;
  }

  /** Whether it may be sent once more. */
  get canRetry(): boolean {
    return this.#attempts < MAX_ATTEMPTS && performance.now() < this.expires;
  }

  /** Sends the statement; each request has its response when this resolves. */
  async execute(connection: Connection, start: number): Promise<void> {
    this.#attempts++;
    const sent = performance.now();
    const datesOfBirth = await this.send(connection, start);
    // A lost one began before this one; whatever both waited for, it needs no longer from then on.
    const took = performance.now() - sent;
    after(Math.min(this.#uncertain, took), () => this.unlock?.());
    for (const { username, resolve } of this.requests) resolve(datesOfBirth.get(username));
  }

  /** The response was lost: the statement may begin for `start` milliseconds, which this takes, and run until `end`. */
  async lost(start: number, end: number): Promise<void> {
    if (!this.unlock) return;
    this.#uncertainUntil = performance.now() + end;
    if (start > 0) await new Promise((resolve) => setTimeout(resolve, start));
  }

  reject(error: Error): void {
    after(this.#uncertain, () => {
      this.unlock?.();
      for (const { reject } of this.requests) reject(error);
    });
  }

  get #uncertain(): number {
    return this.#uncertainUntil - performance.now();
  }
}

const after = (milliseconds: number, action: () => void): void => {
  if (milliseconds > 0) setTimeout(action, milliseconds);
  else action();
};
