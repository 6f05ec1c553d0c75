import { expect, test } from 'bun:test';
import { readFileSync } from 'node:fs';
import { rawPut, rawRequest } from '../support/client.ts';
import { describeServers } from '../support/databases.ts';
import { startProxy } from '../support/proxy.ts';
import { type Exchange, exchange } from '../support/raw.ts';
import type { RunningServer } from '../support/server.ts';
import { LATEST_RECOVERY_MILLISECONDS } from './load.ts';
import { otherOutput, serving } from './service.ts';
import { lockTable, whileOpen } from './transaction.ts';

const REQUESTS = 1_000;

const GET = rawRequest('GET', '/hello/Casey');
const PUT = rawPut('Casey', '{"dateOfBirth":"1990-10-30"}');

/** Twice the time that a request may take by default: all of them, and their clients, share a busy machine. */
const LIMIT_MILLISECONDS = 4_000;

/** What the memory may grow between two equal waves of requests. */
const GROWTH_BYTES = 48 * 2 ** 20;

/** Each on a connection of its own: `fetch` has 256 at most. */
const wave = ({ port }: RunningServer): Promise<Exchange[]> =>
  Promise.all(
    Array.from({ length: REQUESTS }, (_, index) =>
      exchange(port, index % 2 ? GET : PUT, { responses: 1 }),
    ),
  );

/** The memory of a process in bytes. */
const memoryOf = (pid: number): number =>
  process.platform === 'linux'
    ? Number(/^VmRSS:\s*(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024
    : Number(Bun.spawnSync(['ps', '-o', 'rss=', '-p', String(pid)]).stdout) * 1024;

describeServers(`${REQUESTS} requests at once to a pool of 2`, (serverName, dialect) => {
  const environment = { DATABASE_POOL_MAX: '2' };

  test(
    'while nothing can be read: each is 503 in time, the service stays ready, memory is flat',
    () =>
      serving(serverName, { environment }, async (talk) => {
        await talk.untilServed();
        const { database, service, server } = talk;
        const memory: number[] = [];
        await whileOpen(dialect, database, [lockTable(dialect)], async () => {
          for (let round = 0; round < 3; round++) {
            const answers = wave(talk.service);
            for (let probe = 0; probe < 5; probe++) {
              expect(await talk.health('/readyz')).toBe(200);
              await Bun.sleep(250);
            }
            for (const { responses, milliseconds } of await answers) {
              expect(responses[0]?.status).toBe(503);
              expect(responses[0]?.headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
              expect(milliseconds).toBeLessThan(LIMIT_MILLISECONDS);
            }
            memory.push(memoryOf(service.pid));
          }
        });
        expect((memory.at(-1) ?? 0) - (memory[0] ?? 0)).toBeLessThan(GROWTH_BYTES);
        expect(await talk.untilServed()).toBeLessThan(LATEST_RECOVERY_MILLISECONDS);
        expect((await talk.get('Served')).status).toBe(200);
        expect(await server.connectionCount(database.owner.user)).toBeLessThanOrEqual(2);
        // Such as a warning of the runtime about a timer.
        expect(otherOutput(service)).toEqual([]);
      }),
    40_000,
  );

  test('of a slow server: answered in time, or 503', async () => {
    const port = Promise.withResolvers<number>();
    await serving(serverName, { environment }, async ({ server }) => port.resolve(server.port));
    const proxy = await startProxy(await port.promise);
    try {
      await serving(serverName, { environment, url: { port: proxy.port } }, async (talk) => {
        await talk.untilServed();
        proxy.delay(50);
        for (const { responses, milliseconds } of await wave(talk.service)) {
          expect([200, 204, 404, 503]).toContain(responses[0]?.status ?? 0);
          expect(milliseconds).toBeLessThan(LIMIT_MILLISECONDS);
        }
        // At once, unless a busy machine cost it its connections: to open one takes ten delays.
        await talk.until(async () => (await talk.health('/readyz')) === 200);
        proxy.restore();
        expect(await talk.untilServed()).toBeLessThan(LATEST_RECOVERY_MILLISECONDS);
      });
    } finally {
      proxy.close();
    }
  }, 40_000);
});
