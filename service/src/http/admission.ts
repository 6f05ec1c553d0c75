import type { Log } from '../observability/log.ts';
import type { Fetch } from '../observability/observe.ts';
import type { Draining } from './draining.ts';
import type { InFlight } from './in-flight.ts';
import { logUnexpected } from './log-errors.ts';
import { internalServerError, overloaded } from './responses.ts';

/**
 * Answers what is over the limit at once, and counts what is not until it is answered. What `fetch` throws or rejects
 * with becomes a logged 500. Every request comes through here, hence a closure and a promise only for an answer that
 * is a promise.
 */
export const withAdmission = (
  fetch: Fetch,
  inFlight: InFlight,
  { mark }: Draining,
  log: Log,
): Fetch => {
  const leave = (response: Response): Response => {
    inFlight.leave();
    return mark(response);
  };
  const fail = (error: unknown, request: Request): Response => {
    logUnexpected(error, log, request);
    return internalServerError();
  };
  return (request) => {
    if (!inFlight.enter()) return mark(overloaded());
    let response: ReturnType<Fetch>;
    try {
      response = fetch(request);
    } catch (error) {
      response = fail(error, request);
    }
    return response instanceof Promise
      ? response.then(leave, (error) => leave(fail(error, request)))
      : leave(response);
  };
};
