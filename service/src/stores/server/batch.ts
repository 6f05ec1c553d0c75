import type { Connection } from './connection.ts';

/** A GET or PUT that waits for its answer. */
export interface Request {
  readonly username: string;
  /** What to save; undefined to find. */
  readonly dateOfBirth: string | undefined;
  /** When it must have been sent, by `performance.now()`. */
  readonly expires: number;
  resolve(dateOfBirth: string | undefined): void;
  reject(error: Error): void;
}

/**
 * Requests that share one statement, also when it is sent again. While a lost statement may still be executed, its users
 * stay locked and its requests unanswered: nothing newer can be overtaken by it, and "not saved" would be untrue.
 */
export class Batch {
  /** When it must have been sent, the second time too, by `performance.now()`. */
  readonly expires: number;
  retried = false;
  /** Until when a statement whose answer was lost may still be executed. */
  #uncertainUntil = 0;

  /**
   * @param requests the oldest first
   * @param send the statement; resolves with the answers by username
   * @param unlock lets others be saved for these users; only of saves
   */
  constructor(
    readonly requests: readonly Request[],
    private readonly send: (connection: Connection) => Promise<ReadonlyMap<string, string>>,
    private readonly unlock?: () => void,
  ) {
    this.expires = requests[0]?.expires ?? 0;
  }

  /** Sends the statement; each request has its answer when this resolves. */
  async execute(connection: Connection): Promise<void> {
    const sent = performance.now();
    const datesOfBirth = await this.send(connection);
    // A lost one began before this one; whatever both waited for, it needs no longer from then on.
    const took = performance.now() - sent;
    after(Math.min(this.#uncertain, took), () => this.unlock?.());
    for (const { username, resolve } of this.requests) resolve(datesOfBirth.get(username));
  }

  /** The answer was lost: the statement may begin for `start` milliseconds, which this takes, and run until `end`. */
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
