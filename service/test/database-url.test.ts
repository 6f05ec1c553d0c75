import { describe, expect, test } from 'bun:test';
import { type DatabaseUrlError, parseDatabaseUrl, redactUrl } from '../src/stores/database-url.ts';

const refusal = (url: string): string => {
  try {
    parseDatabaseUrl(url);
  } catch (error) {
    expect((error as DatabaseUrlError).name).toBe('DatabaseUrlError');
    return (error as DatabaseUrlError).message;
  }
  throw new Error(`${url} was not refused`);
};

describe('a database URL names a file', () => {
  for (const [url, file] of [
    ['sqlite:hello.db', 'hello.db'],
    ['sqlite:./data/hello.db', './data/hello.db'],
    ['sqlite:../hello.db', '../hello.db'],
    ['sqlite:/data/hello.db', '/data/hello.db'],
    ['sqlite:///hello.db', 'hello.db'],
    ['sqlite:///data/hello.db', 'data/hello.db'],
    ['sqlite:///./hello.db', './hello.db'],
    ['sqlite:////data/hello.db', '/data/hello.db'],
    ['SQLite:Hello.DB', 'Hello.DB'],
    ['sqlite:with space.db', 'with space.db'],
    ['sqlite:geburtstag-ü.db', 'geburtstag-ü.db'],
    ['sqlite:100%25.db', '100%25.db'],
    ['sqlite:a@b.db', 'a@b.db'],
    ['sqlite:////data/a:b.db', '/data/a:b.db'],
  ] as const)
    test(url, () => expect(parseDatabaseUrl(url)).toEqual({ kind: 'sqlite', file }));
});

describe('a database URL names memory', () => {
  for (const url of ['memory:', 'MEMORY:'])
    test(url, () => expect(parseDatabaseUrl(url)).toEqual({ kind: 'memory' }));
});

describe('a database URL is refused', () => {
  const SPELLINGS = /use sqlite:path, .* or memory:$/;
  const NO_FILE = /^name a file, or write memory:/;
  const OPTIONS = /must not contain "\?", "#" or NUL/;
  for (const [url, message] of [
    ['', SPELLINGS],
    ['hello.db', SPELLINGS],
    ['/data/hello.db', SPELLINGS],
    ['sqlite', SPELLINGS],
    ['://hello.db', SPELLINGS],
    [' sqlite:hello.db', SPELLINGS],
    ['file:hello.db', SPELLINGS],
    ['mongodb://host/hello', SPELLINGS],
    ['sqlite+pysqlite:///hello.db', /^write sqlite: in place of sqlite\+pysqlite:$/],
    ['postgresqlite://host/hello', SPELLINGS],
    ['sqlite://hello.db', /^SQLite has no host; use/],
    ['sqlite://host/hello.db', /^SQLite has no host; use/],
    ['sqlite:', NO_FILE],
    ['sqlite:///', NO_FILE],
    ['sqlite::memory:', NO_FILE],
    ['sqlite:///:memory:', NO_FILE],
    ['sqlite:hello.db?mode=ro', OPTIONS],
    ['sqlite:///hello.db?cache=shared', OPTIONS],
    ['sqlite:hello.db#here', OPTIONS],
    ['sqlite:hello\0.db', OPTIONS],
    ['sqlite:data/', /^name a file, not a folder$/],
    ['sqlite:////', /^name a file, not a folder$/],
    ['memory:hello', /^write memory: with nothing after it$/],
    ['memory://', /^write memory: with nothing after it$/],
  ] as const)
    test(JSON.stringify(url), () => expect(refusal(url)).toMatch(message));
});

describe('redactUrl', () => {
  test('keeps what can hold no password', () => {
    for (const url of ['', 'hello.db', '/data/hello.db', 'sqlite://host/hello.db'])
      expect(redactUrl(url)).toBe(url);
  });

  test('tells the kind of database, not the password', () => {
    for (const url of [
      'postgres://user:s3cret@host:5432/hello',
      'mysql://host/hello?user=a&password=s3cret&ssl=on',
    ]) {
      expect(redactUrl(url)).toStartWith(url.slice(0, url.indexOf(':')));
      expect(redactUrl(url)).not.toContain('s3cret');
    }
  });
});
