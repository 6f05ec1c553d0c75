import { describe, expect, test } from 'bun:test';
import { readFileSync } from 'node:fs';
import {
  bodyOfLength,
  chunk,
  expectRaw,
  newUsername,
  rawPut,
  rawRequest,
} from '../support/client.ts';
import {
  type Exchange,
  exchange,
  parseResponses,
  type RawResponse,
  type Write,
} from '../support/raw.ts';
import { startServer, type Target } from '../support/server.ts';

const LIMIT = 16_384;
const MEBIBYTE = 1024 * 1024;
const TOO_LARGE = { detail: 'Content Too Large' };
const END = chunk('');

const put = (header: string): string => rawRequest('PUT', `/hello/${newUsername()}`, [header]);
const putOfLength = (length: number): string => put(`Content-Length: ${length}`);
const putChunked = (): string => put('Transfer-Encoding: chunked');

export const bodyLimits = (target: Target): void => {
  const send = (
    bytes: string | ((write: Write) => Promise<void>),
    options?: Parameters<typeof exchange>[2],
  ): Promise<Exchange> => exchange(target.server.port, bytes, { responses: 1, ...options });

  describe('body limit', () => {
    test.concurrent('16,384 bytes of known length are taken', async () => {
      const { responses } = await send(rawPut(newUsername(), bodyOfLength(LIMIT)));
      expectRaw(responses[0], 204, undefined);
    });

    test.concurrent('16,385 bytes of known length are too large', async () => {
      const { responses } = await send(rawPut(newUsername(), bodyOfLength(LIMIT + 1)));
      expectRaw(responses[0], 413, TOO_LARGE);
    });

    for (const [name, size] of [
      ['one chunk', LIMIT],
      ['chunks of 1,000 bytes', 1_000],
      ['chunks of 7 bytes', 7],
    ] as const)
      test.concurrent(`16,384 bytes in ${name} are taken, one more is too large`, async () => {
        const [fits, large] = await Promise.all(
          [LIMIT, LIMIT + 1].map((length) => {
            const body = bodyOfLength(length).match(new RegExp(`.{1,${size}}`, 'g')) ?? [];
            return send(`${putChunked()}${body.map(chunk).join('')}${END}`);
          }),
        );
        expectRaw(fits?.responses[0], 204, undefined);
        expectRaw(large?.responses[0], 413, TOO_LARGE);
      });

    if (target.runtime === 'deno')
      test('a body of 16,000 chunks holds up no other request', async () => {
        const body = `${chunk('{"dateOfBirth":"1990-10-30"}')}${chunk(' ').repeat(16_000)}${END}`;
        let isDone = false;
        const sent = send(`${putChunked()}${body}`, { timeout: 30_000 }).finally(() => {
          isDone = true;
        });
        let served = 0;
        for (; !isDone; served++) await fetch(`${target.server.baseUrl}/`);
        expectRaw((await sent).responses[0], 204, undefined);
        expect(served).toBeGreaterThan(10);
      }, 40_000);

    test.concurrent('multibyte characters count as bytes', async () => {
      const body = JSON.stringify({ dateOfBirth: '1990-10-30', x: '\u00e9'.repeat(8_200) });
      const { responses } = await send(rawPut(newUsername(), Buffer.from(body).toString('latin1')));
      expect(body.length).toBeLessThan(LIMIT);
      expectRaw(responses[0], 413, TOO_LARGE);
    });

    test.concurrent('a large Content-Length is refused before any body is sent', async () => {
      for (const length of [LIMIT + 1, 10 * MEBIBYTE, 1024 * MEBIBYTE]) {
        const { responses } = await send(putOfLength(length));
        expectRaw(responses[0], 413, TOO_LARGE);
      }
    });

    test.concurrent('a chunked body is refused at byte 16,385, its end unseen', async () => {
      const { responses } = await send(`${putChunked()}${chunk('x'.repeat(LIMIT + 1))}`);
      expectRaw(responses[0], 413, TOO_LARGE);
      expect(responses[0]?.headers.get('connection')).toContain('close');
    });

    test.concurrent('size comes before content: what is too large is not parsed', async () => {
      const { responses } = await send(rawPut('C4sey', 'x'.repeat(LIMIT + 1)));
      expectRaw(responses[0], 413, TOO_LARGE);
    });

    test.concurrent('after a body of known length the connection stays usable', async () => {
      const request = `${rawPut(newUsername(), 'x'.repeat(200_000))}${rawRequest('GET', '/')}`;
      const { responses } = await send(request, { responses: 2 });
      expectRaw(responses[0], 413, TOO_LARGE);
      expectRaw(responses[1], 200, { message: "I'm alive!" });
    });

    for (const [name, head, part, end] of [
      ['of known length', () => putOfLength(10 * MEBIBYTE), 'x'.repeat(MEBIBYTE), ''],
      ['in chunks', putChunked, chunk('x'.repeat(MEBIBYTE)), END],
    ] as const)
      test.concurrent(`a client that sends 10 MiB ${name} before it reads gets the answer`, async () => {
        let written = 0;
        const writeAll = async (write: Write) => {
          await write(head());
          for (; written < 10; written++) await write(part);
          await write(end);
        };
        const { responses } = await send(writeAll, { writeFirst: true, timeout: 20_000 });
        expect(written).toBe(10);
        expectRaw(responses[0], 413, TOO_LARGE);
      }, 30_000);

    // Deno's server reads nothing more after the answer, and leaves the connection to the client.
    for (const [name, size, pause] of [
      // The pause lets it read; Bun's client reads nothing while it is busy writing.
      ['fast', 256 * 1024, 1],
      ['slow', 1, 50],
    ] as const)
      test.concurrent(`an endless ${name} sender of chunks is cut after the answer`, async () => {
        const part = chunk('x'.repeat(size));
        let written = 0;
        const sendForEver = async (write: Write) => {
          await write(`${putChunked()}${chunk('x'.repeat(LIMIT + 1))}`);
          for (; ; written++) {
            await write(part);
            if (pause > 0) await Bun.sleep(pause);
          }
        };
        const isDeno = target.runtime === 'deno';
        const refused = await send(sendForEver, {
          responses: Infinity,
          timeout: isDeno ? 8_000 : 20_000,
        });
        const response = responseOf(refused);
        expectRaw(response, 413, TOO_LARGE);
        expect(response?.headers.get('connection')).toContain('close');
        if (!isDeno) expect(refused.end).toBe('closed');
        expect(written * size).toBeLessThan(128 * MEBIBYTE);
      }, 30_000);
  });
};

