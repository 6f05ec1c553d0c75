import { DatabaseError } from './connection.ts';

/** A reading of the server's clock serves this long; two clocks hardly part in the meantime. */
const READING_LASTS_MILLISECONDS = 60_000;

/**
 * The server's clock, by which a save says until when it may begin: one that was held up on its way and given up here
 * must not be executed after a newer one.
 */
export class ServerClock {
  #seconds = 0;
  #readAt = Number.NEGATIVE_INFINITY;

  /** @param read asks the server for its time, in seconds */
  constructor(private readonly read: () => Promise<number>) {}

  /** The server's time `milliseconds` after the call, in seconds; at most the time it takes to ask too early. */
  async in(milliseconds: number): Promise<number> {
    const called = performance.now();
    if (called - this.#readAt > READING_LASTS_MILLISECONDS) {
      this.#seconds = await this.read();
      this.#readAt = performance.now();
    }
    return this.#at(called + milliseconds);
  }

  /**
   * The error of a save that could begin until `seconds` and was too late for the server. When it can't be as late as that
   * by the reading, the reading is wrong: the server's clock was set, or it is another server's.
   */
  lateError(seconds: number): DatabaseError {
    const isLate = this.#at(performance.now()) >= seconds;
    return new DatabaseError(isLate ? 'late' : 'stale clock', 'LATE');
  }

  #at(moment: number): number {
    return this.#seconds + (moment - this.#readAt) / 1000;
  }
}
