/** What people are told: no numbers of accounts, and of a failure no more than is read. */
import { expect, test } from 'bun:test';
import { differences } from '../compare.ts';
import { failure } from '../unit.ts';

const lines = (count: number): string =>
  Array.from({ length: count }, (_, index) => `line ${index}`).join('\n');

test('a failure is told from its first error on, forty lines of it, without accounts', () => {
  const said = `Initializing\nError: no role in 123456789012\n${lines(60)}\nError: another\n`;
  expect(failure(said)).toBe(`Error: no role in …\n${lines(39)}`);
  expect(failure(`11:59:59 ERROR  Terragrunt\n${lines(3)}`)).toBe(
    `11:59:59 ERROR  Terragrunt\n${lines(3)}`,
  );
  expect(failure(`${lines(60)}\n`)).toBe(lines(60).split('\n').slice(20).join('\n'));
});

test('a difference is told without accounts', () => {
  const plan = {
    resource_changes: [
      {
        address: 'aws_s3_bucket.log["states-123456789012"]',
        previous_address: 'aws_s3_bucket.log["123456789012"]',
        type: 'aws_s3_bucket',
        mode: 'managed' as const,
        change: { actions: ['no-op'], before: {}, after: {} },
      },
    ],
  };
  expect(differences({}, plan)).toEqual([
    'aws_s3_bucket.log["states-…"]: no-op, moved from aws_s3_bucket.log["…"], which was not reviewed',
  ]);
});
