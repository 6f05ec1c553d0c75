import { afterAll, expect, test } from 'bun:test';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError, loadConfig } from '../src/config.ts';
import { parseDatabaseUrl, redactUrl } from '../src/stores/database-url.ts';
import { describeStore } from '../src/stores/open.ts';
import { certificates } from './support/certificates.ts';
import { temporaryFolder } from './support/server.ts';

const refusalOf = (url: string): string => {
  try {
    return parseDatabaseUrl(url) && '';
  } catch (error) {
    return String(error);
  }
};

const PASSWORD = 'correct horse/battery@staple#1';

test.each([
  ['postgres://app:secret@db.example/hello', 'postgresql', 'db.example', 5432],
  ['postgresql://app:secret@db.example:6432/hello', 'postgresql', 'db.example', 6432],
  ['POSTGRES://app:secret@db.example/hello', 'postgresql', 'db.example', 5432],
  ['mysql://app:secret@10.0.0.1/hello', 'mysql', '10.0.0.1', 3306],
  ['mariadb://app:secret@[2001:db8::1]:3307/hello', 'mysql', '2001:db8::1', 3307],
] as const)('%s', (url, kind, host, port) => {
  expect(parseDatabaseUrl(url)).toEqual({
    ...{ kind, host, port, socket: undefined, database: 'hello', tls: 'verify-full' },
    ...{ username: 'app', password: 'secret' },
  });
});

test('user, password and database are percent-decoded', () => {
  const url = `postgres://a%40b:${encodeURIComponent(PASSWORD)}@h/my%20data`;
  expect(parseDatabaseUrl(url)).toMatchObject({
    ...{ username: 'a@b', password: PASSWORD, database: 'my data' },
  });
  expect(parseDatabaseUrl('mysql://app:a:b@h/d')).toMatchObject({ password: 'a:b' });
  expect(parseDatabaseUrl('mysql://h/d')).toMatchObject({
    ...{ username: undefined, password: undefined },
  });
});

test.each([
  ['postgres://a@localhost/d', 'disable'],
  ['postgres://a@127.0.0.1/d', 'disable'],
  ['postgres://a@127.1.2.3/d', 'disable'],
  ['postgres://a@[::1]/d', 'disable'],
  ['postgres://a@/d?host=/run', 'disable'],
  ['postgres://a@127.0.0.1.example/d', 'verify-full'],
  ['postgres://a@localhost.example/d', 'verify-full'],
  ['postgres://a@10.0.0.1/d', 'verify-full'],
  ['postgres://a@localhost/d?sslmode=verify-full', 'verify-full'],
  ['postgres://a@h/d?sslmode=disable', 'disable'],
  ['postgres://a@h/d?sslmode=require', 'require'],
  ['mysql://a@h/d?sslmode=verify-ca', 'verify-ca'],
] as const)('TLS of %s is %s', (url, tls) => {
  expect(parseDatabaseUrl(url)).toMatchObject({ tls });
});

test('Unix sockets', () => {
  expect(parseDatabaseUrl('postgres://a@:5433/d?host=/run/postgresql')).toMatchObject({
    ...{ socket: '/run/postgresql', port: 5433, host: 'localhost' },
  });
  expect(parseDatabaseUrl('mysql://a@/d?socket=/run/my.sock')).toMatchObject({
    socket: '/run/my.sock',
  });
});

test.each([
  ['postgresql+psycopg://a:SECRET@h/d', 'write postgresql:// in place of postgresql+psycopg://'],
  ['mysql+pymysql://a:SECRET@h/d', 'write mysql:// in place of mysql+pymysql://'],
  ['postgres:a:SECRET@h/d', 'write postgres://user:password@host:5432/database'],
  ['postgres://a:SEC@RET@h/d', 'with @ : / ? # and blanks'],
  ['postgres://a:SEC/RET@h/d', 'with @ : / ? # and blanks'],
  ['postgres://a:SEC#RET@h/d', 'with @ : / ? # and blanks'],
  ['postgres://a:SEC RET@h/d', 'and blanks in user and password as %40'],
  ['postgres://a:SEC?RET@h/d', 'with @ : / ? # and blanks'],
  ['postgres://a:5432?SECRET@h/d', 'with @ : / ? # and blanks'],
  ['postgres://a:SEC%RET@h/d', 'write a percent sign as %25'],
  ['postgres://a:SECRET@/d', 'name the host'],
  ['postgres://a:SECRET@h', 'name the database'],
  ['postgres://a:SECRET@h/', 'name the database'],
  ['postgres://a:SECRET@h/d/e', 'name the database'],
  ['postgres://a:SECRET@h1,h2/d', 'the host must be one name or address'],
  ['postgres://a:SECRET@h:0/d', 'its port from 1 to 65535'],
  ['postgres://a:SECRET@h:65536/d', 'its port from 1 to 65535'],
  ['postgres://a:SECRET@h/d?sslmode=prefer', 'sslmode must be one of disable, require'],
  ['postgres://a:SECRET@h/d?application_name=x', '"application_name" is not supported'],
  ['postgres://a:SECRET@h/d?socket=/x', '"socket" is not supported, only host and sslmode'],
  ['mysql://a:SECRET@h/d?host=/x', '"host" is not supported, only socket and sslmode'],
  ['postgres://a:SECRET@/d?host=run', 'host must be an absolute path'],
  ['postgres://a:SECRET@/d?host=/run&sslmode=require', 'a Unix socket has no TLS'],
])('%s is refused', (url, message) => {
  expect(() => parseDatabaseUrl(url)).toThrow(message);
  expect(redactUrl(url)).not.toMatch(/SEC|RET/);
  expect(refusalOf(url)).not.toMatch(/SEC|RET/);
});

