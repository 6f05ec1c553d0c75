import { isAbort } from './is-abort.ts';
import { Histogram } from './prometheus.ts';
import { DURATION_BOUNDS } from './request-metrics.ts';

/** What is measured of one operation of the store. */
export class OperationMetrics {
  readonly durations = new Histogram(DURATION_BOUNDS);
  errors = 0;

  /** Measures an operation that began at `start`, by `performance.now()`. */
  observe(start: number, answer: Promise<unknown>): void {
    answer.then(
      () => this.durations.observe((performance.now() - start) / 1_000),
      (error: unknown) => {
        this.durations.observe((performance.now() - start) / 1_000);
        if (!isAbort(error)) this.errors++;
      },
    );
  }
}

/** What is measured of the store. */
export interface StoreMetrics {
  readonly find: OperationMetrics;
  readonly save: OperationMetrics;
  readonly ping: OperationMetrics;
}

export const createStoreMetrics = (): StoreMetrics => ({
  find: new OperationMetrics(),
  save: new OperationMetrics(),
  ping: new OperationMetrics(),
});

/** The connections to a database server at one moment. */
export interface PoolState {
  /** Connections that execute a statement. */
  readonly used: number;
  readonly idle: number;
  readonly max: number;
  /** Requests that wait for a connection. */
  readonly waiting: number;
  /** How often the server refused a connection because it has too many. */
  readonly refused: number;
}
