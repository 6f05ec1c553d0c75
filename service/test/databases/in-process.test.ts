import { afterAll, expect, test } from 'bun:test';
import { createServer, type Socket } from 'node:net';
import type { Log } from '../../src/observability/log.ts';
import { parseDatabaseUrl } from '../../src/stores/database-url.ts';
import { openStore } from '../../src/stores/open.ts';
import type { Connection } from '../../src/stores/server/connection.ts';
import { parseCredentials } from '../../src/stores/server/credentials.ts';
import { limitsWithin } from '../../src/stores/server/limits.ts';
import { mysql } from '../../src/stores/server/mysql.ts';
import { postgresql } from '../../src/stores/server/postgresql.ts';
import { certificates } from '../support/certificates.ts';
import {
  type Database,
  freePort,
  newPassword,
  type UrlOptions,
} from '../support/database-server.ts';
import { describeServers, serverToStop, sharedServer } from '../support/databases.ts';
import { startProxy, type TcpProxy } from '../support/proxy.ts';
import { until } from '../support/until.ts';
import { mountCredentials } from './mount.ts';
import { grantServing } from './privileges.ts';
import {
  migrate,
  migrationFailure,
  settings,
  UNAVAILABLE,
  untilServed,
  withMigration,
  withStore,
} from './store.ts';
import { storedIn } from './stored.ts';
import { whileOpen } from './transaction.ts';

const DIALECTS = { postgresql, mysql };

const ADD_NOTE = 'alter table birthday add column note text';

/** What a program of the future leaves. */
const NEWER = {
  postgresql: "insert into schema_migration (version, name) values (999, 'of_the_future')",
  mysql: "insert into schema_migration (version, name, dirty) values (999, 'of_the_future', false)",
};

/** Says how many statements of a user are under way or wait. */
const UNDER_WAY = {
  postgresql: (user: string) =>
    `select count(*) from pg_stat_activity where usename = '${user}' and state = 'active'`,
  mysql: (user: string) =>
    `select count(*) as count from information_schema.processlist where user = '${user}' and command in ('Query', 'Execute')`,
};

const SLEEP = {
  postgresql: 'select pg_sleep(20)',
  // Selected alone, MySQL's would return that it was interrupted.
  mysql: 'select 1 from information_schema.tables where sleep(20)',
};

/** Takes the lock under which migrations run. */
const LOCK = {
  postgresql: () => 'select pg_advisory_xact_lock(4355464111)',
  mysql: ({ name }: Database) =>
    `select get_lock(concat('hello-', left(sha2('${name}', 256), 32)), 0)`,
};

/** What `onSchemaError` hears. */
const schemaErrorOf = async (url: string, migrates: boolean): Promise<string> => {
  const heard = Promise.withResolvers<string>();
  const options = {
    ...settings({ migrate: migrates }),
    onSchemaError: ({ message }: Error) => heard.resolve(message),
  };
  await withStore(url, options, async (store) => {
    await heard.promise;
    await expect(store.find('Casey')).rejects.toMatchObject(UNAVAILABLE);
  });
  return heard.promise;
};

