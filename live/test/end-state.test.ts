/** Two end states are the same but for what AWS made up; anything else is seen. */
import { expect, test } from 'bun:test';
import { comparable, type EndState } from './end-state.ts';

const network = (vpc: string, ids: readonly string[], change: object = {}): EndState => ({
  vpc: { id: `vpc-${vpc}`, cidr: '10.0.0.0/16', made: '2026-01-01T00:00:00Z' },
  ...Object.fromEntries(
    ids.map((id, index) => [`subnet ${index}`, { id: `subnet-${id}`, vpc_id: `vpc-${vpc}` }]),
  ),
  group: { subnet_ids: ids.map((id) => `subnet-${id}`).toSorted(), size: 2, ...change },
});

const [one, other] = [network('0a0a0a', ['11aa11', '22bb22']), ['ffaa00', '00ffaa']] as const;

test.each([
  ['IDs, which lists are in the order of', network('0b0b0b', other), true],
  ['a number', network('0b0b0b', other, { size: 3 }), false],
  ['a word', network('0b0b0b', other, { name: 'x' }), false],
  ['who is in a list', network('0b0b0b', other, { subnet_ids: ['subnet-ffaa00'] }), false],
  ['a resource more', { ...network('0b0b0b', other), more: {} }, false],
])('two end states that differ by %s', (_, changed, same) => {
  const [left, right] = comparable(one, changed);
  expect(Bun.deepEquals(left, right)).toBe(same);
});
