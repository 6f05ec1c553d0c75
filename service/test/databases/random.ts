/** Numbers from 0 to below 1 that are the same for the same seed (mulberry32). */
export const randomNumbers = (seed: number): (() => number) => {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
};

/** The seed of this run's random moments; `DATABASE_KILL_SEED` repeats one. */
export const SEED = Number(process.env.DATABASE_KILL_SEED ?? Math.floor(Math.random() * 1e9));
