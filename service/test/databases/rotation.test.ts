import { expect, test } from 'bun:test';
import type { Login } from '../support/database-server.ts';
import { newPassword } from '../support/database-server.ts';
import { describeServers, sharedServer } from '../support/databases.ts';
import { startServer } from '../support/server.ts';
import { startLoad } from './load.ts';
import { mountCredentials } from './mount.ts';
import { grantServing, leastPrivileged } from './privileges.ts';
import { talkTo } from './service.ts';
import { expectAcknowledgedStored } from './stored.ts';
import { temporaryFile } from './temporary-file.ts';

/** How long two users alternate. */
const SECONDS = Number(process.env.DATABASE_ROTATION_SECONDS ?? 6);

describeServers('credentials', (serverName) => {
  test(
    `two users that alternate for ${SECONDS} s fail no request`,
    async () => {
      const server = await sharedServer(serverName);
      const database = await server.createDatabase();
      const users: Login[] = [await leastPrivileged(server, database), await server.createUser()];
      await grantServing(server, database, users[1] as Login);
      const secrets = users.map(({ password }) => password);
      const mount = mountCredentials(users[0] as Login);
      const service = await startServer({
        runtime: 'bun',
        databaseUrl: database.url({ login: { user: 'nobody' } }),
        // Long, so that a slow disk is no failure: only the rotation is tried here.
        environment: {
          DATABASE_CREDENTIALS_FILE: mount.file,
          DATABASE_TIMEOUT: '10000',
          MIGRATE: 'false',
        },
      });
      const load = startLoad(() => service);
      try {
        await load.untilAllServed();
        const served = load.counts.get(503) ?? 0;
        const deadline = performance.now() + SECONDS * 1_000;
        for (let round = 1; performance.now() < deadline; round++) {
          const [old, next] = [users[(round + 1) % 2], users[round % 2]] as [Login, Login];
          mount.write(next);
          // From now on the old user's password opens nothing, whenever the file is read.
          const login = { ...old, password: newPassword() };
          users[(round + 1) % 2] = login;
          secrets.push(login.password);
          await server.setPassword(login);
          await Bun.sleep(1_500);
          expect(await server.connectionCount(next.user)).toBeGreaterThan(0);
          expect(await server.connectionCount(old.user)).toBe(0);
        }
        await load.stop();
        expect(load.faults).toEqual([]);
        expect(load.counts.get(503) ?? 0).toBe(served);
        await expectAcknowledgedStored(database, load);
        expect(await service.stop()).toBe(0);
        for (const secret of secrets) expect(service.output()).not.toContain(secret);
      } finally {
        await load.stop();
        await service.stop('SIGKILL');
        mount.remove();
      }
    },
    30_000 + SECONDS * 1_000,
  );

  test('a password that changes with no warning is read again', async () => {
    const server = await sharedServer(serverName);
    const database = await server.createDatabase();
    const file = mountCredentials(database.owner);
    const service = await startServer({
      runtime: 'bun',
      databaseUrl: database.url({ login: { user: database.owner.user } }),
      environment: { DATABASE_CREDENTIALS_FILE: file.file },
    });
    try {
      const talk = talkTo(service);
      await talk.untilServed();
      const login = { ...database.owner, password: newPassword() };
      await server.setPassword(login);
      await server.disconnect(login.user);
      // Nothing is right before the file is.
      expect((await talk.put('Casey', '1990-10-30')).status).toBe(503);
      file.write(login);
      expect(await talk.untilServed()).toBeLessThan(1_500);
    } finally {
      await service.stop('SIGKILL');
      file.remove();
    }
  }, 30_000);

  test('no password is in logs, answers, arguments or the API document, right or wrong', async () => {
    const server = await sharedServer(serverName);
    const database = await server.createDatabase();
    const { user, password } = database.owner;
    const wrong = newPassword();
    const byUrl = { databaseUrl: database.url(), secret: password, environment: {} };
    const wrongByUrl = {
      databaseUrl: database.url({ login: { user, password: wrong } }),
      secret: wrong,
      environment: {},
    };
    const withFile = (name: string, secret: string, content: string) => ({
      databaseUrl: database.url({ login: { user } }),
      secret,
      environment: { [name]: temporaryFile(content) },
    });
    const json = (secret: string) => JSON.stringify({ username: user, password: secret });
    for (const { databaseUrl, secret, environment } of [
      byUrl,
      wrongByUrl,
      withFile('DATABASE_PASSWORD_FILE', password, `${password}\n`),
      withFile('DATABASE_PASSWORD_FILE', wrong, `${wrong}\n`),
      withFile('DATABASE_CREDENTIALS_FILE', password, json(password)),
      withFile('DATABASE_CREDENTIALS_FILE', wrong, json(wrong)),
    ]) {
      const service = await startServer({ runtime: 'bun', databaseUrl, environment });
      try {
        const talk = talkTo(service);
        if (secret === password) await talk.untilServed();
        else await Bun.sleep(300);
        const texts = [
          JSON.stringify(await talk.put('Casey', '1990-10-30')),
          await (await fetch(`${service.baseUrl}/openapi/json`)).text(),
          await (await fetch(`${service.managementUrl}/readyz`)).text(),
          Bun.spawnSync(['ps', '-ww', '-o', 'args=', '-p', String(service.pid)]).stdout.toString(),
        ];
        await service.stop();
        texts.push(service.output());
        for (const text of texts) {
          expect(text).not.toContain(secret);
          expect(text).not.toContain(encodeURIComponent(secret));
          // The part that no escaping changes.
          expect(text).not.toContain(secret.slice(-36));
        }
      } finally {
        await service.stop('SIGKILL');
      }
    }
  }, 30_000);
});
