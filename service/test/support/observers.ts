import { silentLog } from '../../src/observability/log.ts';
import { Metrics } from '../../src/observability/metrics.ts';
import type { PoolState } from '../../src/observability/store-metrics.ts';
import { builtVersion } from '../../src/version.ts';

/** What `createFetch` and `createManagementFetch` take beside store and clock: a log that is off, metrics of their own. */
export const observers = (poolState?: () => PoolState) => ({
  appName: 'Hello',
  version: builtVersion.version,
  log: { ...silentLog, infoLine: undefined },
  metrics: new Metrics({
    ...builtVersion,
    droppedLogLines: () => 0,
    isDraining: () => false,
    poolState,
  }),
});
