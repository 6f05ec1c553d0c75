import { resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Store } from '../greeting/store.ts';
import { GroupCommit } from './group-commit.ts';
import { pendingMigrations } from './migrations/migration.ts';
import { sqliteMigrations } from './migrations/sqlite/index.ts';

/** SQLite's primary result code, the low byte of the extended ones, for a file that another process holds. */
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
    // SQLite's own waiting would hold up the whole process.
    database.exec('pragma busy_timeout = 0');
  } catch (error) {
    database.close();
    throw error;
  }
  const select = database.prepare('select date_of_birth from birthday where username = ?');
  const upsert = database.prepare(
    'insert into birthday (username, date_of_birth) values (?, ?) on conflict (username) do update set date_of_birth = excluded.date_of_birth',
  );
  // To lock costs five times what a query does, to wait for the disk a hundred times: a turn does both once.
  const finds = new GroupCommit(
    transaction(database, 'deferred'),
    (username: string) => select.get(username)?.date_of_birth as string | undefined,
    isBusy,
  );
  const saves = new GroupCommit(
    transaction(database, 'immediate'),
    ([username, dateOfBirth, signal]: Parameters<Store['save']>) => {
      if (signal?.aborted) return false;
      upsert.run(username, dateOfBirth);
      return true;
    },
    isBusy,
  );
  return {
    find: (username) => finds.add(username),
    save: async (username, dateOfBirth, signal) => {
      if (!(await saves.add([username, dateOfBirth, signal]))) throw signal?.reason;
    },
    ping: async () => void (await finds.add('')),
    close: async () => {
      finds.flush();
      saves.flush();
      database.close();
    },
  };
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
  error instanceof Error && 'errcode' in error && (Number(error.errcode) & 0xff) === SQLITE_BUSY;

const migrate = (database: DatabaseSync): void =>
  // The write lock makes a second process wait here until the first is done.
  transaction(
    database,
    'immediate',
  )(() => {
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
  });

/** A function that returns what `body` does, once it is committed; when it throws, nothing has happened. */
const transaction = (database: DatabaseSync, kind: 'deferred' | 'immediate') => {
  // Prepared, since errors of `exec` lack SQLite's code on Deno.
  const [begin, commit] = [database.prepare(`begin ${kind}`), database.prepare('commit')];
  return <T>(body: () => T): T => {
    begin.run();
    try {
      const result = body();
      commit.run();
      return result;
    } catch (error) {
      rollBack(database);
      throw error;
    }
  };
};

const rollBack = (database: DatabaseSync): void => {
  try {
    database.exec('rollback');
  } catch {
    // SQLite has rolled back by itself.
  }
};
