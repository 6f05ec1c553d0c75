import { expect, test } from 'bun:test';
import { describeServers, SERVER_OF_EACH_DRIVER, sharedServer } from '../support/databases.ts';
import { startProxy, type TcpProxy } from '../support/proxy.ts';
import { startServer } from '../support/server.ts';
import { until } from '../support/until.ts';
import { LATEST_RECOVERY_MILLISECONDS, startLoad } from './load.ts';
import { expectAcknowledgedStored } from './stored.ts';

const POOL_MAX = 5;

/** What is done to the network, and how long, and whether requests can't but be refused. */
const FAULTS: Record<
  string,
  [milliseconds: number, begin: (proxy: TcpProxy) => void, refuses?: 'refuses']
> = {
  'a delay': [500, (proxy) => proxy.delay(50)],
  'a delay beyond what a request may take': [2_500, (proxy) => proxy.delay(3_000), 'refuses'],
  'a cut in the middle of a packet': [500, (proxy) => proxy.cutAfter(3)],
  'a cut every now and then': [700, (proxy) => proxy.cutAfter(2_001)],
  'a short black hole': [300, (proxy) => proxy.blackHole()],
  'a long black hole': [3_000, (proxy) => proxy.blackHole(), 'refuses'],
  'a reset': [50, (proxy) => proxy.reset()],
  'resets in a row': [
    1_000,
    (proxy) => {
      for (let count = 0; count < 10; count++) setTimeout(() => proxy.reset(), count * 80);
    },
  ],
};

describeServers(
  'the network to the database',
  (serverName) => {
    for (const [name, [milliseconds, begin, refuses]] of Object.entries(FAULTS))
      test(`${name}: answers are right or 503, in time; no connection is left over`, async () => {
        const server = await sharedServer(serverName);
        const database = await server.createDatabase();
        const proxy = await startProxy(server.port);
        const service = await startServer({
          runtime: 'bun',
          databaseUrl: database.url({ port: proxy.port }),
          environment: { DATABASE_POOL_MAX: `${POOL_MAX}` },
        });
        const load = startLoad(() => service);
        try {
          await load.untilAllServed();
          const refused = load.counts.get(503) ?? 0;
          const faults = proxy.faultCount();
          begin(proxy);
          await Bun.sleep(milliseconds);
          expect(proxy.faultCount()).toBeGreaterThan(faults);
          if (refuses) expect(load.counts.get(503) ?? 0).toBeGreaterThan(refused);
          proxy.restore();
          expect(await load.untilFirstServed()).toBeLessThan(LATEST_RECOVERY_MILLISECONDS);
          await load.untilAllServed();
          await load.stop();
          expect(load.faults).toEqual([]);
          await expectAcknowledgedStored(database, load);
          const { user } = database.owner;
          await until(async () => (await server.connectionCount(user)) <= POOL_MAX, 2_500);
          await until(async () => proxy.connectionCount() <= POOL_MAX, 2_500);
          expect(await service.stop()).toBe(0);
          await until(async () => (await server.connectionCount(user)) === 0, 2_500);
        } finally {
          await load.stop();
          await service.stop('SIGKILL');
          proxy.close();
        }
      }, 40_000);
  },
  SERVER_OF_EACH_DRIVER,
);
