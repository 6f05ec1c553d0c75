import { afterAll, beforeAll, expect, test } from 'bun:test';
import type { Store } from '../../src/greeting/store.ts';
import type { Log } from '../../src/observability/log.ts';
import { parseDatabaseUrl } from '../../src/stores/database-url.ts';
import { migrateStore, openStore } from '../../src/stores/open.ts';
import { limitsWithin } from '../../src/stores/server/limits.ts';
import { postgresql } from '../../src/stores/server/postgresql.ts';
import type { DatabaseServer } from '../support/database-server.ts';
import { describeServers, ownServer, sharedServer } from '../support/databases.ts';
import { until } from '../support/until.ts';
import { whileOpen } from './transaction.ts';

type Settings = Readonly<Record<string, string>>;

/** Days and months that a wrong reading confuses, for usernames that some collations do. */
const DATES: ReadonlyMap<string, string> = new Map([
  ['Casey', '2001-02-03'],
  ['casey', '1990-10-30'],
  ['CASEY', '1004-12-11'],
  ['null', '2000-02-29'],
  ['I', '1999-12-31'],
  ['i', '2001-03-02'],
]);

const POSTGRESQL: readonly Settings[] = [
  { datestyle: 'German' },
  { datestyle: "'SQL, DMY'" },
  { datestyle: "'Postgres, MDY'" },
  { timezone: "'Pacific/Kiritimati'", intervalstyle: 'sql_standard' },
  { standard_conforming_strings: 'off', backslash_quote: 'off', array_nulls: 'off' },
  { bytea_output: 'escape', extra_float_digits: "'-15'", transform_null_equals: 'on' },
  { client_encoding: "'LATIN1'" },
  { default_transaction_isolation: 'serializable', default_transaction_deferrable: 'on' },
  { row_security: 'off', synchronous_commit: 'off' },
  { search_path: '"Odd Schema", public' },
  { statement_timeout: "'1s'", lock_timeout: "'20ms'", transaction_timeout: "'1s'" },
  { idle_session_timeout: "'100ms'", idle_in_transaction_session_timeout: "'1s'" },
];

const MYSQL: readonly Settings[] = [
  { sql_mode: "'ANSI'" },
  { sql_mode: "'PAD_CHAR_TO_FULL_LENGTH,NO_BACKSLASH_ESCAPES'" },
  { sql_mode: "'TRADITIONAL'" },
  { sql_mode: "''", time_zone: "'-11:00'", group_concat_max_len: '4' },
  { sql_select_limit: '1' },
  { max_join_size: '1', sql_big_selects: '0' },
  { autocommit: '0' },
  { completion_type: "'CHAIN'" },
  { completion_type: "'RELEASE'" },
  { init_connect: "'start transaction'" },
  { init_connect: "'set autocommit = 0, sql_safe_updates = 1'" },
  { init_connect: "'set names latin1'" },
  { init_connect: "'set character_set_results = utf16, collation_connection = utf16_general_ci'" },
  { foreign_key_checks: '0', unique_checks: '0', explicit_defaults_for_timestamp: '0' },
  { innodb_lock_wait_timeout: '1', lock_wait_timeout: '1', wait_timeout: '1' },
  { default_storage_engine: "'MEMORY'" },
  { collation_server: "'utf8mb4_general_ci'" },
  { collation_server: "'latin1_swedish_ci'" },
  { collation_server: "'utf16_general_ci'" },
  { max_prepared_stmt_count: '0', sql_mode: "'NO_BACKSLASH_ESCAPES'" },
  { binlog_format: "'STATEMENT'" },
];

/** By how the variables of a server are called. */
const ONLY = {
  MySQL: [
    { transaction_isolation: "'SERIALIZABLE'" },
    { sql_require_primary_key: '1', max_execution_time: '1000' },
    { default_collation_for_utf8mb4: "'utf8mb4_general_ci'" },
  ],
  MariaDB: [
    { tx_isolation: "'SERIALIZABLE'" },
    { innodb_force_primary_key: '1', max_statement_time: '1' },
    { sql_mode: "'ORACLE'" },
  ],
} as const;

