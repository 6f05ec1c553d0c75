import { availabilityPromises } from './availability.ts';
import { dataPromises } from './data.ts';
import { monitoringPromises } from './monitoring.ts';
import { networkPromises } from './network.ts';
import { operationsPromises } from './operations.ts';
import { podPromises } from './pods.ts';
import type { Promised } from './promise.ts';

/** What every render keeps, whatever its values, by what is promised. */
export const PROMISES = {
  ...podPromises,
  ...availabilityPromises,
  ...networkPromises,
  ...operationsPromises,
  ...dataPromises,
  ...monitoringPromises,
} satisfies Record<string, Promised>;

export type PromiseName = keyof typeof PROMISES;

export const promiseNames = Object.keys(PROMISES) as PromiseName[];

/** What breaks promises in a render, but for those that were given up. */
export const brokenPromises = (
  objects: Parameters<Promised>[0],
  givenUp: readonly PromiseName[] = [],
): string[] =>
  promiseNames
    .filter((name) => !givenUp.includes(name))
    .flatMap((name) => PROMISES[name](objects).map((violation) => `${name}: ${violation}`));
