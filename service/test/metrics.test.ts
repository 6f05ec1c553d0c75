import { describe, expect, test } from 'bun:test';
import { createFetch } from '../src/app.ts';
import { StoreUnavailableError } from '../src/greeting/store.ts';
import { DEFAULT_LIMITS } from '../src/http/limits.ts';
import { eventLoopDelay, measureEventLoopDelay } from '../src/observability/event-loop-delay.ts';
import { METRICS, Metrics } from '../src/observability/metrics.ts';
import { expose, Histogram } from '../src/observability/prometheus.ts';
import { createMemoryStore } from '../src/stores/memory.ts';
import { observedStore } from '../src/stores/observed.ts';
import { observers } from './support/observers.ts';

const linesOf = (metrics: Metrics, name: string): string[] =>
  metrics
    .expose('text')
    .split('\n')
    .filter((line) => line.startsWith(name));

describe('the number of series', () => {
  const dependencies = { ...observers(), store: createMemoryStore(), today: () => '2024-02-29' };
  const fetch = createFetch(dependencies);
  const send = (path: string, method = 'GET') =>
    fetch(new Request(`http://localhost${path}`, { method }));

  test('does not grow with 10,000 paths, queries and methods', async () => {
    const random = () => crypto.randomUUID().replaceAll('-', '');
    const everyKind = async (count: number) => {
      for (let index = 0; index < count; index++) {
        const name = random().replaceAll(/\d/g, 'x');
        await send(`/hello/${name}?${random()}=${random()}`);
        await send(`/hello/${random()}`);
        await send(`/${random()}/${random()}`, 'PUT');
        await send(`/hello/${name}/${name}`, 'OPTIONS');
        // Bun takes only methods that it knows; most of those aren't usual.
        await send(`/hello/${name}`, ['PROPFIND', 'LOCK', 'REPORT'][index % 3]);
      }
    };
    await everyKind(1);
    const series = linesOf(dependencies.metrics, 'http_request_duration_seconds').length;
    expect(series).toBeGreaterThan(0);
    await everyKind(2_000);
    const lines = linesOf(dependencies.metrics, 'http_request_duration_seconds');
    expect(lines).toHaveLength(series);
    expect(new Set(lines.map((line) => /method="(\w+)"/.exec(line)?.[1]))).toEqual(
      new Set(['GET', 'PUT', 'OPTIONS', 'other']),
    );
    expect(new Set(lines.map((line) => /route="([^"]+)"/.exec(line)?.[1]))).toEqual(
      new Set(['/hello/:username', 'unmatched']),
    );
  }, 60_000);
});

test('requests in flight are those without an answer', async () => {
  const { promise: found, resolve } = Promise.withResolvers<undefined>();
  const store = { ...createMemoryStore(), find: () => found };
  const dependencies = { ...observers(), store, today: () => '2024-02-29' };
  const fetch = createFetch(dependencies);
  const answers = ['Casey', 'Robin'].map((name) =>
    fetch(new Request(`http://localhost/hello/${name}`)),
  );
  expect(linesOf(dependencies.metrics, 'http_requests_in_flight')).toEqual([
    'http_requests_in_flight 2',
  ]);
  resolve(undefined);
  await Promise.all(answers);
  expect(linesOf(dependencies.metrics, 'http_requests_in_flight')).toEqual([
    'http_requests_in_flight 0',
  ]);
});

test('an operation of the store that fails is measured and counted as an error', async () => {
  const { metrics } = observers();
  const fail = async () => {
    throw new StoreUnavailableError();
  };
  const store = observedStore({ find: fail, save: fail, ping: fail, close: fail }, metrics.store);
  for (const answer of [store.find('Casey'), store.save('Casey', '1990-10-30'), store.ping()])
    await expect(answer).rejects.toBeInstanceOf(StoreUnavailableError);
  for (const operation of ['find', 'save', 'ping']) {
    const labels = `{operation="${operation}"}`;
    expect(linesOf(metrics, `hello_store_operation_errors_total${labels}`)).toEqual([
      `hello_store_operation_errors_total${labels} 1`,
    ]);
    expect(linesOf(metrics, `hello_store_operation_duration_seconds_count${labels}`)).toEqual([
      `hello_store_operation_duration_seconds_count${labels} 1`,
    ]);
  }
});

test('a save that its client aborted is no error of the store', async () => {
  const { metrics } = observers();
  const save = async (_username: string, _dateOfBirth: string, signal?: AbortSignal) =>
    signal?.throwIfAborted();
  const store = observedStore({ ...createMemoryStore(), save }, metrics.store);
  await expect(store.save('Casey', '1990-10-30', AbortSignal.abort())).rejects.toMatchObject({
    name: 'AbortError',
  });
  const name = 'hello_store_operation_errors_total{operation="save"}';
  expect(linesOf(metrics, name)).toEqual([`${name} 0`]);
});

