import type { RunningServer } from './server.ts';
import { until } from './until.ts';

/** Resolves once the service works on `count` requests: those whose header it has seen and that it hasn't answered. */
export const untilInFlight = ({ managementUrl }: RunningServer, count: number): Promise<number> =>
  until(async () => {
    const text = await (await fetch(`${managementUrl}/metrics`)).text();
    return text.includes(`\nhttp_requests_in_flight ${count}\n`);
  });
