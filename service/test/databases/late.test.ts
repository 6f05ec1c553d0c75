import { expect, test } from 'bun:test';
import type { Store } from '../../src/greeting/store.ts';
import { parseDatabaseUrl } from '../../src/stores/database-url.ts';
import { openStore } from '../../src/stores/open.ts';
import { SERVER_DEFAULTS } from '../../src/stores/server/settings.ts';
import { describeServers, sharedServer } from '../support/databases.ts';
import { startProxy } from '../support/proxy.ts';
import { until } from '../support/until.ts';
import { storedIn } from './stored.ts';
import { whileOpen } from './transaction.ts';

/** Resolves once the store can be used: on a busy machine the first attempt to connect may take too long. */
const untilReady = (store: Store): Promise<number> =>
  until(() =>
    store.ping().then(
      () => true,
      () => false,
    ),
  );

describeServers('a save that the network holds up', (serverName, dialect) => {
  test('until another one is acknowledged is not executed any more', async () => {
    const server = await sharedServer(serverName);
    const database = await server.createDatabase();
    const proxy = await startProxy(server.port);
    const direct = openStore(parseDatabaseUrl(database.url()));
    const delayed = openStore(parseDatabaseUrl(database.url({ port: proxy.port })));
    try {
      await untilReady(direct);
      await direct.save('Casey', '1990-01-01');
      await untilReady(delayed);
      await delayed.save('Casey', '1990-01-02');
      proxy.blackHole();
      await expect(delayed.save('Casey', '1990-02-02')).rejects.toMatchObject({
        name: 'StoreUnavailableError',
      });
      await direct.save('Casey', '1990-03-03');
      // Now all that was written arrives.
      proxy.restore();
      await Bun.sleep(500);
      expect((await storedIn(database)).get('Casey')).toBe('1990-03-03');
    } finally {
      await Promise.all([direct.close(), delayed.close()]);
      proxy.close();
    }
  }, 20_000);

  test('and that waits on the server when its connection is cut is not executed over a newer one', async () => {
    const server = await sharedServer(serverName);
    const database = await server.createDatabase();
    const proxy = await startProxy(server.port);
    const url = parseDatabaseUrl(database.url({ port: proxy.port }));
    const store = openStore(url, { server: { ...SERVER_DEFAULTS, poolMax: 1 } });
    try {
      await untilReady(store);
      for (const username of ['Aaron', 'Casey']) await store.save(username, '1990-01-01');
      await store.find('Casey');
      const lock = "update birthday set date_of_birth = '1990-01-02' where username = 'Aaron'";
      await whileOpen(dialect, database, [lock], async () => {
        // Two that share a statement; the first one's time is up when it could be sent again.
        proxy.blackHole();
        const found = store.find('Casey');
        await Bun.sleep(30);
        const waited = store.save('Aaron', '2000-01-01');
        await Bun.sleep(1_170);
        const shared = Promise.allSettled([store.save('Casey', '2000-01-01')]);
        for (const request of [found, waited]) request.catch(() => {});
        proxy.restore();
        await Bun.sleep(50);
        proxy.reset();
        proxy.blackHole();
        await Bun.sleep(270);
        proxy.restore();
        await shared;
        await until(() =>
          store.save('Casey', '2011-11-11').then(
            () => true,
            () => false,
          ),
        );
      });
      await Bun.sleep(500);
      expect((await storedIn(database)).get('Casey')).toBe('2011-11-11');
    } finally {
      await store.close();
      proxy.close();
    }
  }, 20_000);
});