test('what others know is asked at each scrape', () => {
  let draining = false;
  let dropped = 0;
  const metrics = new Metrics({
    version: '1.2.3',
    commit: 'a"b\\c\nd',
    isDraining: () => draining,
    droppedLogLines: () => dropped,
    poolState: () => ({ used: 1, idle: 2, max: 3, waiting: 4, refused: 5 }),
  });
  expect(metrics.expose('text')).toContain('\nhello_draining 0\n');
  draining = true;
  dropped = 7;
  const text = metrics.expose('text');
  for (const line of [
    'hello_draining 1',
    'hello_log_lines_dropped_total 7',
    'hello_database_connections{state="used"} 1',
    'hello_database_connections{state="idle"} 2',
    'hello_database_connections_max 3',
    'hello_database_requests_waiting 4',
    'hello_database_connections_refused_total 5',
    `hello_build_info{version="1.2.3",commit="a\\"b\\\\c\\nd",runtime="bun ${Bun.version}"} 1`,
  ])
    expect(text).toContain(`\n${line}\n`);
});

test('a value counts in its bucket and in those above, its bound included', () => {
  const histogram = new Histogram([0.5, 1]);
  for (const value of [0.5, 0.6, 1, 7]) histogram.observe(value);
  const samples = [[{ a: 'b' }, histogram]] as const;
  const text = expose([{ name: 'x_seconds', type: 'histogram', help: 'X.', samples }], 'text');
  expect(text.split('\n').slice(2, -1)).toEqual([
    'x_seconds_bucket{a="b",le="0.5"} 1',
    'x_seconds_bucket{a="b",le="1.0"} 3',
    'x_seconds_bucket{a="b",le="+Inf"} 4',
    'x_seconds_sum{a="b"} 9.1',
    'x_seconds_count{a="b"} 4',
  ]);
});

test('a blocked event loop shows as delay', async () => {
  const stop = measureEventLoopDelay();
  try {
    const before = eventLoopDelay.sum;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 600);
    while (eventLoopDelay.sum - before < 0.4) await Bun.sleep(10);
  } finally {
    stop();
  }
});

test('names follow the rules of Prometheus', () => {
  for (const [name, { type, help, labels }] of Object.entries(METRICS)) {
    expect(name).toMatch(/^(http|hello|process)(_[a-z]+)+$/);
    expect(name.endsWith('_total')).toBe(type === 'counter');
    if (type === 'histogram') expect(name).toEndWith('_seconds');
    expect(name).not.toMatch(/milliseconds|kilobytes|_count$|_sum$|_bucket$/);
    expect(help).toMatch(/\.$/);
    for (const label of labels) expect(label).not.toBe('le');
  }
});

for (const [path, status, route] of [
  ['/', 200, '/'],
  ['/?a=//', 200, '/'],
  ['//', 404, 'unmatched'],
  ['//?a', 404, 'unmatched'],
  ['///', 404, 'unmatched'],
  ['/hello/Casey/', 200, '/hello/:username'],
  ['/hello/Casey//', 404, 'unmatched'],
  ['/hello//', 404, 'unmatched'],
] as const)
  test(`${path} is answered and measured as ${route}`, async () => {
    const store = { ...createMemoryStore(), find: async () => '1990-10-30' };
    const dependencies = { ...observers(), store, today: () => '2024-02-29' };
    const answer = await createFetch(dependencies)(new Request(`http://localhost${path}`));
    const lines = linesOf(dependencies.metrics, 'http_request_duration_seconds_count');
    expect([answer.status, lines]).toEqual([status, [expect.stringContaining(`route="${route}"`)]]);
  });

test('refused requests are counted, those whose body was read first too', async () => {
  const { promise: found, resolve } = Promise.withResolvers<undefined>();
  const store = { ...createMemoryStore(), find: () => found };
  const limits = { ...DEFAULT_LIMITS, maxRequestsInFlight: 1 };
  const dependencies = { ...observers(), store, limits, today: () => '2024-02-29' };
  const fetch = createFetch(dependencies);
  const refused = () => linesOf(dependencies.metrics, 'hello_requests_refused_total')[0];
  expect(refused()).toBe('hello_requests_refused_total 0');
  const body = '{"dateOfBirth":"1990-10-30"}';
  const put = fetch(new Request('http://localhost/hello/Casey', { method: 'PUT', body }));
  const get = () => fetch(new Request('http://localhost/hello/Casey'));
  const waiting = get();
  expect((await put).status).toBe(503);
  expect(refused()).toBe('hello_requests_refused_total 1');
  expect((await get()).status).toBe(503);
  expect(refused()).toBe('hello_requests_refused_total 2');
  resolve(undefined);
  expect((await waiting).status).toBe(404);
  expect(refused()).toBe('hello_requests_refused_total 2');
});
