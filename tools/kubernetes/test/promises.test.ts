import { beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import type { KubernetesObject } from '../objects.ts';
import { ENVIRONMENT_PROMISES, type EnvironmentPromiseName } from '../promises/environments.ts';
import { PROMISES, promiseNames } from '../promises/index.ts';
import { unplaced } from '../promises/zones.ts';
import {
  buildOverlay,
  type Environment,
  environments,
  renderChart,
  TIMEOUT_MILLISECONDS,
  valuesFiles,
} from '../render.ts';
import { ENVIRONMENT_MUTATIONS, MUTATIONS, type Mutation } from './mutations.ts';

setDefaultTimeout(TIMEOUT_MILLISECONDS);

const WAYS = {
  chart: (environment: Environment) => renderChart({ files: valuesFiles(environment) }),
  overlay: buildOverlay,
};

for (const [way, render] of Object.entries(WAYS))
  describe(`the ${way}`, () => {
    const renders = new Map<Environment, readonly KubernetesObject[]>();
    const objectsOf = (environment: Environment) => {
      const objects = renders.get(environment);
      if (!objects) throw new Error(`${environment} was not rendered`);
      return objects;
    };

    beforeAll(async () => {
      for (const environment of environments) renders.set(environment, await render(environment));
    });

    const mutated = ({ environment = 'prod', mutate }: Mutation): KubernetesObject[] => {
      const objects = structuredClone([...objectsOf(environment)]);
      mutate(objects);
      return objects;
    };

    for (const name of promiseNames) {
      test(`keeps: ${name}`, () => {
        for (const environment of environments)
          expect({ [environment]: PROMISES[name](objectsOf(environment)) }).toEqual({
            [environment]: [],
          });
      });

      for (const mutation of MUTATIONS[name])
        test(`would be seen to break: ${name} (${mutation.what})`, () =>
          expect(PROMISES[name](mutated(mutation))).not.toEqual([]));
    }

    for (const name of Object.keys(ENVIRONMENT_PROMISES) as EnvironmentPromiseName[]) {
      test(`keeps in its environments: ${name}`, () => {
        for (const environment of environments)
          expect({
            [environment]: ENVIRONMENT_PROMISES[name](objectsOf(environment), environment),
          }).toEqual({ [environment]: [] });
      });

      for (const mutation of ENVIRONMENT_MUTATIONS[name])
        test(`would be seen to break in an environment: ${name} (${mutation.what})`, () =>
          expect(
            ENVIRONMENT_PROMISES[name](mutated(mutation), mutation.environment ?? 'prod'),
          ).not.toEqual([]));
    }
  });

test('each promise has a mutation', () => {
  const mutations = { ...MUTATIONS, ...ENVIRONMENT_MUTATIONS };
  expect(Object.entries(mutations).filter(([, list]) => list.length === 0)).toEqual([]);
});

describe('of three zones one is lost', () => {
  const honoured = { maxSkew: 1, nodeTaintsPolicy: 'Honor' };
  for (const [what, constraint, pods, pending] of [
    ['all find a place', honoured, 3, 0],
    ['all find a place', honoured, 9, 0],
    ['the lost zone counts as empty', { maxSkew: 1 }, 3, 1],
    ['the lost zone counts as empty', { maxSkew: 1 }, 6, 2],
    ['three zones are wanted', { ...honoured, minDomains: 3 }, 9, 3],
    ['three zones are wanted, unevenly', { ...honoured, maxSkew: 5, minDomains: 3 }, 9, 0],
    ['two zones are wanted', { ...honoured, minDomains: 2 }, 6, 0],
  ] as const)
    test(`${what}: of ${pods} pods ${pending} are left pending`, () =>
      expect(unplaced(constraint, pods)).toBe(pending));
});
