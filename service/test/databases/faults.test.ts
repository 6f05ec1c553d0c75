import { expect, test } from 'bun:test';
import { newUsername } from '../support/client.ts';
import type { DatabaseServer } from '../support/database-server.ts';
import { describeServers, serverToStop, sharedServer } from '../support/databases.ts';
import { startServer } from '../support/server.ts';
import { LATEST_RECOVERY_MILLISECONDS } from './load.ts';
import { migrate } from './privileges.ts';
import { type Serving, serving, type Timed, talkTo } from './service.ts';
import { storedIn } from './stored.ts';
import { whileOpen } from './transaction.ts';

/** What the service may take to tell that the database doesn't answer. */
const LIMIT_MILLISECONDS = 2_500;

const expectUnavailable = (answer: Timed, limit = LIMIT_MILLISECONDS): void => {
  expect(answer.status).toBe(503);
  expect(answer.retryAfter).toMatch(/^[1-9]\d*$/);
  expect(answer.json).toEqual({ detail: 'Service Unavailable' });
  expect(answer.milliseconds).toBeLessThan(limit);
};

/** Lines that tell of the database: neither of the start nor of the stop. */
const told = ({ log }: Pick<Serving, 'log'>): unknown[] =>
  log().filter(({ level, url, signal }) => level !== 'debug' && !url && !signal);

/** How many statements of a user wait for a lock. */
const WAITING = {
  postgresql: (user: string) =>
    `select count(*) from pg_stat_activity where usename = '${user}' and wait_event_type = 'Lock'`,
  mysql: (user: string) =>
    `select count(*) as count from information_schema.processlist where user = '${user}' and command in ('Query', 'Execute')`,
};

