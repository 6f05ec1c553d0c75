import { describe, expect, test } from 'bun:test';
import { createFetch, createManagementFetch } from '../src/app.ts';
import { withAdmission } from '../src/http/admission.ts';
import { createDraining } from '../src/http/draining.ts';
import { createInFlight } from '../src/http/in-flight.ts';
import { DEFAULT_LIMITS } from '../src/http/limits.ts';
import { type Fetch, observe } from '../src/observability/observe.ts';
import { expectSecurityHeaders } from './support/client.ts';
import { observers } from './support/observers.ts';

const LIMIT = 2;
const OVERLOAD = { detail: 'Too many requests at once' };

/** An API whose store answers reads when told. */
const api = () => {
  const reads: (() => void)[] = [];
  const dependencies = {
    ...observers(),
    store: {
      find: () => new Promise<string>((resolve) => reads.push(() => resolve('1990-10-30'))),
      save: async () => {},
      ping: async () => {},
      close: async () => {},
    },
    today: () => '2024-02-29',
    limits: { ...DEFAULT_LIMITS, maxRequestsInFlight: LIMIT },
  };
  const fetch = createFetch(dependencies);
  const answerReads = () => {
    for (const answer of reads.splice(0)) answer();
  };
  return {
    get: async (path = '/hello/Casey') => fetch(new Request(`http://localhost${path}`)),
    put: async (body: string | ReadableStream<Uint8Array>) =>
      fetch(new Request('http://localhost/hello/Casey', { method: 'PUT', body })),
    probe: createManagementFetch(dependencies),
    answerReads,
  };
};

/** A body that arrives when told. */
const slowBody = () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const body = new ReadableStream({
    pull: async (controller) => {
      await promise;
      controller.enqueue(new TextEncoder().encode('{"dateOfBirth":"1990-10-30"}'));
      controller.close();
    },
  });
  return { body, send: resolve };
};

const expectOverload = async (response: Response) => {
  expect(response.status).toBe(503);
  expect(response.headers.get('retry-after')).toBe('1');
  expect(response.headers.get('content-type')).toBe('application/json');
  expect(response.headers.get('cache-control')).toBe('no-store');
  expectSecurityHeaders(response.headers);
  expect(await response.json()).toEqual(OVERLOAD);
};

const statuses = async (responses: readonly Promise<Response>[]) =>
  (await Promise.all(responses)).map(({ status }) => status);

describe('requests in flight', () => {
  test('over the limit are 503 at once, on every path, until others are answered', async () => {
    const { get, put, answerReads } = api();
    const waiting = [get(), get()];
    for (let round = 0; round < 3; round++) {
      await expectOverload(await get());
      await expectOverload(await get('/'));
      await expectOverload(await get('/nowhere'));
      await expectOverload(await put('{'));
    }
    answerReads();
    expect(await statuses(waiting)).toEqual([200, 200]);
    const next = [get(), get()];
    await expectOverload(await get());
    answerReads();
    expect(await statuses(next)).toEqual([200, 200]);
  });

  test('are counted as answered whatever the answer', async () => {
    const { get, put, answerReads } = api();
    for (let round = 0; round < 3 * LIMIT; round++) {
      expect((await get('/')).status).toBe(200);
      expect((await get('/nowhere')).status).toBe(404);
      expect((await get('/hello/4')).status).toBe(422);
      expect((await put('{')).status).toBe(422);
      expect((await put('x'.repeat(20_000))).status).toBe(413);
      expect((await put('{"dateOfBirth":"1990-10-30"}')).status).toBe(204);
    }
    const waiting = [get(), get()];
    await expectOverload(await get());
    answerReads();
    expect(await statuses(waiting)).toEqual([200, 200]);
  });

  test('never refuse a probe', async () => {
    const { get, probe, answerReads } = api();
    const waiting = [get(), get()];
    await expectOverload(await get());
    for (const path of ['/livez', '/readyz'])
      expect((await probe(new Request(`http://localhost${path}`))).status).toBe(200);
    answerReads();
    await Promise.all(waiting);
  });

  test('are not those whose body has not come', async () => {
    const { get, put, answerReads } = api();
    const bodies = Array.from({ length: 5 * LIMIT }, slowBody);
    const puts = bodies.map(({ body }) => put(body));
    await Bun.sleep(10);
    expect((await get('/')).status).toBe(200);
    const waiting = [get(), get()];
    await expectOverload(await get());
    for (const { send } of bodies) send();
    for (const response of await Promise.all(puts)) await expectOverload(response);
    answerReads();
    expect(await statuses(waiting)).toEqual([200, 200]);
    expect((await put('{"dateOfBirth":"1990-10-30"}')).status).toBe(204);
  });
});

describe('a fault that the framework leaves', () => {
  const secret = new Error('born on 1990-10-30');
  const faults: Record<string, Fetch> = {
    'a throw': () => {
      throw secret;
    },
    'a rejection': () => Promise.reject(secret),
  };
  for (const [name, fetch] of Object.entries(faults))
    test(`${name}, is a logged 500 that leaves no request in flight`, async () => {
      const lines: unknown[] = [];
      const observed = observers();
      const log = { ...observed.log, error: (...line: unknown[]) => void lines.push(line) };
      const admitted = withAdmission(fetch, createInFlight(1), createDraining(), log);
      const serve = observe(admitted, [], { ...observed, log });
      for (let round = 0; round < 3; round++) {
        const headers = { 'x-request-id': `round-${round}` };
        const response = await serve(new Request('http://localhost/', { headers }));
        expect(response.status).toBe(500);
        expect(response.headers.get('x-request-id')).toBe(`round-${round}`);
        expect(response.headers.get('cache-control')).toBe('no-store');
        expectSecurityHeaders(response.headers);
        expect(await response.json()).toEqual({ detail: 'Internal Server Error' });
        expect(lines).toEqual([
          [
            {
              requestId: `round-${round}`,
              error: {
                type: 'Error',
                message: 'born on …',
                stack: expect.stringMatching(/^Error: born on …\n\s+at .*in-flight\.test\.ts/),
              },
            },
            'unexpected error',
          ],
        ]);
        expect(JSON.stringify(lines.splice(0))).not.toContain('1990');
      }
      expect(observed.metrics.requests.inFlight).toBe(0);
      expect(observed.metrics.expose('text')).toMatch(/_count\{.*status="5xx"\} 3\n/);
    });
});
