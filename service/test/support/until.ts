/** Resolves with the milliseconds until `condition` is true; rejects after `limitMilliseconds`. */
export const until = async (
  condition: () => boolean | Promise<boolean>,
  limitMilliseconds = 30_000,
): Promise<number> => {
  const start = performance.now();
  while (!(await condition())) {
    if (performance.now() - start > limitMilliseconds)
      throw new Error(`not so within ${limitMilliseconds} ms`);
    await Bun.sleep(5);
  }
  return performance.now() - start;
};
