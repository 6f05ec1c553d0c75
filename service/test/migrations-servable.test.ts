import { expect, test } from 'bun:test';
import {
  isServable,
  type Migration,
  pendingMigrations,
} from '../src/stores/migrations/migration.ts';

const migrations: readonly Migration[] = [1, 2, 3].map((version) => ({
  version,
  name: `step_${version}`,
  sql: 'select 1',
}));

test.each([
  [[1, 2, 3], true],
  [[1, 2], true],
  [[1], false],
  [[], false],
])('with schema versions %p a program of version 3 can serve: %p', (applied, servable) => {
  expect(isServable(migrations, pendingMigrations(migrations, applied))).toBe(servable);
});

test('a program of version 1 can not serve an empty database', () => {
  const first = migrations.slice(0, 1);
  expect(isServable(first, pendingMigrations(first, []))).toBe(false);
});
