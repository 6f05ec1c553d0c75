/** The seed of the random tests: `TEST_SEED`, or a new one. */
export const seed = Number(process.env.TEST_SEED || Math.floor(Math.random() * 2 ** 32)) >>> 0;

console.log(`random tests: TEST_SEED=${seed}`);

/** Numbers from 0 up to, not including, 1, the same ones for the same seed and stream (mulberry32). */
export const createRandom = (stream = 0): (() => number) => {
  let state = (seed + Math.imul(stream, 0x9e3779b9)) | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
};
