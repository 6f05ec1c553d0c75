import { afterEach, describe, expect, test } from 'bun:test';
import { createFetch } from '../src/app.ts';
import { silentLog } from '../src/observability/log.ts';
import { openTracing } from '../src/observability/open-tracing.ts';
import { createMemoryStore } from '../src/stores/memory.ts';
import { observedStore } from '../src/stores/observed.ts';
import { useServices } from './services.ts';
import { startCollector } from './support/collector.ts';
import { observers } from './support/observers.ts';
import { preparePython } from './support/python.ts';
import { PROCESS_RUNTIMES, type ProcessRuntime, type RunningServer } from './support/server.ts';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const PARENT = 'b7ad6b7169203331';
const SECRET = 'CanaryInACoalMine';

const services = useServices();
const stops: (() => unknown)[] = [];

afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

const collect = (answer?: () => Response) => {
  const collector = startCollector(answer);
  stops.push(collector.stop);
  return collector;
};

const start = (runtime: ProcessRuntime, environment: Record<string, string>) =>
  services.start({ runtime, environment });

const send = async (server: RunningServer, path: string, method = 'GET', sampled?: boolean) =>
  fetch(`${server.baseUrl}${path}`, {
    method,
    body: method === 'PUT' ? '{"dateOfBirth":"1990-10-30"}' : undefined,
    headers: {
      'content-type': 'application/json',
      ...(sampled !== undefined && { traceparent: `00-${TRACE}-${PARENT}-0${Number(sampled)}` }),
      tracestate: 'vendor=value',
    },
  });

const accessLines = (server: RunningServer) =>
  server
    .output()
    .split('\n')
    .filter((line) => line.includes('"route"'))
    .map((line): Record<string, unknown> => JSON.parse(line));

const problem = preparePython();

/** A test that decodes spans; skipped with the reason where that can't be done. */
const testSpans = (name: string, run: () => Promise<void>): void =>
  problem ? test.skip(`${name}: ${problem}`, () => {}) : test(name, run, 60_000);

for (const runtime of PROCESS_RUNTIMES)
  testSpans(
    `a request and what the store does for it are spans of the caller's trace, on ${runtime}`,
    async () => {
      const collector = collect();
      const server = await start(runtime, {
        OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
        OTEL_EXPORTER_OTLP_HEADERS: `authorization=${SECRET}`,
        OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test,service.name=ignored',
        OTEL_SERVICE_NAME: 'greeter',
        SERVICE_VERSION: '1.2.3',
      });
      const answer = await send(server, `/hello/${SECRET}`, 'PUT', true);
      await send(server, `/hello/${SECRET}`, 'GET', true);
      await send(server, `/${SECRET}`);
      await send(server, '/', 'GET', false);
      // Spans wait for five seconds; stopping sends them.
      expect(await server.stop()).toBe(0);

      expect(collector.requests).not.toHaveLength(0);
      for (const { path, headers } of collector.requests) {
        expect(path).toBe('/v1/traces');
        expect(headers.get('content-type')).toBe('application/x-protobuf');
        expect(headers.get('authorization')).toBe(SECRET);
      }
      const spans = await collector.spans();
      const find = (name: string) => {
        const [span, ...others] = spans.filter((each) => each.name === name);
        if (!span || others.length > 0) throw new Error(`${others.length + 1} spans ${name}`);
        return span;
      };
      expect(spans.map(({ name }) => name).toSorted()).toEqual([
        'GET',
        'GET /hello/:username',
        'INSERT birthday',
        'PUT /hello/:username',
        'SELECT birthday',
      ]);
      const put = find('PUT /hello/:username');
      const insert = find('INSERT birthday');
      expect(put).toMatchObject({
        traceId: TRACE,
        parentSpanId: PARENT,
        kind: 'SPAN_KIND_SERVER',
        traceState: 'vendor=value',
        attributes: {
          'http.request.method': 'PUT',
          'http.route': '/hello/:username',
          'http.response.status_code': '204',
        },
        resource: {
          'service.name': 'greeter',
          'service.version': '1.2.3',
          'deployment.environment.name': 'test',
        },
      });
      expect(insert).toMatchObject({
        traceId: TRACE,
        parentSpanId: put.spanId,
        kind: 'SPAN_KIND_CLIENT',
        attributes: { 'db.system.name': 'sqlite', 'db.operation.name': 'INSERT' },
      });
      expect(find('SELECT birthday').parentSpanId).toBe(find('GET /hello/:username').spanId);
      expect(find('GET').traceId).not.toBe(TRACE);
      expect(find('GET').parentSpanId).toBeUndefined();
      expect(JSON.stringify(spans)).not.toContain(SECRET);
      expect(JSON.stringify(spans)).not.toContain('1990-10-30');
      expect(server.output()).not.toContain(SECRET);

      expect(answer.headers.get('traceresponse')).toBe(`00-${TRACE}-${put.spanId}-01`);
      const logged = accessLines(server).map(({ traceId }) => traceId);
      expect(logged).toEqual([TRACE, TRACE, find('GET').traceId, TRACE]);
    },
  );

