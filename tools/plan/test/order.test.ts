import { expect, test } from 'bun:test';
import { inOrder, withDependents } from '../order.ts';

const unit = (path: string, ...dependencies: string[]) => ({ path, dependencies, reading: [] });

test('units come after what they need, else region after region, layer by layer', () => {
  expect(
    inOrder([
      unit('prod/global/app/record'),
      unit('prod/eu-west-1/app/database', 'prod/eu-west-1/shared/network'),
      unit('prod/eu-central-1/app/identity', 'prod/eu-central-1/app/database'),
      unit('prod/eu-central-1/app/database', 'prod/eu-west-1/app/database'),
      unit('prod/eu-west-1/shared/network', 'prod/global/shared/delivery'),
      unit('prod/eu-central-1/shared/network', 'prod/global/shared/delivery'),
      unit('prod/global/shared/dns'),
      unit('prod/global/shared/delivery'),
    ]),
  ).toEqual([
    'prod/global/shared/delivery',
    'prod/global/shared/dns',
    'prod/eu-central-1/shared/network',
    'prod/eu-west-1/shared/network',
    'prod/eu-west-1/app/database',
    'prod/eu-central-1/app/database',
    'prod/eu-central-1/app/identity',
    'prod/global/app/record',
  ]);
  expect(() => inOrder([unit('a', 'b'), unit('b', 'a')])).toThrow('a, b need each other');
});

test('who needs what is applied is reached, at any depth', () => {
  const units = [
    unit('observability', 'gitops'),
    unit('gitops', 'cluster'),
    unit('identity', 'cluster', 'database'),
    unit('cluster', 'network'),
    unit('network'),
    unit('dns'),
  ];
  const reached = (...changed: string[]) =>
    [...withDependents(units, changed, (path) => path !== 'gitops')].toSorted();
  expect(reached('network')).toEqual(['cluster', 'gitops', 'identity', 'network']);
  expect(reached('identity', 'gitops')).toEqual(['gitops', 'identity']);
  expect(reached()).toEqual([]);
});