describeServers('a store in this process', (serverName, dialect) => {
  const newDatabase = async () => (await sharedServer(serverName)).createDatabase();

  const isUnderWay = async ({ owner }: Database): Promise<boolean> => {
    const server = await sharedServer(serverName);
    const [row] = await server.sql(UNDER_WAY[dialect](owner.user));
    return Number(row?.count) > 0;
  };

  const versions = async ({ sql }: Database) =>
    (await sql('select version from schema_migration')).map(({ version }) => Number(version));

  /** Runs `check` with a connection through a proxy, which it ends in the hard way. */
  const withConnection = async (
    { url: urlOf, owner }: Database,
    { milliseconds = 60_000, socket = false },
    check: (connection: Connection, proxy: TcpProxy) => Promise<void>,
  ): Promise<void> => {
    const proxy = await startProxy((await sharedServer(serverName)).port);
    const address = parseDatabaseUrl(urlOf(socket ? { socket } : { port: proxy.port }));
    if (address.kind !== dialect) throw new Error(`${address.kind} is not ${dialect}`);
    const connection = await DIALECTS[dialect].connect({
      ...{ address, username: owner.user, password: owner.password },
      limits: limitsWithin(milliseconds),
    });
    try {
      await check(connection, proxy);
    } finally {
      connection.destroy();
      proxy.close();
      await connection.closed;
    }
  };

  test('migrates once, however often it is asked to', async () => {
    const database = await newDatabase();
    await migrate(database.url());
    expect(await versions(database)).toEqual([1]);
    expect(await storedIn(database)).toEqual(new Map());
    await migrate(database.url());
    expect(await versions(database)).toEqual([1]);
  });

  test('opened, it migrates, stores and finds', async () => {
    const database = await newDatabase();
    await withStore(database.url(), {}, async (store) => {
      await store.ping();
      expect(await store.find('Casey')).toBeUndefined();
      await store.save('Casey', '1990-10-30');
      await store.save('Casey', '1990-10-31');
      expect(await store.find('Casey')).toBe('1990-10-31');
    });
    expect(await versions(database)).toEqual([1]);
    expect(await storedIn(database)).toEqual(new Map([['Casey', '1990-10-31']]));
  });

  test('a database that refuses the password or has no server is named', async () => {
    const database = await newDatabase();
    const login = { user: database.owner.user, password: newPassword() };
    const refused = await migrationFailure(database.url({ login }));
    expect(refused).toContain(`database ${database.name} on 127.0.0.1:`);
    expect(refused).toContain(login.user);
    for (const part of [login.password, encodeURIComponent(login.password)])
      expect(refused).not.toContain(part);
    const withoutPassword = await migrationFailure(database.url({ login: { user: login.user } }));
    expect(withoutPassword).toContain(
      dialect === 'mysql'
        ? 'using password: NO'
        : 'set it in DATABASE_URL, DATABASE_PASSWORD_FILE or',
    );
    const port = freePort();
    const unreachable = await migrationFailure(database.url({ port }));
    expect(unreachable).toContain(`database ${database.name} on 127.0.0.1:${port}: `);
    expect(unreachable).toContain('ECONNREFUSED');
    expect(unreachable).not.toContain(database.owner.password);
  });

  test('a server that never answers is given up', async () => {
    const database = await newDatabase();
    const proxy = await startProxy((await sharedServer(serverName)).port);
    proxy.blackHole();
    try {
      const url = database.url({ port: proxy.port });
      const start = performance.now();
      const options = settings({ timeoutMilliseconds: 50 });
      expect(await migrationFailure(url, options)).toContain('ETIMEDOUT');
      expect(performance.now() - start).toBeGreaterThan(220);
      await withStore(url, options, async (store) => {
        await expect(store.ping()).rejects.toMatchObject(UNAVAILABLE);
        await expect(store.find('Casey')).rejects.toMatchObject(UNAVAILABLE);
      });
      await until(async () => proxy.connectionCount() === 0);
    } finally {
      proxy.close();
    }
  });

  test('that may not migrate waits for the schema', async () => {
    const database = await newDatabase();
    const warnings: object[] = [];
    const log = { info() {}, warn: (line: object) => void warnings.push(line) } as unknown as Log;
    await withStore(database.url(), { ...settings({ migrate: false }), log }, async (store) => {
      await expect(store.find('Casey')).rejects.toMatchObject(UNAVAILABLE);
      await expect(store.ping()).rejects.toMatchObject(UNAVAILABLE);
      const remedy = 'run hello migrate, or set MIGRATE=true';
      expect(warnings).toMatchObject([{ kind: 'missing table', remedy }]);
      await expect(versions(database)).rejects.toThrow();
      await migrate(database.url());
      await untilServed(store);
      await store.save('Casey', '1990-10-30');
      expect(await store.find('Casey')).toBe('1990-10-30');
    });
    // A record that lacks the program's own version is none yet.
    await database.sql('delete from schema_migration');
    await withStore(database.url(), settings({ migrate: false }), async (store) => {
      await expect(store.find('Casey')).rejects.toMatchObject(UNAVAILABLE);
    });
  });

  test('a newer schema is told', async () => {
    const database = await newDatabase();
    await migrate(database.url());
    await database.sql(NEWER[dialect]);
    for (const migrates of [true, false])
      expect(await schemaErrorOf(database.url(), migrates)).toStartWith(
        'the database has schema version 999, this program knows 1 and serves up to 2; ',
      );
    expect(await migrationFailure(database.url())).toContain('schema version 999');
    // Whom nobody listens to, it stays unavailable.
    await withStore(database.url(), {}, async (store) => {
      await expect(store.ping()).rejects.toMatchObject(UNAVAILABLE);
    });
  });

  if (dialect === 'mysql') {
    test('a dirty migration is told, and served once it is clean', async () => {
      const database = await newDatabase();
      await migrate(database.url());
      await database.sql('update schema_migration set dirty = true where version = 1');
      for (const migrates of [true, false])
        expect(await schemaErrorOf(database.url(), migrates)).toStartWith(
          'migration 1 of the database was interrupted (schema_migration.dirty); undo ',
        );
      await database.sql('update schema_migration set dirty = false where version = 1');
      await withStore(database.url(), settings({ migrate: false }), (store) => store.ping());
    });

    test('a migration that fails halfway stays dirty until its row is deleted', async () => {
      const database = await newDatabase();
      await database.sql('create table birthday (something integer)');
      expect(await migrationFailure(database.url())).toContain('1050');
      const rows = await database.sql('select version, dirty from schema_migration');
      expect(rows.map(({ version, dirty }) => [Number(version), Number(dirty)])).toEqual([[1, 1]]);
      expect(await migrationFailure(database.url())).toContain('was interrupted');
      await database.sql('drop table birthday');
      await database.sql('delete from schema_migration');
      await migrate(database.url());
      expect(await storedIn(database)).toEqual(new Map());
    });

    test('a migration waits longer than a request for who reads the table', async () => {
      const database = await newDatabase();
      await migrate(database.url());
      await withMigration(dialect, ADD_NOTE, async () => {
        const reading = ['begin', 'select count(*) from birthday'];
        let migrated: Promise<void> | undefined;
        await whileOpen(dialect, database, reading, async () => {
          migrated = migrate(database.url(), settings({ timeoutMilliseconds: 100 }));
          await Bun.sleep(2_500);
          expect(await isUnderWay(database)).toBe(true);
        });
        await migrated;
        expect(await versions(database)).toEqual([1, 2]);
      });
    });

    test('a migration that is interrupted before it changed anything leaves no trace', async () => {
      const server = await sharedServer(serverName);
      const database = await newDatabase();
      await migrate(database.url());
      await withMigration(dialect, ADD_NOTE, async () => {
        const reading = ['begin', 'select count(*) from birthday'];
        await whileOpen(dialect, database, reading, async () => {
          const failure = migrationFailure(database.url());
          const altering = `select id from information_schema.processlist where info like 'alter table%' and db = '${database.name}'`;
          await until(async () => (await server.sql(altering)).length > 0);
          const [row] = await server.sql(altering);
          await server.sql(`kill query ${row?.id}`);
          expect(await failure).toContain('1317');
        });
        expect(await versions(database)).toEqual([1]);
        await migrate(database.url());
        expect(await versions(database)).toEqual([1, 2]);
      });
    });
  }

  test('a migration waits for another one', async () => {
    const database = await newDatabase();
    let migrated: Promise<void> | undefined;
    await whileOpen(dialect, database, [LOCK[dialect](database)], async () => {
      migrated = migrate(database.url(), settings({ timeoutMilliseconds: 100 }));
      await Bun.sleep(1_500);
      await expect(versions(database)).rejects.toThrow();
    });
    await migrated;
    expect(await versions(database)).toEqual([1]);
  });

  test('it closes while another process migrates', async () => {
    const database = await newDatabase();
    await whileOpen(dialect, database, [LOCK[dialect](database)], async () => {
      const store = openStore(parseDatabaseUrl(database.url()));
      await until(() => isUnderWay(database));
      const start = performance.now();
      await store.close();
      expect(performance.now() - start).toBeLessThan(1_500);
    });
  });

  for (const migrates of [true, false])
    test(`a server that falls silent while the schema is looked at is given up, MIGRATE=${migrates}`, async () => {
      const database = await newDatabase();
      await migrate(database.url());
      const proxy = await startProxy((await sharedServer(serverName)).port);
      try {
        const url = database.url({ port: proxy.port });
        proxy.silenceAt('schema_migration');
        const options = settings({ timeoutMilliseconds: 1_000, migrate: migrates });
        await withStore(url, options, async (store) => void (await untilServed(store)));

        proxy.silenceAt('schema_migration');
        const patient = settings({ timeoutMilliseconds: 60_000, migrate: migrates });
        const store = openStore(parseDatabaseUrl(url), patient);
        await until(async () => proxy.isSilencing());
        const start = performance.now();
        await store.close();
        expect(performance.now() - start).toBeLessThan(1_500);
      } finally {
        proxy.close();
      }
    });

  test('serves a user who may not read what was migrated', async () => {
    const server = await sharedServer(serverName);
    const database = await newDatabase();
    const login = await server.createUser();
    if (dialect === 'postgresql')
      await server.sql(`grant connect on database ${database.name} to ${login.user}`);
    await migrate(database.url());
    await grantServing(server, database, login);
    for (const migrates of [true, false])
      await withStore(database.url({ login }), settings({ migrate: migrates }), async (store) => {
        await store.ping();
        await store.save('Casey', `1990-10-${migrates ? 30 : 31}`);
        expect(await store.find('Casey')).toBe(`1990-10-${migrates ? 30 : 31}`);
      });
    // Whether it is migrated can't be told.
    expect(await migrationFailure(database.url({ login }))).toContain(
      'may not read schema_migration',
    );
  });

  test('who may read what was migrated is told of a newer schema', async () => {
    const server = await sharedServer(serverName);
    const database = await newDatabase();
    const login = await server.createUser();
    await migrate(database.url());
    await grantServing(server, database, login);
    await (dialect === 'mysql'
      ? server.sql(`grant select on ${database.name}.schema_migration to ${login.user}@'%'`)
      : database.sql(`grant select on schema_migration to ${login.user}`));
    await migrate(database.url({ login }));
    await database.sql(NEWER[dialect]);
    expect(await schemaErrorOf(database.url({ login }), false)).toContain('schema version 999');
  });

  test('does not serve a user who may read nothing, nor migrate as one', async () => {
    const server = await sharedServer(serverName);
    const database = await newDatabase();
    await migrate(database.url());
    const login = await server.createUser();
    // Without any right MySQL wouldn't let it in.
    if (dialect === 'mysql') {
      await database.sql('create table other (a int)');
      await server.sql(`grant select on ${database.name}.other to ${login.user}@'%'`);
    }
    const url = database.url({ login });
    expect(await migrationFailure(url)).toMatch(/denied .*\((42501|1142)\)$/);
    for (const migrates of [true, false])
      await withStore(url, settings({ migrate: migrates }), async (store) => {
        await expect(store.ping()).rejects.toMatchObject(UNAVAILABLE);
      });
  });

  test('through a Unix socket', async () => {
    const database = await newDatabase();
    const url = database.url({ socket: true });
    await migrate(url);
    await withStore(url, {}, async (store) => {
      await store.save('Casey', '1990-10-30');
      expect(await store.find('Casey')).toBe('1990-10-30');
    });
    const wrong = { user: database.owner.user, password: 'wrong' };
    expect(await migrationFailure(database.url({ socket: true, login: wrong }))).toContain(
      `database ${database.name} on ${(await sharedServer(serverName)).folder}`,
    );
  });

  test('changed credentials are used, the old user taken leave of', async () => {
    const server = await sharedServer(serverName);
    const database = await newDatabase();
    await migrate(database.url());
    const next = await server.createUser();
    await grantServing(server, database, next);
    const mount = mountCredentials(database.owner);
    const credentialsFile = { path: mount.file, parse: parseCredentials };
    try {
      const url = database.url({ login: { user: 'nobody' } });
      await withStore(url, settings({ credentialsFile }), async (store) => {
        await store.save('Casey', '1990-10-30');
        expect(await server.connectionCount(database.owner.user)).toBe(1);
        mount.write(next);
        await until(async () => (await server.connectionCount(database.owner.user)) === 0, 4_000);
        expect(await store.find('Casey')).toBe('1990-10-30');
        expect(await server.connectionCount(next.user)).toBe(1);
      });
      await until(async () => (await server.connectionCount(next.user)) === 0);
    } finally {
      mount.remove();
    }
  });

  test('a refused password is read again at once', async () => {
    const server = await sharedServer(serverName);
    const database = await newDatabase();
    const mount = mountCredentials(database.owner);
    const credentialsFile = { path: mount.file, parse: parseCredentials };
    const next = { user: database.owner.user, password: newPassword() };
    await server.setPassword(next);
    try {
      const url = database.url({ login: { user: 'nobody' } });
      expect(await migrationFailure(url, settings({ credentialsFile }))).not.toContain(
        database.owner.password,
      );
      await withStore(url, settings({ credentialsFile }), async (store) => {
        // The store has read the old one and not connected yet. Its first attempt must do.
        mount.write(next);
        await store.ping();
        await store.save('Casey', '1990-10-30');
      });
      expect((await storedIn(database)).get('Casey')).toBe('1990-10-30');
    } finally {
      mount.remove();
    }
  });

  test('a ping asks the server when the pool has been idle', async () => {
    const server = await sharedServer(serverName);
    const database = await newDatabase();
    const proxy = await startProxy(server.port);
    try {
      await withStore(database.url({ port: proxy.port }), {}, async (store) => {
        await store.ping();
        await Bun.sleep(1_100);
        await store.ping();
        await Bun.sleep(1_100);
        proxy.blackHole();
        await expect(store.ping()).rejects.toMatchObject(UNAVAILABLE);
        proxy.restore();
        await untilServed(store);
      });
    } finally {
      proxy.close();
    }
  });

  test('while the table is gone it is not ready, also with no request, and then serves again', async () => {
    const database = await newDatabase();
    await withStore(database.url(), settings({ migrate: false }), async (store) => {
      await migrate(database.url());
      await untilServed(store);
      await database.sql('alter table birthday rename to elsewhere');
      await Bun.sleep(1_100);
      for (let count = 0; count < 3; count++) {
        await expect(store.ping()).rejects.toMatchObject(UNAVAILABLE);
        await expect(store.find('Casey')).rejects.toMatchObject(UNAVAILABLE);
        await Bun.sleep(100);
      }
      await database.sql('alter table elsewhere rename to birthday');
      await untilServed(store);
      await store.ping();
    });
  });

  test('a ping fails while the server is stopped, and works again after', async () => {
    const server = await serverToStop(serverName);
    const database = await server.createDatabase();
    await withStore(database.url(), {}, async (store) => {
      await store.save('Casey', '1990-10-30');
      await server.stop();
      try {
        await until(() =>
          store.ping().then(
            () => false,
            () => true,
          ),
        );
        await expect(store.ping()).rejects.toMatchObject(UNAVAILABLE);
        await expect(store.save('Casey', '1990-10-31')).rejects.toMatchObject(UNAVAILABLE);
      } finally {
        await server.start();
      }
      await untilServed(store);
      await store.ping();
      expect(await store.find('Casey')).toBe('1990-10-30');
    });
  }, 60_000);

  test('a save that waits for a locked row is given up, on the server too', async () => {
    const database = await newDatabase();
    await withStore(database.url(), {}, async (store) => {
      await store.save('Casey', '1990-01-01');
      const lock = "update birthday set date_of_birth = '1990-01-02' where username = 'Casey'";
      await whileOpen(dialect, database, [lock], async () => {
        const start = performance.now();
        const failure = store.save('Casey', '1990-02-02').catch((error: unknown) => error);
        await until(() => isUnderWay(database), 900);
        expect(await failure).toMatchObject(UNAVAILABLE);
        expect(performance.now() - start).toBeLessThan(2_500);
        expect(await isUnderWay(database)).toBe(false);
      });
      expect(await store.find('Casey')).toBe('1990-01-01');
      await store.save('Casey', '1990-03-03');
    });
    expect((await storedIn(database)).get('Casey')).toBe('1990-03-03');
  });

  for (const socket of [false, true])
    test(`a statement is cancelled ${socket ? 'through a Unix socket' : 'over TCP'}`, async () => {
      const database = await newDatabase();
      await withConnection(database, { socket }, async (connection) => {
        const answer = connection.query(SLEEP[dialect]).catch((error: unknown) => error);
        await until(() => isUnderWay(database));
        const start = performance.now();
        await connection.cancel();
        const told = await answer;
        expect(told).toMatchObject({ kind: 'time-out' });
        expect(performance.now() - start).toBeLessThan(2_000);
        await connection.query('select 1');
      });
    });

  test('the server itself gives a statement up that takes too long', async () => {
    const database = await newDatabase();
    await withConnection(database, { milliseconds: 4_000 }, async (connection) => {
      // Its limit is a second; without an answer for longer the connection would be dropped as unreachable.
      await expect(connection.query(SLEEP[dialect])).rejects.toMatchObject({
        kind: 'time-out',
        code: expect.stringMatching(/^(57014|3024|1969)$/),
      });
      await connection.query('select 1');
    });
  });

  test('to cancel ends where the server is silent, and where there is none', async () => {
    const database = await newDatabase();
    await withConnection(database, { milliseconds: 400 }, async (connection, proxy) => {
      proxy.close();
      const sockets = new Set<Socket>();
      const silent = createServer({ allowHalfOpen: true }, (socket) => {
        sockets.add(socket);
        socket.on('error', () => {});
        // No answer that ends anything.
        socket.on('data', () => socket.write('\n'));
      });
      await new Promise<void>((resolve) => silent.listen(proxy.port, '127.0.0.1', resolve));
      try {
        const start = performance.now();
        await connection.cancel();
        expect(performance.now() - start).toBeWithin(90, 1_500);
        expect(sockets.size).toBe(1);
      } finally {
        silent.close();
        for (const socket of sockets) socket.destroy();
      }
      const end = performance.now();
      await connection.cancel();
      expect(performance.now() - end).toBeLessThan(1_500);
    });
  });

  test('closed, it takes leave of the server and answers nothing more', async () => {
    const server = await sharedServer(serverName);
    const database = await newDatabase();
    const store = openStore(parseDatabaseUrl(database.url()));
    await store.ping();
    expect(await server.connectionCount(database.owner.user)).toBe(1);
    await store.close();
    await until(async () => (await server.connectionCount(database.owner.user)) === 0);
    await expect(store.find('Casey')).rejects.toMatchObject(UNAVAILABLE);
    await expect(store.ping()).rejects.toMatchObject(UNAVAILABLE);
  });

  test('it closes while the server is silent', async () => {
    const database = await newDatabase();
    const proxy = await startProxy((await sharedServer(serverName)).port);
    try {
      const url = database.url({ port: proxy.port });
      await migrate(url);
      const store = openStore(parseDatabaseUrl(url), settings({ timeoutMilliseconds: 400 }));
      await store.ping();
      proxy.blackHole();
      const start = performance.now();
      await store.close();
      expect(performance.now() - start).toBeLessThan(1_500);
    } finally {
      proxy.close();
    }
  });
});