const READ_ONLY = { MySQL: 'transaction_read_only', MariaDB: 'tx_read_only' };

/** What a server's variable is set back to where that isn't `default`. */
const DEFAULTS: Settings = { init_connect: "''", max_prepared_stmt_count: '16382' };

/** Runs `check` with a store that can be used; what it warned of is in `warnings`. */
const withStore = async (
  url: string,
  check: (store: Store, warnings: readonly object[]) => Promise<void>,
): Promise<void> => {
  const warnings: object[] = [];
  const log = { info() {}, warn: (line: object) => void warnings.push(line) } as unknown as Log;
  const store = openStore(parseDatabaseUrl(url), { log });
  try {
    await until(
      () =>
        store.ping().then(
          () => true,
          () => false,
        ),
      10_000,
    );
    await check(store, warnings);
  } finally {
    await store.close();
  }
};

const findAll = async (store: Store): Promise<(string | undefined)[]> =>
  Promise.all([...DATES.keys(), 'Nobody'].map((username) => store.find(username)));

/** Migrates, stores, and finds, after connections were idle for a while and on new ones. */
const expectServed = async (url: string, idleMilliseconds: number): Promise<void> => {
  await withStore(url, async (store) => {
    for (const date of ['1990-01-01', undefined])
      await Promise.all([...DATES].map(([username, last]) => store.save(username, date ?? last)));
    await Bun.sleep(idleMilliseconds);
    expect(await findAll(store)).toEqual([...DATES.values(), undefined]);
  });
  await withStore(url, async (store) => {
    await store.ping();
    expect(await findAll(store)).toEqual([...DATES.values(), undefined]);
  });
};

/** GET is served, PUT is not, and the log says why. */
const expectReadOnly = (url: string): Promise<void> =>
  withStore(url, async (store, warnings) => {
    expect(await store.find('Casey')).toBeUndefined();
    await expect(store.save('Casey', '1990-01-01')).rejects.toMatchObject({
      name: 'StoreUnavailableError',
    });
    await store.ping();
    expect(await store.find('Casey')).toBeUndefined();
    expect(warnings).toMatchObject([{ kind: 'read-only' }]);
  });

const nameOf = (settings: Settings): string =>
  Object.entries(settings)
    .map(([name, value]) => `${name} = ${value}`)
    .join(', ');

