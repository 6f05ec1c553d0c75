import { within } from './within.ts';

/** A port that is served. */
export interface Server {
  /** Such as `http://127.0.0.1:8000`. */
  readonly url: string;
  /** Accepts nothing more; resolves when every request under way is answered. */
  stop(): Promise<void>;
}

/** How long requests under way may take once the process is told to stop. */
export const SHUTDOWN_TIMEOUT_MILLISECONDS = 10_000;

/** Resolves at SIGTERM or SIGINT; a further signal ends the process at once. */
export const untilSignal = (): Promise<NodeJS.Signals> =>
  new Promise((resolve) => {
    let stopping = false;
    for (const signal of ['SIGTERM', 'SIGINT'] as const)
      process.on(signal, () => {
        if (stopping) process.exit(1);
        stopping = true;
        resolve(signal);
      });
  });

/** Stops the servers; whether all of them finished their requests within the timeout. */
export const stopAll = async (servers: readonly Server[]): Promise<boolean> => {
  const stopped = Promise.all(servers.map((server) => server.stop())).then(() => true);
  return (await within(SHUTDOWN_TIMEOUT_MILLISECONDS, stopped)) ?? false;
};
