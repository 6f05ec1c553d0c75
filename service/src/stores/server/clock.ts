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
    return this.#seconds + (called - this.#readAt + milliseconds) / 1000;
  }
}
