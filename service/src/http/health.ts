import { Elysia } from 'elysia';
import type { Store } from '../greeting/store.ts';
import { errorResponse } from './responses.ts';
import { withTimeout } from './with-timeout.ts';

/** How long `/readyz` waits for the store. */
const PING_TIMEOUT_MILLISECONDS = 1_000;

/** How long an answer of the store counts, so that probes never load it. */
const PING_CACHE_MILLISECONDS = 1_000;

/** `/livez`: the process answers. `/readyz`: the store answers as well, and the process is to stay. */
export const healthRoutes = (store: Store, isDraining: () => boolean) => {
  const isReady = cached(async () => respondsInTime(store.ping()));
  return new Elysia({ name: 'health' })
    .get('/livez', () => ({ status: 'ok' }))
    .get('/readyz', async () => {
      if (isDraining()) return errorResponse(503, 'Draining');
      return (await isReady()) ? { status: 'ok' } : errorResponse(503, 'The store does not answer');
    });
};

const respondsInTime = async (ping: Promise<void>): Promise<boolean> =>
  (await withTimeout(
    PING_TIMEOUT_MILLISECONDS,
    ping.then(() => true),
  )) ?? false;

/** Runs `check` at most once at a time and once a {@link PING_CACHE_MILLISECONDS}. */
const cached = (check: () => Promise<boolean>): (() => Promise<boolean>) => {
  let result: Promise<boolean> | undefined;
  let expires = 0;
  return () => {
    if (!result || performance.now() >= expires) {
      expires = Number.POSITIVE_INFINITY;
      result = check().finally(() => {
        expires = performance.now() + PING_CACHE_MILLISECONDS;
      });
    }
    return result;
  };
};
