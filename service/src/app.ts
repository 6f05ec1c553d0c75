import { Elysia } from 'elysia';
import { type GreetingDependencies, greetingRoutes } from './greeting/routes.ts';
import { readJson } from './http/body.ts';
import { answerErrors } from './http/errors.ts';
import { healthRoutes } from './http/health.ts';
import { answerOtherMethods } from './http/methods.ts';
import { metricsRoutes } from './http/metrics.ts';
import { openApiRoutes } from './http/openapi-page.ts';
import type { Log } from './observability/log.ts';
import type { Metrics } from './observability/metrics.ts';
import { type Fetch, type Observers, observe } from './observability/observe.ts';

export interface Dependencies extends Pick<GreetingDependencies, 'store' | 'today'> {
  readonly log: Log;
  /** Title of the API documents. */
  readonly appName: string;
  /** Of the service, in the API documents. */
  readonly version: string;
}

/** What the public port takes beyond its app, and the management app beyond that. */
export interface ObservedDependencies extends Dependencies, Observers {
  readonly log: Log & Observers['log'];
  readonly metrics: Metrics;
}

/** The public API: an Elysia app that never listens. */
export const createApp = ({ store, today, log, appName, version }: Dependencies) =>
  answerOtherMethods(
    edge(log, today)
      .use(greetingRoutes({ store, today, readBody: readJson }))
      .use(openApiRoutes(appName, version)),
  );

/** The management API, health and metrics for the platform: an Elysia app that never listens. */
export const createManagementApp = ({ store, today, log, metrics }: ObservedDependencies) =>
  answerOtherMethods(edge(log, today).use(healthRoutes(store)).use(metricsRoutes(metrics)));

/** What the public port serves: the API, observed. */
export const createFetch = (dependencies: ObservedDependencies): Fetch => {
  const app = createApp(dependencies);
  const routes = new Set(app.routes.map(({ path }) => path));
  return observe(app.fetch, [...routes], dependencies);
};

const edge = (log: Log, today: () => string) =>
  new Elysia({
    normalize: false,
    // On, routing fails for a Host of fewer than four letters.
    handler: { standardHostname: false },
    // Off, Elysia builds an example of the schema for each refused request.
    allowUnsafeValidationDetails: true,
  })
    .headers({ 'cache-control': 'no-store' })
    .onError({ as: 'global' }, answerErrors(log, today));