describeServers('settings of a user', () => {
  const databaseWith = async (settings: Settings) => {
    const server = await sharedServer('PostgreSQL');
    const database = await server.createDatabase();
    for (const [name, value] of Object.entries(settings))
      await server.sql(`alter role ${database.owner.user} set ${name} = ${value}`);
    return database;
  };

  for (const settings of POSTGRESQL)
    test(`${nameOf(settings)}: served`, async () => {
      const database = await databaseWith(settings);
      await database.sql(`create schema "Odd Schema" authorization ${database.owner.user}`);
      await expectServed(database.url(), 150);
    }, 30_000);

  test('read-only transactions by default: respected', async () => {
    const database = await databaseWith({});
    await migrateStore(parseDatabaseUrl(database.url()));
    const { user } = database.owner;
    await database.sql(`alter role ${user} set default_transaction_read_only = on`);
    await expectReadOnly(database.url());
  }, 30_000);

  test('a level of isolation: saves have the usual one', async () => {
    const database = await databaseWith({ default_transaction_isolation: 'serializable' });
    const address = parseDatabaseUrl(database.url());
    if (address.kind !== 'postgresql') throw new Error(address.kind);
    const { user: username, password } = database.owner;
    const limits = limitsWithin(60_000);
    const connection = await postgresql.connect({ address, username, password, limits });
    try {
      expect(await connection.query('show transaction_isolation')).toEqual([
        { transaction_isolation: 'read committed' },
      ]);
    } finally {
      await connection.close();
    }
  }, 30_000);

  test('a limit for a transaction: a save that it ends is sent again', async () => {
    const database = await databaseWith({ transaction_timeout: "'150ms'" });
    await withStore(database.url(), async (store) => {
      await store.save('Casey', '1990-01-01');
      const lock = "select * from birthday where username = 'Casey' for update";
      let saved: Promise<void> | undefined;
      await whileOpen('postgresql', await unlimited(database), [lock], async () => {
        saved = store.save('Casey', '1990-01-02');
        saved.catch(() => {});
        await Bun.sleep(250);
      });
      await saved;
      expect(await store.find('Casey')).toBe('1990-01-02');
    });
  }, 30_000);

  test('limits and a level of isolation: migrations wait for each other nevertheless', async () => {
    const database = await databaseWith({
      default_transaction_isolation: "'repeatable read'",
      statement_timeout: "'200ms'",
      lock_timeout: "'200ms'",
      transaction_timeout: "'200ms'",
      idle_in_transaction_session_timeout: "'1ms'",
    });
    const lock = 'select pg_advisory_xact_lock(4355464111)';
    const migrated: Promise<void>[] = [];
    await whileOpen('postgresql', await unlimited(database), [lock], async () => {
      for (let count = 0; count < 3; count++)
        migrated.push(migrateStore(parseDatabaseUrl(database.url())));
      for (const each of migrated) each.catch(() => {});
      await Bun.sleep(1_000);
    });
    await Promise.all(migrated);
    const rows = await database.sql('select version from schema_migration');
    expect(rows.map(({ version }) => version)).toEqual([1]);
  }, 30_000);
}, ['PostgreSQL']);

/** The same database, for a user without those settings. */
const unlimited = async (database: Awaited<ReturnType<DatabaseServer['createDatabase']>>) => {
  const server = await sharedServer('PostgreSQL');
  const login = await server.createUser();
  await server.sql(`grant pg_read_all_data, pg_write_all_data to ${login.user}`);
  return { ...database, url: (options = {}) => database.url({ login, ...options }) };
};

for (const serverName of ['MySQL', 'MariaDB'] as const)
  describeServers('settings of a server, lower_case_table_names = 1', () => {
    let server: DatabaseServer;
    beforeAll(async () => {
      server = await ownServer(serverName, [
        ...['--lower-case-table-names=1', '--log-bin=binary-log', '--server-id=1'],
      ]);
    }, 60_000);
    afterAll(() => server.remove());

    /** Runs `check` while the settings are those of new sessions. */
    const whileSet = async (settings: Settings, check: () => Promise<void>): Promise<void> => {
      try {
        for (const [name, value] of Object.entries(settings))
          await server.sql(`set global ${name} = ${value}`);
        await check();
      } finally {
        for (const name of Object.keys(settings))
          await server.sql(`set global ${name} = ${DEFAULTS[name] ?? 'default'}`);
      }
    };

    for (const settings of [...MYSQL, ...ONLY[serverName]])
      test(`${nameOf(settings)}: served, and stored where it lasts`, async () => {
        let name = '';
        await whileSet(settings, async () => {
          const database = await server.createDatabase();
          name = database.name;
          const url = database.url().replace(`/${name}`, `/${name.toUpperCase()}`);
          await expectServed(url, 'wait_timeout' in settings ? 1_200 : 0);
        });
        const tables = await server.sql(
          `select engine as engine from information_schema.tables where table_schema = '${name}'`,
        );
        expect(tables.map(({ engine }) => engine)).toEqual(['InnoDB', 'InnoDB']);
      }, 30_000);

    test(`${READ_ONLY[serverName]} = 1: respected`, async () => {
      const url = (await server.createDatabase()).url();
      await migrateStore(parseDatabaseUrl(url));
      await whileSet({ [READ_ONLY[serverName]]: '1' }, () => expectReadOnly(url));
    }, 30_000);
  }, [serverName]);
