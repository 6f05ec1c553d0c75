import { expect, test } from 'bun:test';
import { readFileSync } from 'node:fs';
import { describeDialects } from '../support/databases.ts';
import { startProxy } from '../support/proxy.ts';
import { type Serving, serving, type Timed } from './service.ts';
import { lockTable, whileOpen } from './transaction.ts';

const REQUESTS = 1_000;

/** The time a request may take by default, and some for a busy machine. */
const LIMIT_MILLISECONDS = 2_500;

/** What the memory may grow between two equal waves of requests. */
const GROWTH_BYTES = 48 * 2 ** 20;

const wave = ({ get, put }: Pick<Serving, 'get' | 'put'>): Promise<Timed[]> =>
  Promise.all(
    Array.from({ length: REQUESTS }, (_, index) =>
      index % 2 ? get('Casey') : put('Casey', '1990-10-30'),
    ),
  );

/** The memory of a process in bytes. */
const memoryOf = (pid: number): number =>
  process.platform === 'linux'
    ? Number(/^VmRSS:\s*(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024
    : Number(Bun.spawnSync(['ps', '-o', 'rss=', '-p', String(pid)]).stdout) * 1024;

describeDialects(`${REQUESTS} requests at once to a pool of 2`, (dialect) => {
  const environment = { DATABASE_POOL_MAX: '2' };

  test(
    'while nothing can be read: each is 503 in time, the service stays ready, memory is flat',
    () =>
      serving(dialect, { environment }, async (talk) => {
        await talk.untilServed();
        const { database, service, server } = talk;
        const memory: number[] = [];
        await whileOpen(dialect, database, [lockTable(dialect)], async () => {
          for (let round = 0; round < 3; round++) {
            const answers = wave(talk);
            for (let probe = 0; probe < 5; probe++) {
              expect(await talk.health('/readyz')).toBe(200);
              await Bun.sleep(250);
            }
            for (const { status, retryAfter, milliseconds } of await answers) {
              expect(status).toBe(503);
              expect(retryAfter).toMatch(/^[1-9]\d*$/);
              expect(milliseconds).toBeLessThan(LIMIT_MILLISECONDS);
            }
            memory.push(memoryOf(service.pid));
          }
        });
        expect((memory.at(-1) ?? 0) - (memory[0] ?? 0)).toBeLessThan(GROWTH_BYTES);
        expect(await talk.untilServed()).toBeLessThan(1_000);
        expect((await talk.get('Served')).status).toBe(200);
        expect(await server.connectionCount(database.owner.user)).toBeLessThanOrEqual(2);
      }),
    40_000,
  );

  test('of a slow server: answered in time, or 503', async () => {
    const port = Promise.withResolvers<number>();
    await serving(dialect, { environment }, async ({ server }) => port.resolve(server.port));
    const proxy = await startProxy(await port.promise);
    try {
      await serving(dialect, { environment, url: { port: proxy.port } }, async (talk) => {
        await talk.untilServed();
        proxy.delay(100);
        for (const { status, milliseconds } of await wave(talk)) {
          expect([200, 204, 404, 503]).toContain(status);
          expect(milliseconds).toBeLessThan(LIMIT_MILLISECONDS);
        }
        expect(await talk.health('/readyz')).toBe(200);
        proxy.restore();
        expect(await talk.untilServed()).toBeLessThan(1_000);
      });
    } finally {
      proxy.close();
    }
  }, 40_000);
});
