import { afterEach, describe, expect, test } from 'bun:test';
import { createFetch, createManagementFetch, type ObservedDependencies } from '../../src/app.ts';
import { type Store, StoreUnavailableError } from '../../src/greeting/store.ts';
import type { Log } from '../../src/observability/log.ts';
import { observers } from '../support/observers.ts';

const SECRET = 'secret-of-the-store';
const TODAY = '2024-02-29';

/** What was logged, a line each: level and fields. */
const lines: string[] = [];

afterEach(() => {
  lines.length = 0;
});

const log = Object.fromEntries(
  ['debug', 'info', 'warn', 'error'].map((level) => [
    level,
    (...fields: unknown[]) => lines.push(`${level} ${JSON.stringify(fields)}`),
  ]),
) as unknown as Log;

const errors = (): string[] => lines.filter((line) => line.startsWith('error '));

const dependencies = (store: Partial<Store>): ObservedDependencies => ({
  ...observers(),
  store: {
    find: async () => undefined,
    save: async () => {},
    ping: async () => {},
    close: async () => {},
    ...store,
  },
  today: () => TODAY,
  log: { ...log, infoLine: undefined },
});

const get = async (store: Partial<Store>, method = 'GET') =>
  createFetch(dependencies(store))(new Request('http://localhost/hello/Casey', { method }));

const put = async (store: Partial<Store>) =>
  createFetch(dependencies(store))(
    new Request('http://localhost/hello/Casey', {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: '{"dateOfBirth":"1990-10-30"}',
    }),
  );

const expectProblem = async (response: Response, status: number, detail: string) => {
  expect(response.status).toBe(status);
  expect(response.headers.get('content-type')).toBe('application/json');
  expect(response.headers.get('cache-control')).toBe('no-store');
  expect(await response.text()).toBe(JSON.stringify({ detail }));
};

/** What is logged of the one error; never what the client sent. */
const loggedErrorOfOne = () => {
  expect(errors()).toHaveLength(1);
  const [line = ''] = errors();
  expect(line).not.toMatch(/Casey|1990-10-30/);
  const [{ route, error }] = JSON.parse(line.slice('error '.length));
  expect(route).toBe('/hello/:username');
  return error;
};

const HERE = expect.stringContaining('faults.test.ts');

/** Fails at once, or later, or not as an Error; and what is logged of it. */
const FAILURES: Record<string, readonly [fail: () => never | Promise<never>, logged: unknown]> = {
  'rejects with an Error': [
    async () => {
      throw new Error(`${SECRET}\n    at Casey 1990-10-30`);
    },
    { type: 'Error', message: `${SECRET}\n    at … …`, stack: HERE },
  ],
  'throws an Error': [
    () => {
      throw Object.assign(new TypeError(SECRET), { code: 'ERR_X' });
    },
    { type: 'TypeError', code: 'ERR_X', message: SECRET, stack: HERE },
  ],
  'rejects later': [
    async () => {
      await Bun.sleep(1);
      throw new RangeError(SECRET);
    },
    { type: 'RangeError', message: SECRET, stack: HERE },
  ],
  // Elysia names its own errors so.
  ...Object.fromEntries(
    ['NOT_FOUND', 'VALIDATION', 'PARSE', 'INVALID_FILE_TYPE'].map((code) => [
      `rejects with an Error of code ${code}`,
      [
        () => Promise.reject(Object.assign(new Error(SECRET), { code, status: 404 })),
        { type: 'Error', code, message: SECRET, stack: HERE },
      ],
    ]),
  ),
  'rejects with text': [
    () => Promise.reject(`${SECRET} Casey`),
    { type: 'string', message: `${SECRET} …`, stack: `string: ${SECRET} …` },
  ],
  'rejects with an object like an answer': [
    () => Promise.reject({ status: 418, code: 404 }),
    { type: 'object', code: 404, stack: 'object' },
  ],
  'rejects with a Response': [
    () => Promise.reject(new Response(SECRET, { status: 200 })),
    { type: 'object', stack: 'object' },
  ],
};