describeServers('a fault', (serverName, dialect) => {
  test('down at the start: the process is up, not ready, and serves once the database is there', async () => {
    const server = await serverToStop(serverName);
    const database = await server.createDatabase();
    await server.stop();
    const service = await startServer({ runtime: 'bun', databaseUrl: database.url() });
    try {
      const talk = talkTo(service);
      const deadline = performance.now() + 2_500;
      while (performance.now() < deadline) {
        expect([await talk.health('/livez'), await talk.health('/readyz')]).toEqual([200, 503]);
        expectUnavailable(await talk.put('Casey', '1990-10-30'), 500);
        expectUnavailable(await talk.get('Casey'), 500);
        await Bun.sleep(100);
      }
      expect(told(talk)).toHaveLength(1);
      await server.start();
      expect(await talk.untilServed()).toBeLessThan(LATEST_RECOVERY_MILLISECONDS);
      await talk.until(async () => (await talk.health('/readyz')) === 200, 2_500);
      await talk.until(async () => told(talk).length === 2, 2_500);
      expect(await service.stop()).toBe(0);
      // Each refused request has its line in the log of requests; the database's faults are told once.
      expect(service.output().match(/"level":"(error|fatal)"/g)?.length ?? 0).toBeLessThan(3);
    } finally {
      await service.stop('SIGKILL');
    }
  }, 60_000);

  test(
    'down later: 503 at once, one line in the log, no restart needed',
    () =>
      serving(serverName, { serverOf: serverToStop }, async ({ server, ...talk }) => {
        await talk.untilServed();
        const before = told(talk).length;
        await server.stop();
        expectUnavailable(await talk.put('Casey', '1990-10-30'));
        const answers = await Promise.all(
          Array.from({ length: 200 }, (_, index) =>
            index % 2 ? talk.get('Casey') : talk.put('Casey', '1990-10-30'),
          ),
        );
        for (const answer of answers) expectUnavailable(answer, 1_000);
        await talk.until(async () => (await talk.health('/readyz')) === 503, 2_500);
        expect(await talk.health('/livez')).toBe(200);
        await Bun.sleep(1_500);
        expect(told(talk)).toHaveLength(before + 1);
        await server.start();
        expect(await talk.untilServed()).toBeLessThan(LATEST_RECOVERY_MILLISECONDS);
        await talk.until(async () => (await talk.health('/readyz')) === 200, 2_500);
        await talk.until(async () => told(talk).length === before + 2, 2_500);
      }),
    60_000,
  );

  test(
    'a write given up is never applied over a later one',
    () =>
      serving(serverName, {}, async ({ server, database, put, get }) => {
        const username = newUsername();
        expect((await put(username, '1990-01-01')).status).toBe(204);
        await whileOpen(
          dialect,
          database,
          [`update birthday set date_of_birth = '1990-01-02' where username = '${username}'`],
          async () => {
            const refused = await Promise.all(
              ['1990-02-01', '1990-02-02', '1990-02-03'].map((date) => put(username, date)),
            );
            for (const answer of refused) expectUnavailable(answer);
            expect((await get(username)).status).toBe(200);
            // The server has been told, so that none of them is applied once the row is free.
            const [waiting] = await server.sql(WAITING[dialect](database.owner.user));
            expect(Number(waiting?.count)).toBe(0);
          },
        );
        expect((await storedIn(database)).get(username)).toBe('1990-01-01');
        expect((await put(username, '1990-03-01')).status).toBe(204);
        for (const pause of [0, 100, 1_500]) {
          await Bun.sleep(pause);
          expect((await storedIn(database)).get(username)).toBe('1990-03-01');
        }
      }),
    30_000,
  );

  test(
    'a read-only server: 503 for PUT, not for GET; then all is well again',
    () =>
      serving(serverName, {}, async ({ server, put, get, untilServed }) => {
        await untilServed();
        await setReadOnly(server, true);
        try {
          expectUnavailable(await put('Served', '1990-02-01'));
          expect((await get('Served')).status).toBe(200);
        } finally {
          await setReadOnly(server, false);
        }
        expect(await untilServed()).toBeLessThan(LATEST_RECOVERY_MILLISECONDS);
      }),
    30_000,
  );

  test('connections that stay read-only after a failover are replaced', async () => {
    const server = await sharedServer(serverName);
    const database = await server.createDatabase();
    // Migrated first, since nothing can be once it is read-only.
    expect((await migrate(database)).status).toBe(0);
    const setSessions = (isReadOnly: boolean) =>
      dialect === 'mysql'
        ? server.sql(`set global transaction read ${isReadOnly ? 'only' : 'write'}`)
        : server.sql(
            `alter role ${database.owner.user} set default_transaction_read_only = ${isReadOnly}`,
          );
    await setSessions(true);
    const service = await startServer({
      runtime: 'bun',
      databaseUrl: database.url(),
      environment: { MIGRATE: 'false' },
    });
    try {
      const talk = talkTo(service);
      await talk.until(async () => (await talk.get('Nobody')).status === 404);
      expectUnavailable(await talk.put('Casey', '1990-10-30'));
      await Promise.all(Array.from({ length: 50 }, () => talk.get('Casey')));
      // New connections tell at once whether the server is read-only; a failover meets old ones.
      await Bun.sleep(1_000);
      await setSessions(false);
      expect(await talk.untilServed()).toBeLessThan(LATEST_RECOVERY_MILLISECONDS);
      const answers = await Promise.all(
        Array.from({ length: 50 }, (_, index) => talk.put(newUsername(), `19${index + 10}-01-01`)),
      );
      expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 204));
    } finally {
      await setSessions(false);
      await service.stop('SIGKILL');
    }
  }, 30_000);

  test(
    'too many connections are refused: what is open serves, and more once there is room',
    () =>
      serving(serverName, { environment: { DATABASE_POOL_MAX: '5' } }, async (talk) => {
        const { server, database } = talk;
        const { user } = database.owner;
        const limitTo = (count: number) =>
          dialect === 'mysql'
            ? server.sql(`alter user ${user}@'%' with max_user_connections ${count}`)
            : server.sql(`alter role ${user} connection limit ${count || -1}`);
        const isLogged = async () => talk.log().some(({ kind }) => kind === 'too many connections');
        const usernames = [newUsername(), newUsername(), newUsername()];
        for (const username of usernames) await talk.put(username, '1990-10-30');
        // Two for the service, one for whoever locks the rows.
        await limitTo(3);
        try {
          await server.disconnect(user);
          expect(await talk.untilServed()).toBeLessThan(LATEST_RECOVERY_MILLISECONDS);
          await whileOpen(dialect, database, ['select * from birthday for update'], async () => {
            const answers: Promise<Timed>[] = [];
            for (const username of usernames) {
              answers.push(talk.put(username, '1990-10-31'));
              await Bun.sleep(50);
            }
            await talk.until(isLogged, 2_500);
            for (const answer of await Promise.all(answers)) expectUnavailable(answer);
          });
          expect(await talk.untilServed()).toBeLessThan(LATEST_RECOVERY_MILLISECONDS);
        } finally {
          await limitTo(0);
        }
        await talk.until(async () => {
          const answers = await Promise.all(Array.from({ length: 50 }, () => talk.get('Served')));
          return answers.every(({ status }) => status === 200);
        }, LATEST_RECOVERY_MILLISECONDS);
        expect(await server.connectionCount(user)).toBeLessThanOrEqual(5);
        const metrics = await (await fetch(`${talk.service.managementUrl}/metrics`)).text();
        expect(metrics).toMatch(/^hello_database_connections_refused_total [1-9]\d*$/m);
      }),
    30_000,
  );
});

const setReadOnly = async (server: DatabaseServer, isReadOnly: boolean): Promise<void> => {
  if (server.dialect === 'mysql') {
    await server.sql(`set global read_only = ${isReadOnly ? 1 : 0}`);
    return;
  }
  await server.sql(`alter system set default_transaction_read_only = ${isReadOnly ? 'on' : 'off'}`);
  await server.sql('select pg_reload_conf()');
  // The server's processes learn of it by a signal.
  await Bun.sleep(100);
};
