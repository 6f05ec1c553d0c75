import type { Store } from '../greeting/store.ts';
import type { StoreMetrics } from '../observability/store-metrics.ts';
import type { Tracing } from '../observability/tracing.ts';

/** A store whose operations are measured, and traced when traces are on. */
export const observedStore = (store: Store, metrics: StoreMetrics, tracing?: Tracing): Store => ({
  find: (username) => {
    const start = performance.now();
    const result = tracing
      ? tracing.operation('find', () => store.find(username))
      : store.find(username);
    metrics.find.observe(start, result);
    return result;
  },
  save: (username, dateOfBirth, signal) => {
    const start = performance.now();
    const result = tracing
      ? tracing.operation('save', () => store.save(username, dateOfBirth, signal))
      : store.save(username, dateOfBirth, signal);
    metrics.save.observe(start, result);
    return result;
  },
  ping: () => {
    const start = performance.now();
    const result = store.ping();
    metrics.ping.observe(start, result);
    return result;
  },
  close: () => store.close(),
});
