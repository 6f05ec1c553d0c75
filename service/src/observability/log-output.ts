import { setTimeout } from 'node:timers/promises';

/** How many characters may wait to be written; more are dropped. */
const CAPACITY = 1024 * 1024;

/** How long a line waits for others to be written with: half the price of writing once a turn of the event loop. */
const DELAY_MILLISECONDS = 5;

/** When a full descriptor that can't be waited for is tried again. */
const RETRY_MILLISECONDS = 20;

/** How long {@link LogOutput.flush} waits for a reader that may have stopped. */
const FLUSH_MILLISECONDS = 1_000;

/**
 * Lines that are written in the background: a line costs the caller no system call and never waits. What comes
 * within some milliseconds is written together. What can't be written, or finds too much waiting, is dropped.
 */
export class LogOutput {
  #dropped = 0;
  #pending = '';
  /** How many lines are pending. */
  #count = 0;
  #state: 'idle' | 'scheduled' | 'writing' = 'idle';

  /** @param write resolves with how many bytes were taken */
  constructor(private readonly write: (bytes: Uint8Array) => Promise<number>) {}

  /** How many lines were lost. */
  get dropped(): number {
    return this.#dropped;
  }

  /** @param line with its line feed */
  add(line: string): void {
    if (this.#pending.length + line.length > CAPACITY) {
      this.#dropped++;
      return;
    }
    this.#pending += line;
    this.#count++;
    if (this.#state !== 'idle') return;
    this.#state = 'scheduled';
    void setTimeout(DELAY_MILLISECONDS).then(() => this.#writePending());
  }

  /** Resolves when all is written or dropped, or after a second. */
  async flush(): Promise<void> {
    const deadline = performance.now() + FLUSH_MILLISECONDS;
    while (this.#state !== 'idle' && performance.now() < deadline) await setTimeout(1);
  }

  /** What a process that ends now must still write itself; nothing while a write is under way, whose reader may have stopped. */
  takeUnwritten(): string {
    return this.#state === 'scheduled' ? this.#take() : '';
  }

  async #writePending(): Promise<void> {
    this.#state = 'writing';
    while (this.#count > 0) {
      const lines = this.#count;
      try {
        await this.#writeAll(Buffer.from(this.#take()));
      } catch {
        this.#dropped += lines;
      }
    }
    this.#state = 'idle';
  }

  async #writeAll(bytes: Uint8Array): Promise<void> {
    for (let rest = bytes; rest.length > 0; )
      try {
        rest = rest.subarray(await this.write(rest));
      } catch (error) {
        if ((error as { code?: string }).code !== 'EAGAIN') throw error;
        await setTimeout(RETRY_MILLISECONDS);
      }
  }

  #take(): string {
    const lines = this.#pending;
    this.#pending = '';
    this.#count = 0;
    return lines;
  }
}