describeServers('TLS of a store in this process', (serverName) => {
  afterAll(async () => (await sharedServer(serverName)).useCertificate(certificates().right));

  const connects = async (
    kind: 'right' | 'wrongName' | 'otherAuthority' | 'expired',
    options: UrlOptions,
    ca: string | undefined,
  ): Promise<boolean> => {
    const server = await sharedServer(serverName);
    await server.useCertificate(certificates()[kind]);
    const database = await server.createDatabase();
    const { user } = database.owner;
    await server.requireTls(user);
    let isUp = false;
    await withStore(database.url(options), settings({ ca }), async (store) => {
      isUp = await store.ping().then(
        () => true,
        () => false,
      );
      expect((await server.connectionCount(user)) > 0).toBe(isUp);
    });
    return isUp;
  };

  const { authority, right } = certificates();
  const cases: readonly [string, Parameters<typeof connects>[0], string | undefined, boolean][] = [
    ['verify-full', 'right', authority, true],
    ['verify-full', 'wrongName', authority, false],
    ['verify-full', 'otherAuthority', authority, false],
    ['verify-full', 'right', right.certificate, false],
    ['verify-full', 'right', undefined, false],
    ['verify-ca', 'wrongName', authority, true],
    ['verify-ca', 'otherAuthority', authority, false],
    ['require', 'expired', undefined, true],
  ];
  for (const [sslmode, kind, ca, isTaken] of cases) {
    const trusted = ca === authority ? 'its authority' : ca ? 'another one' : 'the system';
    test(`${sslmode}, trusting ${trusted}, ${isTaken ? 'takes' : 'refuses'} "${kind}"`, async () => {
      expect(await connects(kind, { host: 'localhost', query: { sslmode } }, ca)).toBe(isTaken);
    });
  }
});