testSpans('a failed operation of the store is marked, and its request', async () => {
  const collector = collect();
  // Nothing listens there.
  const server = await services.start({
    databaseUrl: 'postgres://nobody@127.0.0.1:1/none',
    environment: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url },
  });
  expect((await send(server, '/hello/Casey')).status).toBe(503);
  expect(await server.stop()).toBe(0);
  const spans = await collector.spans();
  expect(
    spans.map(({ name, status, attributes }) => [name, status.code, attributes['error.type']]),
  ).toEqual([
    ['SELECT birthday', 'STATUS_CODE_ERROR', 'StoreUnavailableError'],
    ['GET /hello/:username', 'STATUS_CODE_ERROR', '503'],
  ]);
});

testSpans('in-process, spans are sent and a collector that is back is told', async () => {
  let status = 401;
  const collector = collect(() => new Response(null, { status }));
  const lines: string[] = [];
  const note = (first: unknown, message = first) => void lines.push(String(message));
  const log = { debug: note, info: note, warn: note, error: note };
  process.env.OTEL_EXPORTER_OTLP_ENDPOINT = collector.url;
  stops.push(() => delete process.env.OTEL_EXPORTER_OTLP_ENDPOINT);
  const environment = { ...process.env, OTEL_BSP_SCHEDULE_DELAY: '10' };
  const service = { version: '1.2.3', commit: 'none', database: 'memory' };
  const tracing = await openTracing(environment, service, log);
  const { metrics, ...others } = observers();
  const store = observedStore(createMemoryStore(), metrics.store, tracing);
  const today = () => '2024-02-29';
  const fetch = createFetch({ ...others, metrics, store, today, tracing });
  const greet = () => fetch(new Request('http://localhost/hello/Casey'));
  const until = async (line: string) => {
    const deadline = performance.now() + 10_000;
    while (!lines.includes(line) && performance.now() < deadline) await Bun.sleep(5);
    expect(lines).toContain(line);
  };
  await greet();
  await until('traces can not be sent');
  status = 200;
  await greet();
  await until('traces are sent again');
  await tracing?.shutdown();
  const names = (await collector.spans()).map(({ name }) => name);
  expect(names).toEqual(Array(2).fill(['SELECT birthday', 'GET /hello/:username']).flat());
});

testSpans('in-process, a store that fails is an error in both spans', async () => {
  const collector = collect();
  process.env.OTEL_EXPORTER_OTLP_ENDPOINT = collector.url;
  stops.push(() => delete process.env.OTEL_EXPORTER_OTLP_ENDPOINT);
  const service = { version: '1.2.3', commit: 'none', database: 'memory' };
  const tracing = await openTracing(process.env, service, silentLog);
  const { metrics, ...others } = observers();
  const failing = { ...createMemoryStore(), find: async () => Promise.reject(new RangeError()) };
  const store = observedStore(failing, metrics.store, tracing);
  const lines: string[] = [];
  const log = { ...others.log, infoLine: (line: string) => void lines.push(line) };
  const today = () => '2024-02-29';
  const fetch = createFetch({ ...others, log, metrics, store, today, tracing });
  expect((await fetch(new Request('http://localhost/hello/Casey'))).status).toBe(500);
  await tracing?.shutdown();
  const spans = await collector.spans();
  expect(spans.map(({ status }) => status)).toEqual(Array(2).fill({ code: 'STATUS_CODE_ERROR' }));
  const { traceId, status } = JSON.parse(lines[0] ?? '');
  expect([traceId, status]).toEqual([spans[0]?.traceId, 500]);
});

