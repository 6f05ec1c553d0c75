/** Resolves once `condition` is true; rejects after `limitMilliseconds`. */
export const until = async (
  condition: () => boolean | Promise<boolean>,
  limitMilliseconds = 10_000,
): Promise<void> => {
  const deadline = performance.now() + limitMilliseconds;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`not so within ${limitMilliseconds} ms`);
    await Bun.sleep(5);
  }
};
