import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import {
  type Migration,
  pendingMigrations,
  SchemaError,
} from '../src/stores/migrations/migration.ts';
import { sqliteMigrations } from '../src/stores/migrations/sqlite/index.ts';
import { openStore } from '../src/stores/open.ts';
import { openSqliteStore } from '../src/stores/sqlite.ts';
import { temporaryFolder } from './support/server.ts';

const SOURCE = resolve(import.meta.dir, '../src/stores');

let folder: ReturnType<typeof temporaryFolder>;
let file: string;

beforeEach(() => {
  folder = temporaryFolder();
  file = join(folder.path, 'hello.db');
});

afterEach(() => folder.remove());

const read = (name: string, sql: string): unknown[] => {
  const database = new DatabaseSync(name);
  try {
    return database
      .prepare(sql)
      .all()
      .map((row) => Object.values(row)[0]);
  } finally {
    database.close();
  }
};

const tables = () => read(file, "select name from sqlite_schema where type = 'table' order by 1");
const versions = (name = file) => read(name, 'select version from schema_migration order by 1');

/** The newest version that this program knows. */
const NEWEST = sqliteMigrations.length;

/** Opens the file as a program that has further migrations does. */
const openWith = (...further: Pick<Migration, 'version' | 'sql'>[]) => {
  const migrations = sqliteMigrations as Migration[];
  const length = migrations.length;
  migrations.push(...further.map((migration) => ({ name: 'further', ...migration })));
  try {
    return openStore({ kind: 'sqlite', file });
  } finally {
    migrations.length = length;
  }
};

describe('pendingMigrations', () => {
  const migrations = [1, 2, 3].map((version) => ({ version, name: `m${version}`, sql: '' }));
  const pending = (...applied: number[]) =>
    pendingMigrations(migrations, applied).map(({ version }) => version);

  test('are those that were not applied, in order', () => {
    expect(pending()).toEqual([1, 2, 3]);
    expect(pending(1)).toEqual([2, 3]);
    expect(pending(2, 1)).toEqual([3]);
    expect(pending(1, 3)).toEqual([2]);
    expect(pending(1, 2, 3)).toEqual([]);
    expect(pendingMigrations([], [])).toEqual([]);
  });

  test('of the next version are none', () => {
    expect(pending(1, 2, 3, 4)).toEqual([]);
  });

  test('of a still newer program are refused with a remedy', () => {
    const message =
      'the database has schema version 5, this program knows 3 and serves up to 4; run the newer program or restore a backup';
    for (const applied of [[5], [1, 2, 3, 4, 5], [5, 1]])
      expect(() => pending(...applied)).toThrow(new SchemaError(message));
    expect(() => pendingMigrations([], [2])).toThrow(SchemaError);
  });
});

test('every SQL file is a migration, numbered from 1 without gaps', () => {
  const sources = join(SOURCE, 'migrations/sqlite');
  const files = readdirSync(sources).filter((name) => name.endsWith('.sql'));
  expect(
    sqliteMigrations.map(({ version, name }) => `${String(version).padStart(4, '0')}_${name}.sql`),
  ).toEqual(files.toSorted());
  expect(sqliteMigrations.map(({ version }) => version)).toEqual(
    files.map((_, index) => index + 1),
  );
  expect(sqliteMigrations.map(({ sql }) => sql)).toEqual(
    files.toSorted().map((name) => readFileSync(join(sources, name), 'utf8')),
  );
});

describe('opening a database', () => {
  test('records each migration once, however often it is opened', async () => {
    for (let count = 0; count < 3; count++) await openSqliteStore(file).close();
    expect(versions()).toEqual(sqliteMigrations.map(({ version }) => version));
    expect(read(file, 'select name from schema_migration')).toEqual(
      sqliteMigrations.map(({ name }) => name),
    );
  });

  test('brings an older one up to date and keeps its data', async () => {
    const older = openSqliteStore(file);
    await older.save('Casey', '1990-10-30');
    await older.close();
    const store = openWith(
      { version: NEWEST + 1, sql: 'create table two (a)' },
      { version: NEWEST + 2, sql: 'alter table two add column b; insert into two values (1, 2)' },
    );
    expect(await store.find('Casey')).toBe('1990-10-30');
    await store.close();
    expect(versions().slice(NEWEST)).toEqual([NEWEST + 1, NEWEST + 2]);
    expect(read(file, 'select b from two')).toEqual([2]);
  });

  test('serves one of the next version, and does not touch its schema', async () => {
    const newer = openWith({
      version: NEWEST + 1,
      sql: 'alter table birthday add column note text',
    });
    await newer.save('Casey', '1990-10-30');
    await newer.close();
    const store = openSqliteStore(file);
    await store.save('Robin', '1990-10-31');
    expect(await store.find('Casey')).toBe('1990-10-30');
    await store.close();
    expect(read(file, 'select username from birthday where note is null')).toHaveLength(2);
    expect(versions()).toEqual([...sqliteMigrations.map(({ version }) => version), NEWEST + 1]);
  });

  test('refuses one of a still newer program with a sentence and does not touch it', async () => {
    await openWith({ version: NEWEST + 2, sql: 'create table two (a)' }).close();
    const before = readFileSync(file);
    expect(() => openWith()).toThrow(
      `can't open the database ${file}: the database has schema version ${NEWEST + 2}, this program knows ${NEWEST} and serves up to ${NEWEST + 1}; run the newer program or restore a backup`,
    );
    expect(readFileSync(file)).toEqual(before);
    expect(readdirSync(folder.path)).toEqual(['hello.db']);
  });
});

