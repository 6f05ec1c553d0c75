import { afterAll, describe, expect, test } from 'bun:test';
import { SQL } from 'bun';
import { parseDatabaseUrl } from '../../src/stores/database-url.ts';
import { openStore } from '../../src/stores/open.ts';
import type { Connection } from '../../src/stores/server/connection.ts';
import { limitsWithin } from '../../src/stores/server/limits.ts';
import { postgresql } from '../../src/stores/server/postgresql.ts';
import { SERVER_DEFAULTS } from '../../src/stores/server/settings.ts';
import { contract } from '../contract/suite.ts';
import { newUsername } from '../support/client.ts';
import type { Database, DatabaseServer, Login } from '../support/database-server.ts';
import { serverToStop, sharedServer } from '../support/databases.ts';
import {
  findNewestPgbouncer,
  findPgbouncer,
  type PgbouncerIn,
  type PgbouncerMode,
  startPgbouncer,
} from '../support/pgbouncer.ts';
import { postgresqlMissing } from '../support/postgresql.ts';
import { startProxy } from '../support/proxy.ts';
import { startServer } from '../support/server.ts';
import { until } from '../support/until.ts';
import { LATEST_RECOVERY_MILLISECONDS, startLoad } from './load.ts';
import { migrate } from './privileges.ts';
import { serving, talkTo } from './service.ts';
import { expectAcknowledgedStored, storedIn } from './stored.ts';
import { whileOpen } from './transaction.ts';

const found = (find: () => Promise<PgbouncerIn>): Promise<PgbouncerIn | string> =>
  find().catch(({ message }: Error) => message);

const VERSIONS = {
  PgBouncer: await found(findPgbouncer),
  'newest PgBouncer': await found(findNewestPgbouncer),
} as const;

type VersionName = keyof typeof VERSIONS;

/** Starts one more in front of a server, with at most `poolSize` connections to it. */
type Start = (server: DatabaseServer, poolSize: number) => Promise<DatabaseServer>;

/** The shared server, through a PgBouncer that all tests of a group share. */
type Pooled = () => Promise<DatabaseServer>;

const describePgbouncer = (
  title: string,
  mode: PgbouncerMode,
  tests: (pooled: Pooled, start: Start, version: VersionName) => void,
  versions: readonly VersionName[] = ['PgBouncer', 'newest PgBouncer'],
): void => {
  for (const version of versions) {
    const name = `${version} in ${mode} mode, ${title}`;
    const program = VERSIONS[version];
    if (postgresqlMissing || typeof program === 'string') {
      test.skip(`${name}: ${postgresqlMissing ?? program}`, () => {});
      continue;
    }
    const start: Start = (server, poolSize) => startPgbouncer(program, server, { mode, poolSize });
    let started: Promise<DatabaseServer> | undefined;
    describe(name, () => {
      afterAll(async () => (await started)?.remove());
      tests(
        () => (started ??= sharedServer('PostgreSQL').then((server) => start(server, 10))),
        start,
        version,
      );
    });
  }
};

/** The same database, without PgBouncer. */
const direct = (database: Database, { port }: DatabaseServer): Database => ({
  ...database,
  url: (options) => database.url({ port, ...options }),
});

/** How many statements of a user wait for a lock. */
const waiting = async (server: DatabaseServer, user: string): Promise<unknown> => {
  const [row] = await server.sql(
    `select count(*)::int as count from pg_stat_activity where usename = '${user}' and wait_event_type = 'Lock'`,
  );
  return row?.count;
};

/** A connection whose statements may take a while. */
const connectTo = (url: string, { user: username, password }: Login): Promise<Connection> => {
  const address = parseDatabaseUrl(url);
  if (address.kind !== 'postgresql') throw new Error(address.kind);
  return postgresql.connect({ address, username, password, limits: limitsWithin(60_000) });
};