test('http/json sends JSON to the endpoint of traces as it is', async () => {
  const collector = collect();
  const server = await start('bun', {
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${collector.url}/custom`,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
  });
  await send(server, '/', 'GET', true);
  expect(await server.stop()).toBe(0);
  const [request] = collector.requests;
  expect(request?.path).toBe('/custom');
  const { resourceSpans } = JSON.parse(Buffer.from(request?.body ?? []).toString());
  expect(resourceSpans[0].scopeSpans[0].spans[0]).toMatchObject({ name: 'GET /', traceId: TRACE });
}, 30_000);

describe('the sampler', () => {
  const sampled = async (environment: Record<string, string>, parent?: boolean) => {
    const collector = collect();
    const server = await start('bun', {
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      ...environment,
    });
    const answer = await send(server, '/', 'GET', parent);
    expect(await server.stop()).toBe(0);
    const isSampled = collector.requests.length > 0;
    expect(answer.headers.get('traceresponse')).toEndWith(isSampled ? '-01' : '-00');
    return isSampled;
  };

  for (const [name, argument, parent, expected] of [
    ['', '', undefined, true],
    ['always_off', '', true, false],
    ['parentbased_always_off', '', true, true],
    ['parentbased_traceidratio', '0', undefined, false],
    ['parentbased_traceidratio', '0', true, true],
    ['traceidratio', '1', false, true],
    ['traceidratio', '0', true, false],
  ] as const)
    test(`${name || 'unset'} ${argument} ${expected ? 'takes' : 'leaves'} a trace whose parent is ${parent ?? 'none'}`, async () => {
      const variables = { OTEL_TRACES_SAMPLER: name, OTEL_TRACES_SAMPLER_ARG: argument };
      expect(await sampled(variables, parent)).toBe(expected);
    }, 30_000);
});

describe('a collector that', () => {
  const serves = async (url: string, reason: RegExp) => {
    const server = await start('bun', {
      OTEL_EXPORTER_OTLP_ENDPOINT: url,
      OTEL_EXPORTER_OTLP_HEADERS: `authorization=${SECRET}`,
      OTEL_EXPORTER_OTLP_TIMEOUT: '300',
      OTEL_BSP_SCHEDULE_DELAY: '20',
    });
    const deadline = performance.now() + 15_000;
    while (!/traces can not be sent/.test(server.output()) && performance.now() < deadline) {
      const all = await Promise.all(Array.from({ length: 50 }, () => send(server, '/')));
      expect(all.map(({ status }) => status)).not.toContain(503);
      await Bun.sleep(50);
    }
    const begin = performance.now();
    expect(await server.stop()).toBe(0);
    expect(performance.now() - begin).toBeLessThan(6_000);
    const warnings = server.output().match(/^.*traces can not be sent.*$/gm);
    expect(warnings).toHaveLength(1);
    expect(warnings?.[0]).toMatch(reason);
    expect(server.output()).not.toContain(SECRET);
  };

  test(
    'is not there costs a line, and nothing else',
    () => serves('http://127.0.0.1:1', /"reason":"\w+"/),
    60_000,
  );

  test('never answers costs a line, and nothing else', async () => {
    const server = Bun.listen({ hostname: '127.0.0.1', port: 0, socket: { data() {} } });
    stops.push(() => server.stop(true));
    await serves(`http://127.0.0.1:${server.port}`, /"reason":"\w+"/);
  }, 60_000);

  test(
    'refuses costs a line, and nothing else',
    () => serves(collect(() => new Response(SECRET, { status: 401 })).url, /"reason":"401"/),
    60_000,
  );
});

describe('traces are off', () => {
  for (const [title, environment] of Object.entries({
    'without an endpoint': {},
    'with OTEL_SDK_DISABLED': { endpoint: true, OTEL_SDK_DISABLED: 'true' },
    'with OTEL_TRACES_EXPORTER=none': { endpoint: true, OTEL_TRACES_EXPORTER: 'none' },
  }))
    test(title, async () => {
      const collector = collect();
      const { endpoint, ...variables } = environment as Record<string, string>;
      const server = await start('bun', {
        ...variables,
        ...(endpoint && { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url }),
      });
      const answer = await send(server, '/', 'GET', true);
      expect(answer.headers.get('traceresponse')).toBeNull();
      expect(await server.stop()).toBe(0);
      expect(collector.requests).toHaveLength(0);
      expect(accessLines(server)[0]).not.toHaveProperty('traceId');
    }, 30_000);
});
