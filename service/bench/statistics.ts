/** The smallest, the middle and the largest of several measurements. */
export interface Spread {
  readonly minimum: number;
  readonly median: number;
  readonly maximum: number;
}

/** @throws RangeError without measurements */
export const spreadOf = (values: readonly number[]): Spread => {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (index: number) => sorted[index] as number;
  if (sorted.length === 0) throw new RangeError('nothing was measured');
  const middle = sorted.length / 2;
  return {
    minimum: at(0),
    median: (at(Math.ceil(middle) - 1) + at(Math.floor(middle))) / 2,
    maximum: at(sorted.length - 1),
  };
};

/** Each round's value over the same round's of something else. */
export const ratios = (values: readonly number[], others: readonly number[]): number[] =>
  values.map((value, round) => value / (others[round] as number));

/** How much more each round's value is than the same round's of something else. */
export const differences = (values: readonly number[], others: readonly number[]): number[] =>
  values.map((value, round) => value - (others[round] as number));

/** The value that the share `p` (0 to 1) of all lies at or below (nearest rank). */
export const percentile = (values: readonly number[], p: number): number => {
  if (values.length === 0) throw new RangeError('nothing was measured');
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(p * sorted.length) - 1)] as number;
};

/**
 * Adds the latencies of the requests that a connection would have sent had it not waited for a slow answer: one each
 * `interval` less. A generator that holds a request back while the answer before it is due hides them otherwise
 * (coordinated omission; the same correction as `recordValueWithExpectedInterval` of HdrHistogram).
 */
export const withHeldBack = (latencies: readonly number[], interval: number): number[] => {
  const all = [...latencies];
  for (const latency of latencies)
    for (let rest = latency - interval; rest >= interval; rest -= interval) all.push(rest);
  return all;
};
