import { Histogram, type Sample } from './prometheus.ts';

/** Seconds; from the fastest answers from SQLite to the timeouts of a database server. */
export const DURATION_BOUNDS = [
  0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
] as const;

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'other'];

/** The method as a label: clients may send any word as a method. */
export const methodLabel = (method: string): string =>
  METHODS.includes(method) ? method : 'other';

/** Durations of the requests of one route, by method and class of status. */
export class RouteDurations {
  readonly #byMethod = new Map(METHODS.map((method) => [method, [] as Histogram[]]));

  /** @param route the template */
  constructor(readonly route: string) {}

  /** @param method made by {@link methodLabel} */
  observe(method: string, status: number, seconds: number): void {
    const byClass = this.#byMethod.get(method) as Histogram[];
    const statusClass = Math.trunc(status / 100);
    byClass[statusClass] ??= new Histogram(DURATION_BOUNDS);
    byClass[statusClass].observe(seconds);
  }

  *samples(): Generator<Sample> {
    for (const [method, byClass] of this.#byMethod)
      for (const [status, histogram] of byClass.entries())
        if (histogram) yield [{ method, route: this.route, status: `${status}xx` }, histogram];
  }
}

/** What is measured of requests to the API. */
export class RequestMetrics {
  inFlight = 0;
  readonly #routes: RouteDurations[] = [];

  /** Durations of a further route. */
  route(route: string): RouteDurations {
    const durations = new RouteDurations(route);
    this.#routes.push(durations);
    return durations;
  }

  *samples(): Generator<Sample> {
    for (const route of this.#routes) yield* route.samples();
  }
}
