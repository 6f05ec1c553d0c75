import { afterEach, beforeEach, expect, test } from 'bun:test';
import { mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Log } from '../src/observability/log.ts';
import {
  credentialsInFile,
  fixedCredentials,
  parseCredentials,
  parsePassword,
} from '../src/stores/server/credentials.ts';
import { temporaryFolder } from './support/server.ts';

let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => folder.remove());

const json = (username: string, password: string) => JSON.stringify({ username, password });

const inFile = (text: string) => {
  const path = join(folder.path, 'credentials.json');
  writeFileSync(path, text);
  const lines: string[] = [];
  const log = {
    warn: (object: object, message: string) => void lines.push(JSON.stringify(object) + message),
  } as unknown as Log;
  return { path, lines, source: credentialsInFile({ path, parse: parseCredentials }, log) };
};

test('fixed credentials never change', async () => {
  const source = fixedCredentials({ username: 'a', password: 'b' });
  expect(source.current()).toEqual({ username: 'a', password: 'b' });
  expect(await source.refresh()).toBe(false);
  source.watch(() => {})();
});

test('a file is read, and read again', async () => {
  const { path, source } = inFile(json('a', 'one'));
  expect(source.current()).toEqual({ username: 'a', password: 'one' });
  expect(await source.refresh()).toBe(false);
  writeFileSync(path, json('b', 'one'));
  expect(await source.refresh()).toBe(true);
  expect(source.current()).toEqual({ username: 'b', password: 'one' });
  writeFileSync(path, json('b', 'two'));
  expect(await source.refresh()).toBe(true);
  expect(source.current()).toEqual({ username: 'b', password: 'two' });
});

test('a mount that replaces a link to its folder is noticed', async () => {
  const { path } = folder;
  for (const [name, user] of [
    ['1', 'old'],
    ['2', 'new'],
  ] as const) {
    mkdirSync(join(path, name));
    writeFileSync(join(path, name, 'db'), json(user, 'secret'));
  }
  symlinkSync('1', join(path, 'data'));
  symlinkSync('data/db', join(path, 'db'));
  const log = {} as Log;
  const source = credentialsInFile({ path: join(path, 'db'), parse: parseCredentials }, log);
  const changed = Promise.withResolvers<void>();
  const unwatch = source.watch(changed.resolve);
  symlinkSync('2', join(path, 'next'));
  renameSync(join(path, 'next'), join(path, 'data'));
  const begin = performance.now();
  await changed.promise;
  expect(performance.now() - begin).toBeLessThan(5_000);
  expect(source.current().username).toBe('new');
  unwatch();
});

test('a file that is half written, or gone, changes nothing and is told once, without its content', async () => {
  const { path, source, lines } = inFile(json('a', 'one'));
  for (let read = 0; read < 3; read++) {
    writeFileSync(path, '{"username":"b","password":"hidden');
    expect(await source.refresh()).toBe(false);
  }
  expect(source.current()).toEqual({ username: 'a', password: 'one' });
  expect(lines).toHaveLength(1);
  expect(lines[0]).toContain('is not a JSON object');
  expect(lines[0]).not.toContain('hidden');
  folder.remove();
  expect(await source.refresh()).toBe(false);
  expect(lines).toHaveLength(2);
  expect(lines[1]).toContain('ENOENT');
});

test.each([
  ['', 'is not a JSON object'],
  ['[', 'is not a JSON object'],
  ['null', 'is not a JSON object'],
  ['"secret"', 'is not a JSON object'],
  ['{"password":"secret"}', 'has no "username"'],
  ['{"username":"","password":"secret"}', 'has no "username"'],
  ['{"username":"a"}', 'has no "password"'],
  ['{"username":"a","password":1}', 'has no "password"'],
])('credentials %p: %s', (text, message) => {
  expect(() => parseCredentials(text)).toThrow(message);
});

test('what else Secrets Manager writes is ignored', () => {
  const text = JSON.stringify({ engine: 'postgres', username: 'a', password: 'b', port: 5432 });
  expect(parseCredentials(text)).toEqual({ username: 'a', password: 'b' });
});

test.each([
  ['secret', 'secret'],
  ['secret\n', 'secret'],
  ['secret\r\n', 'secret'],
  [' two words ', ' two words '],
])('password file %p', (text, password) => {
  expect(parsePassword('a')(text)).toEqual({ username: 'a', password });
});

test('an empty password file, and one that is not there', () => {
  expect(() => parsePassword('a')('\n')).toThrow('is empty');
  const file = { path: join(folder.path, 'none'), parse: parsePassword('a') };
  expect(() => credentialsInFile(file, {} as Log)).toThrow("can't be read (ENOENT)");
});
