/** What `promise` comes to, or undefined when it takes longer than `milliseconds` or rejects. */
export const withTimeout = async <T>(
  milliseconds: number,
  promise: Promise<T>,
): Promise<T | undefined> => {
  const { promise: timeout, resolve } = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => resolve(undefined), Math.max(0, milliseconds));
  try {
    return await Promise.race([promise.catch(() => undefined), timeout]);
  } finally {
    clearTimeout(timer);
  }
};
