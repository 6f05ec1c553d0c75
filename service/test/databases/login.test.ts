import { expect, test } from 'bun:test';
import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { type DatabaseServer, newPassword } from '../support/database-server.ts';
import { describeServers, serverToStop, sharedServer } from '../support/databases.ts';
import { migrate, migrationFailure } from './store.ts';

const REMEDY = 'the server may want TLS: add ?sslmode=verify-full to DATABASE_URL';

const TLS = { query: { sslmode: 'require' } };

describeServers('a login', (serverName) => {
  test('refused for want of TLS says what to do', async () => {
    const server = await sharedServer(serverName);
    const database = await server.createDatabase();
    await migrate(database.url());
    await server.requireTls(database.owner.user);
    expect(await migrationFailure(database.url())).toEndWith(REMEDY);
    await migrate(database.url(TLS));
  });

  test('refused for another reason does not', async () => {
    const database = await (await sharedServer(serverName)).createDatabase();
    const login = { ...database.owner, password: newPassword() };
    for (const options of [TLS, { socket: true }])
      expect(await migrationFailure(database.url({ login, ...options }))).not.toContain('TLS');
  });
});

describeServers(
  'a login by caching_sha2_password',
  (serverName) => {
    /** The first one of a user, for which the server needs the password itself, and those after it. */
    for (const [how, options] of Object.entries({
      'over TLS': TLS,
      'without TLS': {},
      'through a Unix socket': { socket: true },
    }))
      test(`${how}: the first one and later ones`, async () => {
        const database = await (await sharedServer(serverName)).createDatabase();
        await migrate(database.url(options));
        await migrate(database.url(options));
      });

    test('without TLS, on a server without an RSA key: refused until one over TLS', async () => {
      await withoutKey(await serverToStop(serverName), async (server) => {
        const database = await server.createDatabase();
        for (let count = 0; count < 2; count++)
          expect(await migrationFailure(database.url())).toEndWith(REMEDY);
        await migrate(database.url(TLS));
        await migrate(database.url());
      });
    }, 60_000);

    test('without TLS, on a server that takes none: refused', async () => {
      const server = await sharedServer(serverName);
      const database = await server.createDatabase();
      await migrate(database.url());
      await server.sql('set global require_secure_transport = on');
      try {
        const failure = await migrationFailure(database.url());
        expect(failure).toContain('Connections using insecure transport are prohibited');
        expect(failure).toEndWith(REMEDY);
        await migrate(database.url(TLS));
      } finally {
        await server.sql('set global require_secure_transport = off');
      }
    });
  },
  ['MySQL'],
);

/** Runs `check` while the server can't let a password be encrypted for it. */
const withoutKey = async (
  server: DatabaseServer,
  check: (server: DatabaseServer) => Promise<void>,
): Promise<void> => {
  const key = join(server.folder, 'data/private_key.pem');
  const move = async (from: string, to: string) => {
    await server.stop();
    renameSync(from, to);
    await server.start();
  };
  await move(key, `${key}.aside`);
  try {
    await check(server);
  } finally {
    await move(`${key}.aside`, key);
  }
};
