/** How long and how much the bench measures; each is an environment variable. */
const number = (name: string, byDefault: number): number => {
  const value = Number(process.env[name] ?? byDefault);
  if (!Number.isFinite(value) || value <= 0) throw new Error(`${name} must be a positive number`);
  return value;
};

/** Seconds of load in each measurement. */
export const SECONDS = number('BENCH_SECONDS', 5);

/** Rounds that count; one more warms up. */
export const ROUNDS = number('BENCH_ROUNDS', 7);

/** Connections that the load generator holds open. */
export const CONNECTIONS = number('BENCH_CONNECTIONS', 64);

/** Seconds of full load before the peak memory is read. */
export const MEMORY_SECONDS = number('BENCH_MEMORY_SECONDS', 60);

/** Connections of the service to PostgreSQL. */
export const POOL_MAX = number('BENCH_POOL_MAX', 5);

/** The core that servers run on. */
export const SERVER_CORE = 0;

/** The core that the load generator runs on. */
export const LOAD_CORE = 1;
