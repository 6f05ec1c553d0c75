import type { Fetch } from '../observability/observe.ts';
import { overloaded } from './answers.ts';
import type { Draining } from './draining.ts';
import type { InFlight } from './in-flight.ts';

/**
 * Answers what is over the limit at once, and counts what is not until it is answered.
 * Every request comes through here, hence no closure, and a promise only for an answer that is one.
 */
export const withAdmission = (fetch: Fetch, inFlight: InFlight, { mark }: Draining): Fetch => {
  const leave = (response: Response): Response => {
    inFlight.leave();
    return mark(response);
  };
  return (request) => {
    if (!inFlight.enter()) return mark(overloaded());
    const answer = fetch(request);
    return answer instanceof Promise ? answer.then(leave) : leave(answer);
  };
};
