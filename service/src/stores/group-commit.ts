import { setImmediate, setTimeout } from 'node:timers';
import { StoreUnavailableError } from '../greeting/store.ts';

/** How long a query waits for another process's lock. */
const BUSY_TIMEOUT_MILLISECONDS = 500;

/** How often it is tried meanwhile. */
const BUSY_INTERVAL_MILLISECONDS = 10;

/** A query that waits for its answer. */
interface Waiting<Input, Output> {
  readonly input: Input;
  /** Until when it is tried again, by `performance.now()`. */
  readonly expires: number;
  resolve(output: Output): void;
  reject(error: StoreUnavailableError): void;
}

/** Collects the queries of a turn of the event loop, which are executed together at its end. */
export class GroupCommit<Input, Output> {
  #waiting: Waiting<Input, Output>[] = [];
  #isScheduled = false;

  /**
   * @param inTransaction returns what it is given does; when that throws, it throws and nothing has happened
   * @param execute answers one query
   * @param isBusy whether what was thrown may pass, so that it is worth another try
   */
  constructor(
    private readonly inTransaction: (body: () => Output[]) => Output[],
    private readonly execute: (input: Input) => Output,
    private readonly isBusy: (error: unknown) => boolean,
  ) {}

  /** Rejects with a StoreUnavailableError alone. */
  add(input: Input): Promise<Output> {
    if (!this.#isScheduled) {
      this.#isScheduled = true;
      setImmediate(this.flush);
    }
    return new Promise((resolve, reject) => {
      const expires = performance.now() + BUSY_TIMEOUT_MILLISECONDS;
      this.#waiting.push({ input, expires, resolve, reject });
    });
  }

  /** Executes what waits, now. */
  readonly flush = (): void => {
    this.#isScheduled = false;
    const batch = this.#waiting;
    if (batch.length === 0) return;
    this.#waiting = [];
    try {
      const outputs = this.inTransaction(() => batch.map(({ input }) => this.execute(input)));
      for (const [index, { resolve }] of batch.entries()) resolve(outputs[index] as Output);
    } catch (cause) {
      this.#retry(batch, cause);
    }
  };

  #retry(batch: Waiting<Input, Output>[], cause: unknown): void {
    const now = performance.now();
    const canWait = this.isBusy(cause) ? batch.filter(({ expires }) => expires > now) : [];
    for (const waiting of batch)
      if (!canWait.includes(waiting))
        waiting.reject(new StoreUnavailableError('SQLite', { cause }));
    if (canWait.length === 0) return;
    // What comes later stands behind and does not overtake.
    this.#waiting = canWait;
    this.#isScheduled = true;
    setTimeout(this.flush, BUSY_INTERVAL_MILLISECONDS);
  }
}
