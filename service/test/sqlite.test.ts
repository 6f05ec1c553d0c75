import { afterEach, beforeEach, describe, expect, spyOn, test } from 'bun:test';
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { DatabaseSync, StatementSync } from 'node:sqlite';
import { StoreUnavailableError } from '../src/greeting/store.ts';
import { openStore } from '../src/stores/open.ts';
import { openSqliteStore } from '../src/stores/sqlite.ts';
import { temporaryFolder } from './support/server.ts';

let folder: ReturnType<typeof temporaryFolder>;
let file: string;

beforeEach(() => {
  folder = temporaryFolder();
  file = join(folder.path, 'hello.db');
});

afterEach(() => folder.remove());

/** What other connections see of the file. */
const query = (sql: string) => {
  const database = new DatabaseSync(file);
  try {
    return database
      .prepare(sql)
      .all()
      .map((row) => ({ ...row }));
  } finally {
    database.close();
  }
};

const refusal = (): string => {
  try {
    openStore({ kind: 'sqlite', file });
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error(`${file} was opened`);
};

describe('an SQLite store', () => {
  test('finds what was saved last', async () => {
    const store = openSqliteStore(file);
    expect(await store.find('Casey')).toBeUndefined();
    await store.save('Casey', '1990-10-30');
    expect(await store.find('Casey')).toBe('1990-10-30');
    await store.save('Casey', '2000-02-29');
    expect(await store.find('Casey')).toBe('2000-02-29');
    await store.ping();
    await store.close();
    expect(query('select * from birthday')).toEqual([
      { username: 'Casey', date_of_birth: '2000-02-29' },
    ]);
  });

  test('tells upper from lower case', async () => {
    const store = openSqliteStore(file);
    const names = ['casey', 'Casey', 'CASEY', 'caseY'];
    for (const [index, name] of names.entries()) await store.save(name, `1990-10-1${index}`);
    for (const [index, name] of names.entries())
      expect(await store.find(name)).toBe(`1990-10-1${index}`);
    expect(await store.find('cASEY')).toBeUndefined();
    await store.close();
  });

  test('takes a name of any text as a name', async () => {
    const store = openSqliteStore(file);
    for (const name of ["'; drop table birthday; --", '%', '?', 'é', '😀', 'x'.repeat(10_000)]) {
      await store.save(name, '1990-10-30');
      expect(await store.find(name)).toBe('1990-10-30');
    }
    expect(await store.find('_')).toBeUndefined();
    await store.close();
  });

  test('keeps its data when it is opened again', async () => {
    const store = openSqliteStore(file);
    await store.save('Casey', '1990-10-30');
    await store.close();
    const again = openSqliteStore(file);
    expect(await again.find('Casey')).toBe('1990-10-30');
    await again.close();
  });

  test('shows a write to other processes at once', async () => {
    const [one, other] = [openSqliteStore(file), openSqliteStore(file)];
    await one.save('Casey', '1990-10-30');
    expect(await other.find('Casey')).toBe('1990-10-30');
    await Promise.all([one.close(), other.close()]);
  });

  test('finds what another process saved in the same turn', async () => {
    const [one, other] = [openSqliteStore(file), new DatabaseSync(file)];
    const before = one.find('Casey');
    other.exec("insert into birthday values ('Casey', '1990-10-30')");
    const after = one.find('Casey');
    expect(await after).toBe('1990-10-30');
    await before;
    other.close();
    await one.close();
  });

  test('saves everything of a turn by one commit, the last of a user last', async () => {
    const store = openSqliteStore(file);
    const run = spyOn(StatementSync.prototype, 'run');
    try {
      const years = Array.from({ length: 50 }, (_, index) => 1950 + index);
      await Promise.all(
        years.flatMap((year) => [
          store.save('Casey', `${year}-10-30`),
          store.save(`U${year}`, '2000-01-01'),
        ]),
      );
      // Beside the saves, one begin and one commit.
      expect(run).toHaveBeenCalledTimes(2 * years.length + 2);
    } finally {
      run.mockRestore();
    }
    expect(query("select date_of_birth from birthday where username = 'Casey'")).toEqual([
      { date_of_birth: '1999-10-30' },
    ]);
    expect(query('select count(*) as users from birthday')).toEqual([{ users: 51 }]);
    await store.close();
  });

  test('saves all of a turn or nothing', async () => {
    const store = openSqliteStore(file);
    query(
      "create trigger refuse before insert on birthday when new.username = 'Robin' begin select raise(abort, 'no'); end",
    );
    const saves = ['Casey', 'Robin', 'Alex'].map((name) => store.save(name, '1990-10-30'));
    for (const { reason } of (await Promise.allSettled(saves)) as PromiseRejectedResult[])
      expect(reason).toBeInstanceOf(StoreUnavailableError);
    expect(query('select * from birthday')).toEqual([]);
    await store.save('Casey', '1990-10-30');
    expect(await store.find('Casey')).toBe('1990-10-30');
    await store.close();
  });

  test('saves nothing that is aborted in the same turn', async () => {
    const store = openSqliteStore(file);
    const aborting = new AbortController();
    const { signal } = aborting;
    const aborted = store.save('Casey', '1990-10-30', signal);
    const other = store.save('Robin', '1990-10-30', new AbortController().signal);
    aborting.abort();
    await expect(aborted).rejects.toBe(signal.reason);
    await other;
    expect(query('select username from birthday')).toEqual([{ username: 'Robin' }]);
    await store.close();
  });

  test('saves in their order after another process wrote', async () => {
    const store = openSqliteStore(file);
    const other = new DatabaseSync(file);
    other.exec('begin immediate');
    const first = store.save('Casey', '1990-10-30');
    await Bun.sleep(30);
    const second = store.save('Casey', '2000-02-29');
    await Bun.sleep(30);
    other.exec('rollback');
    other.close();
    await Promise.all([first, second]);
    expect(await store.find('Casey')).toBe('2000-02-29');
    await store.close();
  });

  test('finishes what is under way when it is closed', async () => {
    const store = openSqliteStore(file);
    const save = store.save('Casey', '1990-10-30');
    const find = store.find('Casey');
    await store.close();
    await save;
    expect(await find).toBeUndefined();
    expect(query('select username from birthday')).toEqual([{ username: 'Casey' }]);
  });

  test('leaves one file behind', async () => {
    const store = openSqliteStore(file);
    await store.save('Casey', '1990-10-30');
    await store.close();
    expect(readdirSync(folder.path)).toEqual(['hello.db']);
  });

  test('is unavailable while another process writes, but can be read', async () => {
    const store = openSqliteStore(file);
    await store.save('Casey', '1990-10-30');
    const other = new DatabaseSync(file);
    other.exec('begin immediate');
    const save = () => store.save('Casey', '2000-02-29');
    await expect(save()).rejects.toBeInstanceOf(StoreUnavailableError);
    expect(await store.find('Casey')).toBe('1990-10-30');
    other.exec('rollback');
    other.close();
    await save();
    expect(await store.find('Casey')).toBe('2000-02-29');
    await store.close();
  });

  test('is unavailable once it is closed', async () => {
    const store = openSqliteStore(file);
    await store.close();
    for (const use of [
      () => store.find('Casey'),
      () => store.save('Casey', '1990-10-30'),
      () => store.ping(),
    ])
      await expect(use()).rejects.toBeInstanceOf(StoreUnavailableError);
  });

  test('writes ahead, waits for the disk, and leaves waiting for a lock to the store', async () => {
    const exec = spyOn(DatabaseSync.prototype, 'exec');
    const store = openSqliteStore(file);
    const database = exec.mock.contexts[0] as DatabaseSync;
    exec.mockRestore();
    const pragma = (name: string) =>
      Object.values(database.prepare(`pragma ${name}`).get() ?? {})[0];
    expect(pragma('journal_mode')).toBe('wal');
    expect(pragma('synchronous')).toBe(2);
    expect(pragma('busy_timeout')).toBe(0);
    await store.close();
    expect(query('pragma journal_mode')).toEqual([{ journal_mode: 'wal' }]);
  });
});

describe('a file that is no usable database is refused, naming it', () => {
  test('no database', () => {
    writeFileSync(file, 'Casey was born on 30 October.\n'.repeat(100));
    const before = readFileSync(file);
    expect(refusal()).toBe(`can't open the database ${file}: file is not a database`);
    expect(readFileSync(file)).toEqual(before);
    expect(readdirSync(folder.path)).toEqual(['hello.db']);
  });

  test('a damaged database', async () => {
    await openSqliteStore(file).close();
    const bytes = readFileSync(file);
    writeFileSync(file, bytes.fill(0xff, 100));
    expect(refusal()).toStartWith(`can't open the database ${file}: `);
    expect(readFileSync(file)).toEqual(bytes);
  });

  test('a folder', () => {
    mkdirSync(file);
    expect(refusal()).toStartWith(`can't open the database ${file}: it is a folder; name a file`);
  });

  test('a file in a folder that does not exist', () => {
    file = join(folder.path, 'nowhere', 'hello.db');
    expect(refusal()).toStartWith(
      `can't open the database ${file}: the folder ${dirname(file)} does not exist; make it`,
    );
    expect(readdirSync(folder.path)).toEqual([]);
  });

  test('a database of something else, which stays as it is', () => {
    query('create table birthday (name text) strict');
    expect(refusal()).toBe(`can't open the database ${file}: table birthday already exists`);
    expect(query('select name from sqlite_schema')).toEqual([{ name: 'birthday' }]);
  });

  /** What somebody else is told: root may write everything anyway. */
  const refusalOfOthers = (): string => {
    const source = resolve(import.meta.dir, '../src/stores/open.ts');
    const child = Bun.spawnSync([
      process.execPath,
      '-e',
      `const { openStore } = await import(${JSON.stringify(source)});
       if (process.getuid() === 0) process.setuid(65534);
       openStore({ kind: 'sqlite', file: ${JSON.stringify(file)} });`,
    ]);
    expect(child.exitCode).toBe(1);
    return child.stderr.toString();
  };

  test('a read-only file', async () => {
    await openSqliteStore(file).close();
    chmodSync(file, 0o444);
    chmodSync(folder.path, 0o755);
    expect(refusalOfOthers()).toContain(
      `can't open the database ${file}: attempt to write a readonly database`,
    );
  });

  test('a file in a folder that is read-only', () => {
    chmodSync(folder.path, 0o555);
    expect(refusalOfOthers()).toContain(
      `can't open the database ${file}: the folder ${folder.path} may not be written to; change that`,
    );
  });
});

test('a file whose name looks like a URI of SQLite is a file', async () => {
  // `file::memory:` would keep nothing.
  for (const name of ['file::memory:', 'file:hello.db']) {
    const database = { kind: 'sqlite', file: name } as const;
    const directory = process.cwd();
    process.chdir(folder.path);
    try {
      await openStore(database).close();
      expect(readdirSync(folder.path)).toContain(name);
    } finally {
      process.chdir(directory);
    }
  }
});