describe('a store that can not answer', () => {
  const unavailable = async () => {
    throw new StoreUnavailableError(SECRET, { cause: new Error(`${SECRET} Casey`) });
  };

  for (const [name, send] of [
    ['GET', () => get({ find: unavailable })],
    ['PUT', () => put({ save: unavailable })],
  ] as const)
    test(`is 503 with Retry-After for ${name}`, async () => {
      const response = await send();
      expect(response.headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
      await expectProblem(response, 503, 'Service Unavailable');
      const { type, message, stack } = loggedErrorOfOne();
      expect({ type, message }).toEqual({ type: 'Error', message: undefined });
      expect(stack).toMatch(/^Error\n\s+at .*faults\.test\.ts/);
      expect(errors()[0]).not.toContain(SECRET);
    });

  test('is logged with the request id of the answer', async () => {
    const response = await get({ find: unavailable });
    const id = response.headers.get('x-request-id');
    expect(id).toMatch(/^\S+$/);
    expect(errors()[0]).toContain(`"requestId":"${id}"`);
  });

  test('is 503 with Retry-After for HEAD', async () => {
    const response = await get({ find: unavailable }, 'HEAD');
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
    expect(response.headers.get('cache-control')).toBe('no-store');
  });

  test('matters to nothing that needs no store', async () => {
    const fetch = createFetch(dependencies({ find: unavailable, save: unavailable }));
    const statuses = await Promise.all(
      ['/', '/hello/C4sey', '/openapi/json'].map(
        async (path) => (await fetch(new Request(`http://localhost${path}`))).status,
      ),
    );
    expect(statuses).toEqual([200, 422, 200]);
    expect(errors()).toEqual([]);
  });
});

describe('a store with a fault', () => {
  for (const [name, [fail, logged]] of Object.entries(FAILURES)) {
    test(`that ${name} is 500 for GET, with its message in the log alone`, async () => {
      await expectProblem(await get({ find: fail }), 500, 'Internal Server Error');
      expect(loggedErrorOfOne()).toEqual(logged);
    });

    test(`that ${name} is 500 for PUT, with its message in the log alone`, async () => {
      await expectProblem(await put({ save: fail }), 500, 'Internal Server Error');
      expect(loggedErrorOfOne()).toEqual(logged);
    });
  }

  for (const garbage of ['not-a-date', '', '2001-02-29', '0999-01-01', null, 19901030, {}, []])
    test(`that finds ${JSON.stringify(garbage)} is 500`, async () => {
      const find = async () => garbage as never;
      await expectProblem(await get({ find }), 500, 'Internal Server Error');
      expect(loggedErrorOfOne()).toMatchObject({
        type: 'RangeError',
        message: 'not a calendar date written YYYY-MM-DD',
      });
    });
});

test('a greeting that breaks its schema is 500, never 422, and the log has where and what is expected', async () => {
  // A date while its digits are checked, nonsense when they are read again: the birthday is in NaN days.
  let reads = 0;
  const liar = {
    toString: () => '1990-10-30',
    charCodeAt: (index: number) => (reads++ < 8 ? '1990-10-30'.charCodeAt(index) : Number.NaN),
  };
  const find = async () => liar as unknown as string;
  await expectProblem(await get({ find }), 500, 'Internal Server Error');
  const { message, stack, ...others } = loggedErrorOfOne();
  expect(others).toEqual({ type: 'Error', code: 'VALIDATION' });
  expect(message).toStartWith(
    "the response breaks its schema: /message: Expected string to match '^Hello, ",
  );
  expect(stack).toStartWith(`Error: ${message}\n`);
});

test('a save whose connection was closed is 400 and no error', async () => {
  const save: Store['save'] = async (_username, _dateOfBirth, signal) => signal?.throwIfAborted();
  const request = new Request('http://localhost/hello/Casey', {
    method: 'PUT',
    body: new TextEncoder().encode('{"dateOfBirth":"1990-10-30"}'),
    signal: AbortSignal.abort(),
  });
  const response = await createFetch(dependencies({ save }))(request);
  await expectProblem(response, 400, 'The request body is incomplete');
  expect(errors()).toEqual([]);
});

test('an error of a handler is 500, with its message in the log alone', async () => {
  const today = () => {
    throw new Error(SECRET);
  };
  const fetch = createFetch({ ...dependencies({}), today });
  const response = await fetch(
    new Request('http://localhost/hello/Casey', {
      method: 'PUT',
      body: new TextEncoder().encode('{"dateOfBirth":"1990-10-30"}'),
    }),
  );
  await expectProblem(response, 500, 'Internal Server Error');
  expect(loggedErrorOfOne()).toEqual({
    type: 'Error',
    message: SECRET,
    stack: expect.stringMatching(
      new RegExp(`^Error: ${SECRET}\n\\s+at today .*faults\\.test\\.ts`),
    ),
  });
});

test.each([
  ['Casey is not a function', '/hello/Casey', '… is not a function'],
  ['"Casey", "C4sey"', '/hello/C4sey', '"Casey", "…"'],
  ['Invalid: Ãvalon', '/hello/%C3%83valon?x=Invalid', '…: …'],
  ['no 2001-02-03T00:00', '/hello/%?x', 'no …T00:00'],
  ['not Robin', '/hello/%52obin?x=%ff', 'not …'],
])('of the message %p at %p %p is logged', async (text, path, logged) => {
  const today = () => {
    throw new Error(text);
  };
  await createFetch({ ...dependencies({}), today })(
    new Request(`http://localhost${path}`, { method: 'PUT', body: '{}' }),
  );
  expect(JSON.parse(errors()[0]?.slice('error '.length) ?? '')[0].error.message).toBe(logged);
});

test('the clock is read once a request', async () => {
  let reads = 0;
  const today = () => {
    reads++;
    return TODAY;
  };
  const fetch = createFetch({ ...dependencies({ find: async () => '1990-10-30' }), today });
  const send = (method: string, username: string, dateOfBirth?: unknown) =>
    fetch(
      new Request(`http://localhost/hello/${username}`, {
        method,
        body:
          dateOfBirth === undefined
            ? undefined
            : new TextEncoder().encode(JSON.stringify({ dateOfBirth })),
      }),
    );
  for (const [method, username, dateOfBirth] of [
    ['GET', 'Casey'],
    ['PUT', 'Casey', '1990-10-30'],
    ['PUT', 'Casey', '9999-12-31'],
    ['PUT', 'C4sey', '9999-12-31'],
    ['PUT', 'C4sey', 1],
  ] as const) {
    reads = 0;
    await send(method, username, dateOfBirth);
    expect([method, username, dateOfBirth, reads <= 1]).toEqual([
      method,
      username,
      dateOfBirth,
      true,
    ]);
  }
});

describe('/readyz', () => {
  const probe = (ping: Store['ping']) => {
    const fetch = createManagementFetch(dependencies({ ping }));
    return async (path = '/readyz') => {
      const response = await fetch(new Request(`http://localhost${path}`));
      expect(response.headers.get('cache-control')).toBe('no-store');
      return { status: response.status, text: await response.text() };
    };
  };

  for (const [name, [fail]] of Object.entries(FAILURES).filter(([name]) =>
    name.startsWith('rejects'),
  ))
    test(`is 503 when the store ${name}, /livez is 200`, async () => {
      const send = probe(fail);
      const { status, text } = await send();
      expect(status).toBe(503);
      expect(JSON.parse(text)).toEqual({ detail: expect.any(String) });
      expect(text).not.toContain(SECRET);
      expect((await send('/livez')).status).toBe(200);
    });

  test('is 503 within seconds when the store hangs, /livez is 200 at once', async () => {
    const send = probe(() => new Promise(() => {}));
    const slow = send();
    expect((await send('/livez')).status).toBe(200);
    expect((await slow).status).toBe(503);
  }, 4_000);

  test('asks the store once for many probes, at once or in turn', async () => {
    let pings = 0;
    const send = probe(async () => {
      pings++;
      await Bun.sleep(20);
    });
    const statuses = (await Promise.all(Array.from({ length: 50 }, () => send()))).map(
      ({ status }) => status,
    );
    for (let count = 0; count < 10; count++) statuses.push((await send()).status);
    expect(new Set(statuses)).toEqual(new Set([200]));
    expect(pings).toBe(1);
  });

  test('asks again after a while, and recovers', async () => {
    let isUp = false;
    let pings = 0;
    const send = probe(async () => {
      pings++;
      if (!isUp) throw new StoreUnavailableError('down');
    });
    expect((await send()).status).toBe(503);
    isUp = true;
    const deadline = performance.now() + 10_000;
    while ((await send()).status !== 200 && performance.now() < deadline) await Bun.sleep(50);
    expect((await send()).status).toBe(200);
    expect(pings).toBe(2);
    isUp = false;
    while ((await send()).status !== 503 && performance.now() < deadline) await Bun.sleep(50);
    expect(pings).toBe(3);
  }, 15_000);
});
