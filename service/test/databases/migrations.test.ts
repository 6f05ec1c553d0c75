import { expect, test } from 'bun:test';
import { parseDatabaseUrl } from '../../src/stores/database-url.ts';
import { migrateStore } from '../../src/stores/open.ts';
import { runCommand } from '../support/command.ts';
import type { Database } from '../support/database-server.ts';
import { describeServers, sharedServer } from '../support/databases.ts';
import { startServer } from '../support/server.ts';
import { until } from '../support/until.ts';
import { migrate } from './privileges.ts';
import { talkTo } from './service.ts';
import { whileOpen } from './transaction.ts';

/** How many migrate at once: ten processes, whose start takes most of the time, and the rest over connections of this one. */
const MIGRATORS = Number(process.env.DATABASE_MIGRATORS ?? 50);
const PROCESSES = 10;

const applied = async ({ sql }: Database): Promise<number[]> => {
  const rows = await sql('select version from schema_migration order by version');
  return rows.map(({ version }) => Number(version));
};

/** What a program of the future leaves. */
const NEWER = {
  postgresql: "insert into schema_migration (version, name) values (999, 'of_the_future')",
  mysql: "insert into schema_migration (version, name, dirty) values (999, 'of_the_future', false)",
};

/** Keeps everybody else from creating the first table. */
const HOLD = {
  postgresql: ['create table schema_migration (version integer)'],
  mysql: ['flush tables with read lock'],
};

describeServers('migrations', (serverName, dialect) => {
  test(`${MIGRATORS} at once take turns, and each migration is applied once`, async () => {
    const server = await sharedServer(serverName);
    const database = await server.createDatabase();
    const processes: ReturnType<typeof migrate>[] = [];
    const others: Promise<void>[] = [];
    // None gets past the first statement that changes anything until all have come.
    await whileOpen(dialect, database, HOLD[dialect], async () => {
      const { user } = database.owner;
      const untilConnected = (count: number) =>
        until(async () => (await server.connectionCount(user)) > count, 30_000);
      while (processes.length < PROCESSES) processes.push(migrate(database));
      await untilConnected(PROCESSES);
      while (others.length < MIGRATORS - PROCESSES)
        others.push(migrateStore(parseDatabaseUrl(database.url())));
      await untilConnected(MIGRATORS);
      await Bun.sleep(300);
    });
    const results = await Promise.all(processes);
    expect(results.filter(({ status }) => status !== 0)).toEqual([]);
    await Promise.all(others);
    expect(await applied(database)).toEqual([1]);
    // Done already, it does nothing.
    expect((await migrate(database)).status).toBe(0);
    expect(await applied(database)).toEqual([1]);
  }, 60_000);

  test('services that start at once migrate as well', async () => {
    const database = await (await sharedServer(serverName)).createDatabase();
    const services = await Promise.all(
      Array.from({ length: 6 }, (_, index) =>
        startServer({
          runtime: dialect === 'postgresql' && index === 0 ? 'deno' : 'bun',
          databaseUrl: database.url(),
        }),
      ),
    );
    try {
      for (const service of services) await talkTo(service).untilServed();
      const versions = await applied(database);
      expect(versions).toEqual([...new Set(versions)]);
    } finally {
      await Promise.all(services.map((service) => service.stop()));
    }
  }, 60_000);

  test('a database of a newer version is refused in words', async () => {
    const database = await (await sharedServer(serverName)).createDatabase();
    expect((await migrate(database)).status).toBe(0);
    await database.sql(NEWER[dialect]);
    const { status, output } = await migrate(database);
    expect(status).toBe(1);
    expect(output).toContain('999');
    expect(output).not.toMatch(/^\s+at /m);
    for (const MIGRATE of ['true', 'false']) {
      const served = await runCommand('bun', [], {
        ...{ DATABASE_URL: database.url(), MIGRATE },
        ...{ PORT: '0', MANAGEMENT_PORT: '0' },
      });
      expect(served.status).toBe(1);
      expect(served.output).toContain('999');
    }
  }, 30_000);

  test('MIGRATE=false changes nothing and waits until someone else has migrated', async () => {
    const database = await (await sharedServer(serverName)).createDatabase();
    const service = await startServer({
      runtime: 'bun',
      databaseUrl: database.url(),
      environment: { MIGRATE: 'false' },
    });
    try {
      const talk = talkTo(service);
      await Bun.sleep(700);
      expect(await talk.health('/livez')).toBe(200);
      expect(await talk.health('/readyz')).toBe(503);
      expect((await talk.put('Casey', '1990-10-30')).status).toBe(503);
      const tables = await database.sql(
        `select 1 from information_schema.tables where table_name in ('birthday', 'schema_migration') and table_schema in ('public', '${database.name}')`,
      );
      expect(tables).toEqual([]);
      expect((await migrate(database)).status).toBe(0);
      expect(await talk.untilServed()).toBeLessThan(1_500);
      await talk.until(async () => (await talk.health('/readyz')) === 200, 2_500);
    } finally {
      await service.stop('SIGKILL');
    }
  }, 30_000);

  test('without the right to, or without a database, it fails in words and with status 1', async () => {
    const server = await sharedServer(serverName);
    const database = await server.createDatabase();
    const login = await server.createUser();
    for (const url of [
      database.url({ login }),
      database.url({ login: { user: login.user, password: 'wrong' } }),
      database.url({ port: 1 }),
    ]) {
      const { status, output } = await runCommand('bun', ['migrate'], { DATABASE_URL: url });
      expect(status).toBe(1);
      expect(output.trim()).not.toBe('');
      expect(output).not.toMatch(/^\s+at /m);
      expect(output).not.toContain(login.password);
    }
  }, 30_000);

  if (dialect === 'mysql')
    test('a database whose migration was interrupted is refused in words', async () => {
      const database = await (await sharedServer(serverName)).createDatabase();
      expect((await migrate(database)).status).toBe(0);
      await database.sql('update schema_migration set dirty = true where version = 1');
      const { status, output } = await migrate(database);
      expect(status).toBe(1);
      expect(output).toMatch(/migration 1 .*interrupted.*dirty/);
      await database.sql('update schema_migration set dirty = false where version = 1');
      expect((await migrate(database)).status).toBe(0);
    }, 30_000);
});