export const refusedBodiesInMemory = ({ runtime, environment }: Target): void => {
  if (runtime !== 'in-process')
    test('200 MiB that are refused need little memory', async () => {
      const server = await startServer({ runtime, databaseUrl: 'memory:', environment });
      try {
        const before = peakMemory(server.pid);
        const part = chunk('x'.repeat(MEBIBYTE));
        const writeAll = async (write: Write) => {
          await write(putChunked());
          for (let count = 0; count < 50; count++) await write(part);
          await write(END);
        };
        const exchanges = await Promise.all(
          Array.from({ length: 4 }, () =>
            exchange(server.port, writeAll, { responses: 1, timeout: 60_000 }),
          ),
        );
        for (const refused of exchanges) expectRaw(responseOf(refused), 413, TOO_LARGE);
        expect(peakMemory(server.pid) - before).toBeLessThan(128 * MEBIBYTE);
      } finally {
        await server.stop();
      }
    }, 90_000);
};

/** The response to a client that may have lost the chunk at its end, since it was cut while it still sent. */
const responseOf = ({ responses, rest }: Exchange): RawResponse | undefined =>
  responses[0] ?? parseResponses(Buffer.from(rest + END, 'latin1'), true, false).responses[0];

/** The most memory in bytes that a process ever had; 0 where Linux's /proc is not there to tell. */
const peakMemory = (pid: number): number => {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1]) * 1024;
  } catch {
    return 0;
  }
};
