/** What the runtimes limit by themselves, with the values that docs/operations.md tells. */
import { describe, expect, test } from 'bun:test';
import { useServices } from './services.ts';
import { chunk, rawPut, rawRequest } from './support/client.ts';
import { type Exchange, exchange, type Write } from './support/raw.ts';
import type { RunningServer } from './support/server.ts';

const BODY = '{"dateOfBirth":"1990-10-30"}';

/** Bytes before the body, and headers, that are served at most; the answer to more. */
const LIMITS = {
  bun: { bytes: 16 * 1024, headers: 198, refusal: 431 },
  deno: { bytes: 64 * 1024, headers: 128, refusal: 400 },
} as const;

/** By how much the sum of bytes may miss the limit: the runtimes don't count all of them. */
const BYTES_ASTRAY = 100;

const services = useServices();

const statusOf = async ({ port }: RunningServer, request: string) => {
  const { responses, end } = await exchange(port, request, { responses: 1 });
  return responses[0]?.status ?? end;
};

for (const runtime of ['bun', 'deno'] as const)
  describe(`${runtime} limits`, () => {
    const { bytes, headers, refusal } = LIMITS[runtime];

    for (const [name, status, ofSize] of [
      ['a URL', 404, (size: number) => rawRequest('GET', `/${'x'.repeat(size)}`)],
      ['a header', 200, (size: number) => rawRequest('GET', '/', [`X: ${'x'.repeat(size)}`])],
      [
        'headers together',
        200,
        (size: number) =>
          rawRequest(
            'GET',
            '/',
            Array.from({ length: 50 }, (_, index) =>
              `X-${index}: `.padEnd(Math.floor(size / 50) - 2, 'x'),
            ),
          ),
      ],
    ] as const)
      test(`${name} to ${bytes} bytes before the body`, async () => {
        const server = await services.start({ runtime });
        expect(await statusOf(server, ofSize(bytes - BYTES_ASTRAY))).toBe(status);
        expect(await statusOf(server, ofSize(bytes + BYTES_ASTRAY))).toBe(refusal);
        expect(await statusOf(server, rawRequest('GET', '/'))).toBe(200);
      }, 20_000);

    test(`headers to ${headers}`, async () => {
      const server = await services.start({ runtime });
      const ofCount = (count: number) =>
        rawRequest(
          'GET',
          '/',
          Array.from({ length: count - 1 }, (_, index) => `X-${index}: x`),
        );
      expect(await statusOf(server, ofCount(headers))).toBe(200);
      expect(await statusOf(server, ofCount(headers + 1))).toBe(refusal);
      expect(await statusOf(server, rawRequest('GET', '/'))).toBe(200);
    }, 20_000);
  });

describe('slow clients', () => {
  const drip = (head: string, part: string) => async (write: Write) => {
    await write(head);
    while (part !== '') {
      await Bun.sleep(500);
      await write(part);
    }
  };
  const put = (header: string) => rawRequest('PUT', '/hello/Casey', [header]);

  /** What a client sends at first and then again and again, and how much it may hear. */
  const CLIENTS: readonly (readonly [name: string, head: string, part: string, answers: number])[] =
    [
      ['says nothing', '', '', 0],
      ['stops in a header', 'GET / HTTP/1.1\r\nHo', '', 0],
      ['drips headers', 'GET / HTTP/1.1\r\nHost: localhost\r\n', 'X: y\r\n', 0],
      ['drips a header', 'GET / HTTP/1.1\r\nHost: localhost\r\nX: ', 'y', 0],
      ['stops in a body', rawPut('Casey', BODY).slice(0, -1), '', 0],
      ['drips a body', put('Content-Length: 10000'), 'x', 0],
      ['drips chunks', put('Transfer-Encoding: chunked'), chunk('x'), 0],
      ['is idle after an answer', rawRequest('GET', '/'), '', 1],
    ];

  // Bun counts in steps of 4 seconds, and has 10 of its own for what comes before the body.
  test('are cut by Bun, those in the header after some 12 seconds, others after IDLE_TIMEOUT', async () => {
    const { port } = await services.start({ environment: { IDLE_TIMEOUT: '1000' } });
    const exchanges = await Promise.all(
      CLIENTS.map(([, head, part]) => exchange(port, drip(head, part), { timeout: 30_000 })),
    );
    expect(
      exchanges.map(({ end, responses }, index) => [CLIENTS[index]?.[0], end, responses.length]),
    ).toEqual(CLIENTS.map(([name, , , answers]) => [name, 'closed', answers]));
    const inBody = exchanges.filter((_, index) =>
      /body|chunks|answer/.test(CLIENTS[index]?.[0] ?? ''),
    );
    for (const { milliseconds } of inBody) expect(milliseconds).toBeLessThan(10_000);
  }, 40_000);

  test('are cut by IDLE_TIMEOUT, not before it', async () => {
    const { port } = await services.start({ environment: { IDLE_TIMEOUT: '20000' } });
    const ends: Exchange[] = await Promise.all(
      CLIENTS.filter(([name]) => /body|chunks|answer/.test(name)).map(([, head, part]) =>
        exchange(port, drip(head, part), { timeout: 8_000 }),
      ),
    );
    expect(ends.map(({ end }) => end)).toEqual(ends.map(() => 'timeout'));
  }, 40_000);
});

test('MAX_BODY_BYTES is the limit of a body, and in the document', async () => {
  const { port, baseUrl } = await services.start({ environment: { MAX_BODY_BYTES: '2000' } });
  const ofLength = (length: number) =>
    rawPut('Casey', `{"dateOfBirth":"1990-10-30","x":"${'x'.repeat(length - 35)}"}`);
  expect(ofLength(2_000)).toContain('Content-Length: 2000');
  for (const [length, status] of [
    [2_000, 204],
    [2_001, 413],
  ] as const) {
    const { responses } = await exchange(port, ofLength(length), { responses: 1 });
    expect(responses[0]?.status).toBe(status);
  }
  expect(await (await fetch(`${baseUrl}/openapi/json`)).text()).toContain('At most 2000 bytes');
}, 20_000);
