import { expect, test } from 'bun:test';
import { parseDatabaseUrl } from '../../src/stores/database-url.ts';
import { openStore } from '../../src/stores/open.ts';
import { describeDialects, sharedServer } from '../support/databases.ts';
import { startProxy } from '../support/proxy.ts';
import { storedIn } from './stored.ts';

describeDialects('a save that the network holds up', (dialect) => {
  test('until another one is acknowledged is not executed any more', async () => {
    const server = await sharedServer(dialect);
    const database = await server.createDatabase();
    const proxy = await startProxy(server.port);
    const direct = openStore(parseDatabaseUrl(database.url()));
    const delayed = openStore(parseDatabaseUrl(database.url({ port: proxy.port })));
    try {
      await direct.ping();
      await direct.save('Casey', '1990-01-01');
      await delayed.ping();
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
});
