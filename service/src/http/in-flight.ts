/** Too many requests are worked on. */
export class OverloadError extends Error {
  override name = 'OverloadError';
}

/** Counts the requests that are worked on. */
export interface InFlight {
  /** Counts one more, unless the limit is reached; tells whether it did. */
  enter(): boolean;
  /** Counts one less. */
  leave(): void;
  /**
   * Reads from a client without being counted, so that slow clients can't use the limit up.
   * @throws OverloadError when there is no room once it has been read
   */
  whileReading<T>(read: () => Promise<T>): Promise<T>;
}

export const createInFlight = (limit: number): InFlight => {
  let count = 0;
  return {
    enter: () => {
      if (count >= limit) return false;
      count++;
      return true;
    },
    leave: () => {
      count--;
    },
    whileReading: async (read) => {
      count--;
      const value = await read().finally(() => {
        count++;
      });
      if (count > limit) throw new OverloadError();
      return value;
    },
  };
};
