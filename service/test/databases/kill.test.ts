import { expect, test } from 'bun:test';
import type { DatabaseServer } from '../support/database-server.ts';
import { describeServers, serverToStop, sharedServer } from '../support/databases.ts';
import { startServer } from '../support/server.ts';
import { LATEST_RECOVERY_MILLISECONDS, startLoad } from './load.ts';
import { randomNumbers, SEED } from './random.ts';
import { expectAcknowledgedStored } from './stored.ts';

const ROUNDS = Number(process.env.DATABASE_KILL_ROUNDS ?? 6);

/** How soon after the server accepts connections again requests usually succeed. */
const RECOVERY_MILLISECONDS = 1_000;

describeServers('a kill -9', (serverName, dialect) => {
  const random = randomNumbers(SEED);
  const upTo = (milliseconds: number) => Bun.sleep(random() * milliseconds);

  /** Ends the server in one way or another, and starts it after a while. */
  const outages = async (end: (server: DatabaseServer) => Promise<void>, rounds: number) => {
    const server = await serverToStop(serverName);
    const database = await server.createDatabase();
    const service = await startServer({ runtime: 'bun', databaseUrl: database.url() });
    const load = startLoad(() => service);
    const recoveries: number[] = [];
    try {
      await load.untilAllServed();
      for (let round = 0; round < rounds; round++) {
        await upTo(300);
        await end(server);
        // A short outage, or one that the service has to notice.
        await upTo(round % 3 === 0 ? 1_500 : 100);
        await server.start();
        recoveries.push(await load.untilFirstServed());
        await load.untilAllServed();
      }
      await load.stop();
      expect(load.faults).toEqual([]);
      const sorted = recoveries.toSorted((a, b) => a - b).map(Math.round);
      const median = sorted[Math.floor(sorted.length / 2)];
      const slowest = sorted.at(-1);
      console.log(
        `${dialect}: recovered in ${sorted[0]} – ${median} – ${slowest} ms, ${rounds} rounds`,
      );
      expect(median).toBeLessThan(RECOVERY_MILLISECONDS);
      expect(slowest).toBeLessThan(LATEST_RECOVERY_MILLISECONDS);
      await expectAcknowledgedStored(database, load);
      // A test in which nothing was refused, or nothing served, proves nothing.
      for (const status of [200, 204, 503]) expect(load.counts.get(status)).toBeGreaterThan(10);
      expect(await service.stop()).toBe(0);
    } finally {
      await load.stop();
      await service.stop('SIGKILL');
    }
  };

  test(
    `of the database, ${ROUNDS} times (DATABASE_KILL_SEED=${SEED})`,
    async () => {
      await outages((server) => server.kill9(), ROUNDS);
    },
    30_000 + ROUNDS * 5_000,
  );

  test('is no worse than an orderly restart', async () => {
    await outages((server) => server.stop(), 2);
  }, 60_000);

  test('that a test did not mend is none to the next', async () => {
    await (await serverToStop(serverName)).kill9();
    const [row] = await (await serverToStop(serverName)).sql('select 1 as one');
    expect(Number(row?.one)).toBe(1);
  }, 60_000);

  test(
    `of the service, ${ROUNDS} times (DATABASE_KILL_SEED=${SEED})`,
    async () => {
      const database = await (await sharedServer(serverName)).createDatabase();
      const options = { runtime: 'bun', databaseUrl: database.url() } as const;
      let service = await startServer(options);
      const load = startLoad(() => service, { mayFail: true });
      try {
        for (let round = 0; round < ROUNDS; round++) {
          await load.untilAllServed();
          await upTo(50);
          await service.stop('SIGKILL');
          service = await startServer(options);
        }
        await load.untilAllServed();
        await load.stop();
        expect(load.faults).toEqual([]);
        await expectAcknowledgedStored(database, load);
      } finally {
        await load.stop();
        await service.stop('SIGKILL');
      }
    },
    30_000 + ROUNDS * 5_000,
  );
});

console.log(`DATABASE_KILL_SEED=${SEED}`);
