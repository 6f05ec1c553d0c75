import { maxDescriptors, openDescriptors } from './descriptors.ts';
import { eventLoopDelay } from './event-loop-delay.ts';
import { expose, type Family, type Format, type Sample } from './prometheus.ts';
import { RequestMetrics } from './request-metrics.ts';
import { createStoreMetrics, type PoolState } from './store-metrics.ts';

/** Every metric: the source of `/metrics` and of the table in docs/operations.md. */
export const METRICS = {
  http_request_duration_seconds: {
    type: 'histogram',
    labels: ['method', 'route', 'status'],
    help: 'Time from a request to the API to its answer, by method (`other` beyond the usual ones), route template (`unmatched` for other paths) and class of status (`2xx`).',
  },
  http_requests_in_flight: {
    type: 'gauge',
    labels: [],
    help: 'Requests to the API that are not answered yet.',
  },
  hello_store_operation_duration_seconds: {
    type: 'histogram',
    labels: ['operation'],
    help: 'Time that the store took, waiting for a connection included, by operation (`find`, `save`, `ping`).',
  },
  hello_store_operation_errors_total: {
    type: 'counter',
    labels: ['operation'],
    help: 'Operations of the store that failed, by operation.',
  },
  hello_database_connections: {
    type: 'gauge',
    labels: ['state'],
    help: 'Connections to the database server, by state (`used`, `idle`); absent without a server.',
  },
  hello_database_connections_max: {
    type: 'gauge',
    labels: [],
    help: 'Connections to the database server at most, DATABASE_POOL_MAX; absent without a server.',
  },
  hello_database_requests_waiting: {
    type: 'gauge',
    labels: [],
    help: 'Requests that wait for a connection to the database server; absent without a server.',
  },
  hello_database_connections_refused_total: {
    type: 'counter',
    labels: [],
    help: 'Connections that the database server refused because it has too many; absent without a server.',
  },
  hello_draining: {
    type: 'gauge',
    labels: [],
    help: '1 from the signal to stop on, 0 before.',
  },
  hello_event_loop_delay_seconds: {
    type: 'histogram',
    labels: [],
    help: 'How late a timer was, ten times a second: the time for which nothing else could run.',
  },
  hello_log_lines_dropped_total: {
    type: 'counter',
    labels: [],
    help: 'Log lines that were lost because standard output was not read or refused them.',
  },
  hello_build_info: {
    type: 'gauge',
    labels: ['version', 'commit', 'runtime'],
    help: 'Always 1; what runs is in the labels.',
  },
  process_cpu_seconds_total: {
    type: 'counter',
    labels: [],
    help: 'Processor time of the process, user and system.',
  },
  process_resident_memory_bytes: {
    type: 'gauge',
    labels: [],
    help: 'Memory of the process that is in RAM.',
  },
  process_open_fds: {
    type: 'gauge',
    labels: [],
    help: 'Open file descriptors; absent without a readable /proc, as on Deno.',
  },
  process_max_fds: {
    type: 'gauge',
    labels: [],
    help: 'File descriptors that may be open at most; absent like process_open_fds.',
  },
  process_start_time_seconds: {
    type: 'gauge',
    labels: [],
    help: 'When the process started, in seconds since the Unix epoch.',
  },
} as const satisfies Record<string, Pick<Family, 'type' | 'help'> & { labels: readonly string[] }>;

type Name = keyof typeof METRICS;

/** What the metrics are told by others, at each scrape. */
export interface MetricSources {
  readonly version: string;
  readonly commit: string;
  /** How many log lines were lost. */
  droppedLogLines(): number;
  isDraining(): boolean;
  /** Undefined without a database server. */
  poolState?(): PoolState;
}

/** What the process measures, for one scrape after the other. */
export class Metrics {
  readonly requests = new RequestMetrics();
  readonly store = createStoreMetrics();

  constructor(private readonly sources: MetricSources) {}

  /** The answer to a scrape. */
  expose(format: Format): string {
    const samples = this.#samples();
    return expose(
      Object.entries(METRICS).map(([name, { type, help }]) => ({
        name,
        type,
        help: help.replaceAll('`', ''),
        samples: samples[name as Name],
      })),
      format,
    );
  }

  #samples(): Record<Name, Iterable<Sample>> {
    const { version, commit, droppedLogLines, isDraining, poolState } = this.sources;
    const pool = poolState?.();
    const { user, system } = process.cpuUsage();
    const operations = Object.entries(this.store);
    return {
      http_request_duration_seconds: this.requests.samples(),
      http_requests_in_flight: one(this.requests.inFlight),
      hello_store_operation_duration_seconds: operations.map(([operation, { durations }]) => [
        { operation },
        durations,
      ]),
      hello_store_operation_errors_total: operations.map(([operation, { errors }]) => [
        { operation },
        errors,
      ]),
      hello_database_connections: pool
        ? [
            [{ state: 'used' }, pool.used],
            [{ state: 'idle' }, pool.idle],
          ]
        : [],
      hello_database_connections_max: one(pool?.max),
      hello_database_requests_waiting: one(pool?.waiting),
      hello_database_connections_refused_total: one(pool?.refused),
      hello_draining: one(isDraining() ? 1 : 0),
      hello_event_loop_delay_seconds: [[{}, eventLoopDelay]],
      hello_log_lines_dropped_total: one(droppedLogLines()),
      hello_build_info: [[{ version, commit, runtime: runtime() }, 1]],
      process_cpu_seconds_total: one((user + system) / 1e6),
      process_resident_memory_bytes: one(process.memoryUsage().rss),
      process_open_fds: one(openDescriptors()),
      process_max_fds: one(maxDescriptors()),
      process_start_time_seconds: one(performance.timeOrigin / 1_000),
    };
  }
}

const one = (value: number | undefined): Sample[] => (value === undefined ? [] : [[{}, value]]);

/** Such as `bun 1.4.5`. */
const runtime = (): string => {
  const { bun, deno } = process.versions as { bun?: string; deno?: string };
  return bun ? `bun ${bun}` : `deno ${deno}`;
};

/** The metrics as a Markdown table. */
export const metricsTable = (): string =>
  [
    '| metric | type | labels | meaning |',
    '|---|---|---|---|',
    ...Object.entries(METRICS).map(
      ([name, { type, labels, help }]) =>
        `| \`${name}\` | ${type} | ${labels.map((label) => `\`${label}\``).join(', ')} | ${help} |`,
    ),
  ].join('\n');
