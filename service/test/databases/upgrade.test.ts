import { afterAll, beforeAll, expect, test } from 'bun:test';
import { tmpdir } from 'node:os';
import type { Database } from '../support/database-server.ts';
import { describeServers, sharedServer } from '../support/databases.ts';
import { nextProgram } from '../support/next-program.ts';
import { startServer } from '../support/server.ts';
import { leastPrivileged, migrate } from './privileges.ts';
import { talkTo } from './service.ts';

let next: ReturnType<typeof nextProgram>;
beforeAll(() => {
  next = nextProgram();
});
afterAll(() => next.remove());

const hasNewSchema = async ({ name, sql }: Database): Promise<boolean> => {
  const columns = await sql(
    `select 1 from information_schema.columns where table_name = 'birthday' and column_name = 'note' and table_schema in ('public', '${name}')`,
  );
  return columns.length === 1;
};

describeServers('upgrade', (serverName) => {
  test.each(['the least privileged user', 'the owner'])(
    'as %s, both programs serve the old schema and the new one',
    async (user) => {
      const server = await sharedServer(serverName);
      const database = await server.createDatabase();
      const login = await leastPrivileged(server, database);
      const databaseUrl = database.url(user === 'the owner' ? {} : { login });
      const start = async (command?: readonly string[]) => {
        const environment = { MIGRATE: 'false' };
        return talkTo(await startServer({ runtime: 'bun', databaseUrl, environment, command }));
      };
      const services = [await start(), await start(next.command)];
      try {
        const expectServed = async (username: string) => {
          for (const [index, service] of services.entries()) {
            await service.untilServed();
            await service.until(async () => (await service.health('/readyz')) === 200);
            expect((await service.put(`${username}${'ABCD'[index]}`, '1990-10-30')).status).toBe(
              204,
            );
          }
          for (const service of services)
            for (const index of services.keys())
              expect((await service.get(`${username}${'ABCD'[index]}`)).status).toBe(200);
        };
        await expectServed('Before');
        expect(await hasNewSchema(database)).toBe(false);
        const migrated = Bun.spawnSync([...next.command, 'migrate'], {
          cwd: tmpdir(),
          env: { ...process.env, DATABASE_URL: database.url() },
        });
        expect(migrated.exitCode).toBe(0);
        expect(await hasNewSchema(database)).toBe(true);
        await expectServed('After');
        // Going back: the old program starts on the new schema, and its migration finds nothing to do.
        expect((await migrate(database)).status).toBe(0);
        services.push(await start());
        await expectServed('Back');
      } finally {
        await Promise.all(services.map(({ service }) => service.stop('SIGKILL')));
      }
    },
    60_000,
  );
});
