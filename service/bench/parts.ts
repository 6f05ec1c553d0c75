import { show } from './goals.ts';
import type { Bar } from './picture.ts';
import type { Spread } from './statistics.ts';

/**
 * A bar for the service and one for each peer. The service without a part has none: the noise of two bars is larger than
 * what a part costs, and would decide which is longer.
 */
export const barsOf = (
  throughput: readonly { readonly name: string; readonly requestsPerSecond: Spread }[],
): Bar[] =>
  throughput
    .filter(({ name }) => !name.startsWith('Hello, '))
    .map(({ name, requestsPerSecond }) => ({
      name,
      spread: requestsPerSecond,
      isService: name === 'Hello',
    }));

/** A sentence with what a part of the service costs, by rounds with and without it: a cost only when all of them agree. */
export const costOf = (part: string, microseconds: Spread): string => {
  const is =
    microseconds.minimum > 0 ? `The cost of ${part}` : `The cost of ${part} is below the noise`;
  return `${is}: ${show(microseconds)} µs of processor a request.`;
};
