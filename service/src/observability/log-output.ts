import { write, writeSync } from 'node:fs';
import { setImmediate, setTimeout } from 'node:timers';

/** How many characters may wait to be written; more are dropped. */
const CAPACITY = 1024 * 1024;

/** When a descriptor that takes nothing at the moment is tried again. */
const RETRY_MILLISECONDS = 20;

/** How long {@link LogOutput.flush} waits for a reader that may have stopped. */
const FLUSH_MILLISECONDS = 1_000;

/**
 * Lines on a file descriptor. Writing costs the caller no system call and never waits: what comes in one turn of the
 * event loop is written together in the background. What the descriptor refuses, or has no room for, is dropped.
 */
export class LogOutput {
  #dropped = 0;
  /** Lines that wait, and how many. */
  #pending = '';
  #count = 0;
  #state: 'idle' | 'scheduled' | 'writing' = 'idle';

  constructor(private readonly descriptor: number) {
    process.once('exit', () => this.#writeRest());
  }

  /** How many lines were lost. */
  get dropped(): number {
    return this.#dropped;
  }

  /** @param line with its line feed */
  write(line: string): void {
    if (this.#pending.length + line.length > CAPACITY) {
      this.#dropped++;
      return;
    }
    this.#pending += line;
    this.#count++;
    if (this.#state !== 'idle') return;
    this.#state = 'scheduled';
    setImmediate(this.#writePending);
  }

  /** Resolves when all is written or dropped, or after a second. */
  async flush(): Promise<void> {
    const deadline = performance.now() + FLUSH_MILLISECONDS;
    while (this.#state !== 'idle' && performance.now() < deadline)
      await new Promise((resolve) => setTimeout(resolve, 1));
  }

  #writePending = (): void => {
    this.#state = 'writing';
    const lines = this.#count;
    const bytes = Buffer.from(this.#pending);
    this.#pending = '';
    this.#count = 0;
    this.#write(bytes, lines);
  };

  #write(bytes: Buffer, lines: number): void {
    write(this.descriptor, bytes, 0, bytes.length, null, (error, written) => {
      if (error?.code === 'EAGAIN') setTimeout(() => this.#write(bytes, lines), RETRY_MILLISECONDS);
      else if (!error && written < bytes.length) this.#write(bytes.subarray(written), lines);
      else {
        if (error) this.#dropped += lines;
        if (this.#count > 0) this.#writePending();
        else this.#state = 'idle';
      }
    });
  }

  /** At the exit of a process that didn't flush. While a write is under way the reader may have stopped. */
  #writeRest(): void {
    if (this.#state !== 'scheduled') return;
    try {
      writeSync(this.descriptor, this.#pending);
    } catch {
      // Nobody is left to be told.
    }
  }
}