for (const mode of ['transaction', 'session'] as const)
  describePgbouncer('the contract', mode, (pooled, start, version) => {
    const prepare = async () => ({ databaseUrl: (await (await pooled()).createDatabase()).url() });
    const storeOnly = mode === 'session' || version !== 'PgBouncer';
    contract({ runtime: 'bun', store: 'postgresql', storeOnly, prepare });
    if (!storeOnly) contract({ runtime: 'deno', store: 'postgresql', storeOnly: true, prepare });

    test('the service leaves no setting to other clients', async () => {
      const server = await start(await sharedServer('PostgreSQL'), 1);
      const environment = { DATABASE_POOL_MAX: '1' };
      const settings = "select name, setting from pg_settings where source = 'session'";
      try {
        await serving('PostgreSQL', { serverOf: async () => server, environment }, async (talk) => {
          await talk.untilServed();
          expect((await talk.get('Served')).status).toBe(200);
          // Else the only connection to the server is still the service's.
          if (mode === 'session') expect(await talk.service.stop()).toBe(0);
          const sql = new SQL(talk.database.url({ query: { sslmode: 'disable' } }), { max: 1 });
          const rows = await sql.unsafe(settings).simple();
          await sql.close();
          // PgBouncer sets this one to what each client has.
          expect([...rows].filter(({ name }) => name !== 'application_name')).toEqual([]);
        });
      } finally {
        await server.remove();
      }
    }, 30_000);
  });

describePgbouncer('requests that share two connections', 'transaction', (_, start) => {
  let started: Promise<DatabaseServer> | undefined;
  const pooled = () => (started ??= sharedServer('PostgreSQL').then((server) => start(server, 2)));
  afterAll(async () => (await started)?.remove());

  test('no GET and no PUT of several processes is 503', async () => {
    const database = await (await pooled()).createDatabase();
    const services = await Promise.all(
      (['bun', 'deno', 'bun'] as const).map((runtime) =>
        startServer({ runtime, databaseUrl: database.url() }),
      ),
    );
    const loads = services.map((service) => startLoad(() => service, { users: 10 }));
    const stop = () => Promise.all(loads.map((load) => load.stop()));
    const countOf = (status: number) => loads.map(({ counts }) => counts.get(status) ?? 0);
    try {
      await Promise.all(loads.map((load) => load.untilAllServed()));
      const refused = countOf(503);
      await until(() => countOf(204).every((count) => count > 200));
      await stop();
      expect(countOf(503)).toEqual(refused);
      for (const load of loads) {
        expect(load.faults).toEqual([]);
        await expectAcknowledgedStored(database, load);
      }
    } finally {
      await stop();
      await Promise.all(services.map((service) => service.stop('SIGKILL')));
    }
  }, 60_000);

  test('processes that migrate at once apply each migration once, whatever the usual level of isolation', async () => {
    const server = await sharedServer('PostgreSQL');
    const database = await (await pooled()).createDatabase();
    const { user } = database.owner;
    await server.sql(`alter role ${user} set default_transaction_isolation = 'repeatable read'`);
    const lock = 'select pg_advisory_xact_lock(4355464111)';
    const migrators: ReturnType<typeof migrate>[] = [];
    await whileOpen('postgresql', direct(database, server), [lock], async () => {
      for (let count = 0; count < 5; count++) migrators.push(migrate(database));
      // As many as there are connections; the others wait for one.
      await until(async () => (await waiting(server, user)) === 2);
    });
    for (const { status, output } of await Promise.all(migrators))
      expect([status, output]).toEqual([0, expect.anything()]);
    const rows = await database.sql('select version from schema_migration');
    expect(rows.map(({ version }) => version)).toEqual([1]);
  }, 60_000);
});

