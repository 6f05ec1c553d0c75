import { within } from './within.ts';

/** A port that is served. */
export interface Server {
  /** Such as `http://127.0.0.1:8000`. */
  readonly url: string;
  /** Accepts nothing more; resolves when every request under way is answered. */
  stop(): Promise<void>;
}

/** How long requests under way may take once the process is told to stop. */
const SHUTDOWN_TIMEOUT_MILLISECONDS = 10_000;

/** Resolves at the first SIGTERM or SIGINT; from then on a further one ends the process at once, as by default. */
export const untilSignal = async (): Promise<NodeJS.Signals> => {
  const signals = ['SIGTERM', 'SIGINT'] as const;
  const { promise, resolve } = Promise.withResolvers<NodeJS.Signals>();
  for (const signal of signals) process.on(signal, resolve);
  const received = await promise;
  for (const signal of signals) process.off(signal, resolve);
  return received;
};

/** Stops the servers; whether all of them finished their requests within the timeout. */
export const stopAll = async (
  servers: readonly Server[],
  timeoutMilliseconds = SHUTDOWN_TIMEOUT_MILLISECONDS,
): Promise<boolean> => {
  const stopped = Promise.all(servers.map((server) => server.stop())).then(() => true);
  return (await within(timeoutMilliseconds, stopped)) ?? false;
};
