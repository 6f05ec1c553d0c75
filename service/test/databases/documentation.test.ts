import { expect, test } from 'bun:test';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from '../support/command.ts';
import { describeDialects, sharedServer } from '../support/databases.ts';
import { startServer } from '../support/server.ts';
import { talkTo } from './service.ts';

const PAGE = readFileSync(join(import.meta.dir, '../../../docs/databases.md'), 'utf8');

/** The statements of the page that are marked as running in a place, one by one. */
const statements = (place: string): string[] => {
  const blocks = [...PAGE.matchAll(/<!-- runs: (.+) -->\n```sql\n([^`]+)```/g)];
  const texts = blocks.filter(([, where]) => where === place).map(([, , text]) => text);
  expect(texts.length).toBeGreaterThan(0);
  return texts.flatMap((text = '') => text.split(';')).filter((text) => text.trim() !== '');
};

describeDialects('docs/databases.md', (dialect) => {
  test('grants what migrating and serving take', async () => {
    const server = await sharedServer(dialect);
    for (const statement of statements(dialect)) await server.sql(statement);
    const scheme = dialect === 'mysql' ? 'mysql' : 'postgres';
    const url = (user: string) => `${scheme}://${user}@127.0.0.1:${server.port}/hello`;
    const migrated = await runCommand('bun', ['migrate'], {
      DATABASE_URL: url('hello_owner:change%20me'),
    });
    expect(migrated.status).toBe(0);
    for (const statement of statements(`${dialect}, in the database`))
      await server.sql(statement, 'hello');
    const service = await startServer({
      runtime: 'bun',
      databaseUrl: url('hello_service:change%20me%20too'),
      environment: { MIGRATE: 'false' },
    });
    try {
      expect(await talkTo(service).untilServed()).toBeLessThan(2_000);
    } finally {
      await service.stop('SIGKILL');
    }
  }, 30_000);
});
