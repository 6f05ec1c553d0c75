import type { Fetch } from '../observability/observe.ts';
import { withTimeout } from './with-timeout.ts';

/** A port that is served. */
export interface Server {
  /** Such as `http://127.0.0.1:8000`. */
  readonly url: string;
  /** Accepts nothing more; resolves when every request under way is answered. */
  stop(): Promise<void>;
  /** Cuts every connection. */
  abort(): void;
}

export interface Address {
  readonly hostname: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** How long a connection may be idle before it is closed. */
  readonly idleMilliseconds: number;
  /** The response to a request for which `fetch` failed. */
  readonly onError: (error: unknown) => Response;
}

/** Serves `fetch` on an address; how is up to the runtime. */
export type Listen = (fetch: Fetch, address: Address) => Server;

/** What a server gets when those before it have used the time up: enough for one that is idle. */
const LAST_MILLISECONDS = 100;

/**
 * How long the end may take once SHUTDOWN_TIMEOUT is over: the last of the servers, the store, the traces and the log.
 * The pods' grace period is DRAIN_DELAY, SHUTDOWN_TIMEOUT, this, and something to spare.
 */
export const END_MILLISECONDS = 6_000;

/** The signals that end the process, and the status with which they do it at once: 128 and the number. */
const SIGNALS = { SIGINT: 130, SIGTERM: 143 };

export type Signal = keyof typeof SIGNALS;

/**
 * Resolves at the first SIGTERM or SIGINT; a further one ends the process at once. It does so by hand: as first process
 * of a container, a signal whose handlers are gone would be ignored.
 */
export const untilSignal = (exit: (status: number) => void = process.exit): Promise<Signal> => {
  const { promise, resolve } = Promise.withResolvers<Signal>();
  let received = false;
  for (const signal of Object.keys(SIGNALS) as Signal[])
    process.on(signal, () => {
      if (received) exit(SIGNALS[signal]);
      received = true;
      resolve(signal);
    });
  return promise;
};

/** Ends the process at SIGTERM or SIGINT, by hand as {@link untilSignal} does: nothing has to be finished. */
export const exitOnSignal = (exit: (status: number) => void = process.exit): void => {
  for (const signal of Object.keys(SIGNALS) as Signal[])
    process.on(signal, () => exit(SIGNALS[signal]));
};

/**
 * Stops servers one after the other, and cuts the connections of those that have not finished their requests when the
 * time for all of them is over.
 * @returns whether every request was answered
 */
export const stopAll = async (
  servers: readonly Server[],
  timeoutMilliseconds: number,
): Promise<boolean> => {
  const deadline = performance.now() + timeoutMilliseconds;
  let finished = true;
  for (const server of servers) {
    const stopped = server.stop().then(() => true);
    if (await withTimeout(Math.max(LAST_MILLISECONDS, deadline - performance.now()), stopped))
      continue;
    server.abort();
    finished = false;
  }
  return finished;
};
