import { expect, test } from 'bun:test';
import { leftOf, type Manifest } from './lifecycle.ts';

const rule = (rulePriority: number, countNumber: number, ...tagPatternList: readonly string[]) => ({
  rulePriority,
  selection: {
    tagStatus: tagPatternList.length > 0 ? ('tagged' as const) : ('any' as const),
    tagPatternList,
    countType: 'imageCountMoreThan' as const,
    countNumber,
  },
});
const image = (digest: string, pushed: number, ...tags: readonly string[]): Manifest => ({
  digest,
  pushed,
  tags,
});
const left = (repository: readonly Manifest[], ...rules: readonly ReturnType<typeof rule>[]) =>
  leftOf({ rules }, repository).map(({ digest }) => digest);

// https://docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_examples.html
test('the examples of the user guide come out as it tells', () => {
  const repository = [
    image('A', 1, 'beta-1', 'prod-1'),
    image('B', 2, 'beta-2', 'prod-2'),
    image('C', 3, 'beta-3'),
  ];
  expect(left(repository, rule(1, 1, 'prod*'), rule(2, 1, 'beta*'))).toEqual(['B', 'C']);
  expect(left(repository, rule(1, 1, 'beta*'), rule(2, 1, 'prod*'))).toEqual(['C']);
  const both = [
    image('A', 1, 'alpha-1'),
    image('B', 2, 'beta-1'),
    image('C', 3, 'alpha-2', 'beta-2'),
  ];
  expect(left(both, rule(1, 0, 'alpha*', 'beta*'))).toEqual(['A', 'B']);
});

test('parts stay with the whole, and what belongs to an image goes with it', () => {
  const repository: Manifest[] = [
    image('part', 1),
    { ...image('whole', 2, 'whole'), manifests: ['part'] },
    { ...image('signature', 3), subject: 'whole' },
    image('newest', 4, 'newest'),
  ];
  expect(left(repository, rule(1, 1, '*'))).toEqual(['part', 'newest']);
  expect(left(repository, rule(1, 3))).toEqual(['part', 'whole', 'signature', 'newest']);
  expect(left(repository, rule(1, 1))).toEqual(['newest']);
});
