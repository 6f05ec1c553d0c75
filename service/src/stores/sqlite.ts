import { resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout } from 'node:timers/promises';
import { type Store, StoreUnavailableError } from '../greeting/store.ts';
import { pendingMigrations } from './migrations/migration.ts';
import { sqliteMigrations } from './migrations/sqlite/index.ts';

/** How long a statement waits for another process's lock. */
const BUSY_TIMEOUT_MILLISECONDS = 500;

/** How often it tries meanwhile. SQLite's own waiting would hold up the whole process. */
const BUSY_INTERVAL_MILLISECONDS = 10;

/** SQLite's result code for a file that another process holds. */
const SQLITE_BUSY = 5;

/** How long the start waits for another process that migrates. */
const MIGRATION_TIMEOUT_MILLISECONDS = 10_000;

/**
 * Opens (and creates) an SQLite file and migrates it.
 * A write is on disk when `save` resolves: write-ahead log with `synchronous=FULL`.
 * @throws Error when the file can't be opened or written; SchemaError when its schema is newer
 */
export const openSqliteStore = (file: string): Store => {
  const database = new DatabaseSync(resolve(file)); // absolute, or SQLite would read `file:` as a URI
  try {
    database.exec(`pragma busy_timeout = ${MIGRATION_TIMEOUT_MILLISECONDS}`);
    useWriteAheadLog(database);
    database.exec('pragma synchronous = full');
    migrate(database);
    database.exec('pragma busy_timeout = 0');
  } catch (error) {
    database.close();
    throw error;
  }
  const select = database.prepare('select date_of_birth from birthday where username = ?');
  const upsert = database.prepare(
    'insert into birthday (username, date_of_birth) values (?, ?) on conflict (username) do update set date_of_birth = excluded.date_of_birth',
  );
  return {
    find: (username) => answer(() => select.get(username)?.date_of_birth as string | undefined),
    save: async (username, dateOfBirth) => {
      await answer(() => upsert.run(username, dateOfBirth));
    },
    ping: async () => {
      await answer(() => select.get(''));
    },
    close: async () => database.close(),
  };
};

const answer = async <T>(query: () => T): Promise<T> => {
  const deadline = performance.now() + BUSY_TIMEOUT_MILLISECONDS;
  for (;;) {
    try {
      return query();
    } catch (cause) {
      if (!isBusy(cause) || performance.now() > deadline)
        throw new StoreUnavailableError('SQLite', { cause });
    }
    await setTimeout(BUSY_INTERVAL_MILLISECONDS);
  }
};

/** SQLite refuses the change at once, whatever the busy timeout, while another process makes it too. */
const useWriteAheadLog = (database: DatabaseSync): void => {
  const deadline = performance.now() + MIGRATION_TIMEOUT_MILLISECONDS;
  for (;;) {
    try {
      database.exec('pragma journal_mode = wal');
      return;
    } catch (error) {
      if (!isBusy(error) || performance.now() > deadline) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
    }
  }
};

const isBusy = (error: unknown): boolean =>
  error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY;

const migrate = (database: DatabaseSync): void => {
  // The write lock makes a second process wait here until the first is done.
  database.exec('begin immediate');
  try {
    database.exec(
      'create table if not exists schema_migration (version integer primary key, name text not null, applied_at text not null default current_timestamp) strict',
    );
    const applied = database
      .prepare('select version from schema_migration')
      .all()
      .map((row) => Number(row.version));
    const record = database.prepare('insert into schema_migration (version, name) values (?, ?)');
    for (const { version, name, sql } of pendingMigrations(sqliteMigrations, applied)) {
      database.exec(sql);
      record.run(version, name);
    }
    database.exec('commit');
  } catch (error) {
    rollBack(database);
    throw error;
  }
};

const rollBack = (database: DatabaseSync): void => {
  try {
    database.exec('rollback');
  } catch {
    // SQLite has rolled back by itself.
  }
};