describePgbouncer('a fault', 'transaction', (pooled, start) => {
  test('a write given up is never applied over a later one', async () => {
    const server = await sharedServer('PostgreSQL');
    await serving('PostgreSQL', { serverOf: pooled }, async ({ database, put, get }) => {
      const username = newUsername();
      expect((await put(username, '1990-01-01')).status).toBe(204);
      const lock = `update birthday set date_of_birth = '1990-01-02' where username = '${username}'`;
      await whileOpen('postgresql', direct(database, server), [lock], async () => {
        const refused = await put(username, '1990-02-01');
        expect(refused.status).toBe(503);
        expect(refused.milliseconds).toBeLessThan(2_500);
        expect((await get(username)).status).toBe(200);
        expect(await waiting(server, database.owner.user)).toBe(0);
      });
      expect((await storedIn(database)).get(username)).toBe('1990-01-01');
      expect((await put(username, '1990-03-01')).status).toBe(204);
      await Bun.sleep(1_000);
      expect((await storedIn(database)).get(username)).toBe('1990-03-01');
    });
  }, 30_000);

  test('a transaction whose end is lost keeps its locks no longer than a statement may take', async () => {
    const server = await sharedServer('PostgreSQL');
    const pgbouncer = await pooled();
    const database = await pgbouncer.createDatabase();
    const proxy = await startProxy(pgbouncer.port);
    const store = openStore(parseDatabaseUrl(database.url({ port: proxy.port })), {
      server: { ...SERVER_DEFAULTS, timeoutMilliseconds: 10_000 },
    });
    const isOpen = async () => {
      const rows = await server.sql(
        `select 1 from pg_stat_activity where usename = '${database.owner.user}' and state = 'idle in transaction'`,
      );
      return rows.length > 0;
    };
    try {
      await until(() =>
        store.ping().then(
          () => true,
          () => false,
        ),
      );
      proxy.silenceAt('commit\0');
      const saved = store.save('Casey', '1990-01-01');
      saved.catch(() => {});
      await until(isOpen);
      // The statement itself may take a fifth of the time-out, its connection is dropped after thirteen twentieths.
      expect(await until(async () => !(await isOpen()))).toBeLessThan(4_000);
      await saved;
      expect((await storedIn(database)).get('Casey')).toBe('1990-01-01');
    } finally {
      await store.close();
      proxy.close();
    }
  }, 30_000);

  test('a statement is cancelled, and PgBouncer goes on', async () => {
    const server = await sharedServer('PostgreSQL');
    const { url, owner } = await (await pooled()).createDatabase();
    const connection = await connectTo(url(), owner);
    try {
      const failure = connection.query('select pg_sleep(20)').catch((error: unknown) => error);
      const sleeping = `select 1 from pg_stat_activity where usename = '${owner.user}' and query like '%pg_sleep%'`;
      await until(async () => (await server.sql(sleeping)).length > 0);
      await connection.cancel();
      expect(await failure).toMatchObject({ kind: 'time-out', code: '57014' });
      await (await connectTo(url(), owner)).close();
    } finally {
      await connection.close();
    }
  }, 30_000);

  test('PgBouncer, then PostgreSQL behind it is killed and started: served again', async () => {
    const server = await serverToStop('PostgreSQL');
    const pgbouncer = await start(server, 2);
    const database = await pgbouncer.createDatabase();
    const service = await startServer({ runtime: 'bun', databaseUrl: database.url() });
    const load = startLoad(() => service);
    try {
      for (const killed of [pgbouncer, server]) {
        await load.untilAllServed();
        await killed.kill9();
        await Bun.sleep(300);
        await killed.start();
        expect(await load.untilFirstServed()).toBeLessThan(LATEST_RECOVERY_MILLISECONDS);
      }
      await load.untilAllServed();
      await load.stop();
      expect(load.faults).toEqual([]);
      await expectAcknowledgedStored(database, load);
    } finally {
      await load.stop();
      await service.stop('SIGKILL');
      await pgbouncer.remove();
    }
  }, 60_000);
});

describePgbouncer(
  'which is not supported',
  'statement',
  (pooled) =>
    test('the service is not ready and logs why', async () => {
      const database = await (await pooled()).createDatabase();
      // Migrated, nothing else takes a transaction at the start.
      expect((await migrate(direct(database, await sharedServer('PostgreSQL')))).status).toBe(0);
      const service = await startServer({ runtime: 'bun', databaseUrl: database.url() });
      try {
        const talk = talkTo(service);
        const reason = /transaction.*statement pooling/i;
        await until(() => talk.log().some((line) => reason.test(`${line.reason}`)));
        expect(await talk.health('/readyz')).toBe(503);
        expect((await talk.get('Nobody')).status).toBe(503);
      } finally {
        await service.stop('SIGKILL');
      }
    }, 30_000),
  ['PgBouncer'],
);
