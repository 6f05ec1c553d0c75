import { expect, test } from 'bun:test';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseServer } from '../support/database-server.ts';
import { describeServers, sharedServer } from '../support/databases.ts';
import { startServer } from '../support/server.ts';
import { talkTo } from './service.ts';

const ROOT = join(import.meta.dir, '../../..');

const PAGE = readFileSync(join(ROOT, 'docs/databases.md'), 'utf8');

/** The blocks of the page that are marked as running in a place. */
const blocks = (place: string, language: 'sql' | 'sh'): string[] => {
  const all = [...PAGE.matchAll(/<!-- runs: (.+) -->\n```(.+)\n([^`]+)```/g)];
  const texts = all
    .filter(([, where, what]) => where === place && what === language)
    .map(([, , , text = '']) => text);
  expect(texts.length).toBeGreaterThan(0);
  return texts;
};

/** The statements for a place, one by one. */
const statements = (place: string): string[] =>
  blocks(place, 'sql')
    .flatMap((text) => text.split(';'))
    .filter((text) => text.trim() !== '');

/** The command for a place, with the server of the test. */
const command = (place: string, port: number): string[] => {
  const text = blocks(place, 'sh').join('');
  const here = text.replace('@localhost/', `@127.0.0.1:${port}/`);
  expect(here).not.toBe(text);
  return ['sh', '-c', `cd '${ROOT}' && exec env ${here}`];
};

/** What an earlier run left. */
const removeAll = async ({ dialect, sql }: DatabaseServer): Promise<void> => {
  await sql('drop database if exists hello');
  for (const user of ['hello_owner', 'hello_service'])
    await sql(dialect === 'mysql' ? `drop user if exists ${user}` : `drop role if exists ${user}`);
};

describeServers('docs/databases.md', (serverName, dialect) => {
  test('its commands lead to a service with two users', async () => {
    const server = await sharedServer(serverName);
    await removeAll(server);
    for (const statement of statements(dialect)) await server.sql(statement);
    const migration = Bun.spawn(command(`${dialect}, migrate`, server.port), {
      stdio: ['ignore', 'inherit', 'inherit'],
      timeout: 20_000,
    });
    expect(await migration.exited).toBe(0);
    for (const statement of statements(`${dialect}, in the database`))
      await server.sql(statement, 'hello');
    const service = await startServer({
      runtime: 'bun',
      databaseUrl: '',
      command: command(`${dialect}, serve`, server.port),
    });
    try {
      expect(await talkTo(service).untilServed()).toBeLessThan(2_000);
    } finally {
      await service.stop('SIGKILL');
      await removeAll(server);
    }
  }, 30_000);
});