describe('a migration that fails leaves nothing half done', () => {
  const failing = {
    version: NEWEST + 2,
    sql: 'create table three (a); insert into nonsense values (1)',
  };
  const fine = { version: NEWEST + 1, sql: 'create table two (a)' };

  test('in a new file', () => {
    expect(() => openWith(fine, failing)).toThrow(
      `can't open the database ${file}: no such table: nonsense`,
    );
    expect(tables()).toEqual([]);
  });

  test('in a file with data, which the former program still opens', async () => {
    const store = openSqliteStore(file);
    await store.save('Casey', '1990-10-30');
    await store.close();
    expect(() => openWith(fine, failing)).toThrow('no such table: nonsense');
    expect(tables()).toEqual(['birthday', 'schema_migration']);
    expect(versions()).toEqual(sqliteMigrations.map(({ version }) => version));
    const again = openSqliteStore(file);
    expect(await again.find('Casey')).toBe('1990-10-30');
    await again.close();
  });

  test('and the fault is told when SQLite has rolled back by itself', () => {
    const sql = 'create table two (a unique); insert or rollback into two values (1), (1)';
    expect(() => openWith({ version: NEWEST + 1, sql })).toThrow(
      `can't open the database ${file}: UNIQUE constraint failed: two.a`,
    );
    expect(tables()).toEqual([]);
  });
});

/** A database to which no migration was applied. */
const makeUnmigrated = (name: string): void => {
  const database = new DatabaseSync(name);
  database.exec('pragma journal_mode = wal');
  database.exec(
    'create table schema_migration (version integer primary key, name text, applied_at text default 0)',
  );
  database.close();
};

test('8 processes that open a new file, or an old one, at once all succeed and apply each migration once', async () => {
  const files = Array.from({ length: 30 }, (_, index) => join(folder.path, `${index}.db`));
  for (const name of files.slice(0, 15)) makeUnmigrated(name);
  // Each waits for the same millisecond before each of the files.
  const source = `
    const { openSqliteStore } = await import(${JSON.stringify(join(SOURCE, 'sqlite.ts'))});
    process.stdout.write('ready');
    const [start] = await new Promise((resolve) => process.stdin.once('data', (text) => resolve([Number(text)])));
    for (const [index, file] of ${JSON.stringify(files)}.entries()) {
      while (Date.now() < start + 40 * index);
      const store = openSqliteStore(file);
      await store.save(process.argv[1], '1990-10-30');
      await store.close();
    }
    process.exit(0);`;
  const children = Array.from({ length: 8 }, (_, index) =>
    Bun.spawn([process.execPath, '-e', source, 'ABCDEFGH'.charAt(index)], {
      stdin: 'pipe',
      stderr: 'pipe',
      timeout: 60_000,
      killSignal: 'SIGKILL',
    }),
  );
  await Promise.all(children.map(({ stdout }) => stdout.getReader().read()));
  const start = Date.now() + 50;
  for (const { stdin } of children) {
    stdin.write(String(start));
    stdin.end();
  }
  const faults = await Promise.all(
    children.map(async ({ stderr, exited }) => [await exited, await new Response(stderr).text()]),
  );
  expect(faults).toEqual(children.map(() => [0, '']));
  for (const name of files) {
    expect(versions(name)).toEqual(sqliteMigrations.map(({ version }) => version));
    expect(read(name, 'select username from birthday order by 1')).toEqual([...'ABCDEFGH']);
  }
}, 90_000);
