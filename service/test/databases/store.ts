import { expect } from 'bun:test';
import type { Store } from '../../src/greeting/store.ts';
import { parseDatabaseUrl } from '../../src/stores/database-url.ts';
import type { Migration } from '../../src/stores/migrations/migration.ts';
import { mysqlMigrations } from '../../src/stores/migrations/mysql/index.ts';
import { postgresqlMigrations } from '../../src/stores/migrations/postgresql/index.ts';
import { migrateStore, openStore, type StoreOptions } from '../../src/stores/open.ts';
import { SERVER_DEFAULTS, type ServerSettings } from '../../src/stores/server/settings.ts';
import type { Dialect } from '../support/database-server.ts';
import { until } from '../support/until.ts';

export const UNAVAILABLE = { name: 'StoreUnavailableError' };

const MIGRATIONS = { postgresql: postgresqlMigrations, mysql: mysqlMigrations };

/** Runs `check` in a program that has one more migration. */
export const withMigration = async (
  dialect: Dialect,
  sql: string,
  check: () => Promise<void>,
): Promise<void> => {
  const migrations = MIGRATIONS[dialect] as Migration[];
  migrations.push({ version: 2, name: 'one_more', sql });
  try {
    await check();
  } finally {
    migrations.pop();
  }
};

export const settings = (changes: Partial<ServerSettings>): StoreOptions => ({
  server: { ...SERVER_DEFAULTS, ...changes },
});

/** Runs `check` with a store, which it then closes. */
export const withStore = async (
  url: string,
  options: StoreOptions,
  check: (store: Store) => Promise<void>,
): Promise<void> => {
  const store = openStore(parseDatabaseUrl(url), options);
  try {
    await check(store);
  } finally {
    await store.close();
  }
};

export const migrate = (url: string, options?: StoreOptions): Promise<void> =>
  migrateStore(parseDatabaseUrl(url), options);

/** Why it can't be migrated. */
export const migrationFailure = async (url: string, options?: StoreOptions): Promise<string> => {
  const reason = await migrate(url, options).then(
    () => new Error('it was migrated'),
    (error: Error) => error,
  );
  expect(reason.message).toStartWith("can't migrate the database ");
  expect(reason.message).not.toContain('\n');
  return reason.message;
};

export const untilServed = (store: Store): Promise<number> =>
  until(
    () =>
      store.find('Nobody').then(
        () => true,
        () => false,
      ),
    5_000,
  );