test('where the data are is told without user and password', () => {
  for (const [url, text] of [
    ['postgres://a:SECRET@h/d', 'PostgreSQL, database d on h:5432'],
    ['mysql://a:SECRET@/d?socket=/run/my.sock', 'MySQL, database d on /run/my.sock'],
  ] as const)
    expect(describeStore(parseDatabaseUrl(url))).toBe(text);
});

const folder = temporaryFolder();
afterAll(folder.remove);

const file = (name: string, text: string): string => {
  const path = join(folder.path, name);
  writeFileSync(path, text);
  return path;
};

const credentials = file('credentials', '{"username":"a","password":"SECRET"}');
const password = file('password', 'SECRET\n');
const certificate = file('ca', certificates().authority);
const invalid = file('invalid', '-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----\n');
const none = join(folder.path, 'none');

test('the settings of a server', () => {
  const config = loadConfig({
    ...{ DATABASE_URL: 'postgres://a@h/d', DATABASE_PASSWORD_FILE: password },
    ...{ DATABASE_CA_FILE: certificate, DATABASE_POOL_MAX: '7', DATABASE_TIMEOUT: '500' },
    MIGRATE: 'false',
  });
  expect(config.server).toMatchObject({ poolMax: 7, timeoutMilliseconds: 500, migrate: false });
  expect(config.server?.ca).toStartWith('-----BEGIN');
  expect(config.server?.credentialsFile?.parse('x')).toEqual({ username: 'a', password: 'x' });
  const { server } = loadConfig({
    ...{ DATABASE_URL: 'postgres://h/d', DATABASE_CREDENTIALS_FILE: credentials },
  });
  expect(server).toMatchObject({ poolMax: 5, timeoutMilliseconds: 2_000, migrate: true });
  expect(server?.credentialsFile?.path).toBe(credentials);
});

test.each<[Record<string, string>, string]>([
  [{ DATABASE_URL: 'postgres://h/d' }, 'DATABASE_URL names no user'],
  [{ DATABASE_CA_FILE: none }, "it can't be read; set a file of PEM certificates"],
  [{ DATABASE_CA_FILE: password }, 'it holds no certificate'],
  [{ DATABASE_CA_FILE: invalid }, 'it holds an invalid certificate'],
  [
    { DATABASE_URL: 'postgres://a@localhost/d', DATABASE_CA_FILE: certificate },
    'DATABASE_CA_FILE is set, but DATABASE_URL is without TLS',
  ],
  [{ DATABASE_PASSWORD_FILE: none }, "it can't be read (ENOENT)"],
  [{ DATABASE_CREDENTIALS_FILE: password }, 'it is not a JSON object'],
  [
    { DATABASE_PASSWORD_FILE: password, DATABASE_CREDENTIALS_FILE: credentials },
    'are set: set one of them',
  ],
  [
    { DATABASE_URL: 'postgres://a:SECRET@h/d', DATABASE_PASSWORD_FILE: password },
    'DATABASE_PASSWORD_FILE is set, but DATABASE_URL has a password',
  ],
  [
    { DATABASE_URL: 'postgres://a:SECRET@h/d', DATABASE_CREDENTIALS_FILE: credentials },
    'DATABASE_CREDENTIALS_FILE is set, but DATABASE_URL has a password',
  ],
  [
    { DATABASE_POOL_MAX: '0' },
    'DATABASE_POOL_MAX is "0": set connections from 1 to 100, as an integer',
  ],
  [
    { DATABASE_TIMEOUT: '1s' },
    'DATABASE_TIMEOUT is "1s": set milliseconds from 200 to 60000, as an integer',
  ],
  [{ MIGRATE: 'no' }, 'MIGRATE is "no": set true or false'],
])('%p is refused', (environment, message) => {
  try {
    loadConfig({ DATABASE_URL: 'postgres://a@h/d', ...environment });
    expect.unreachable();
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    expect((error as ConfigError).message).toContain(message);
    expect((error as ConfigError).faults).toHaveLength(1);
    expect((error as ConfigError).message).not.toContain('SECRET');
  }
});
