import { Elysia } from 'elysia';
import { type GreetingDependencies, greetingRoutes } from './greeting/routes.ts';
import type { Store } from './greeting/store.ts';
import { answerErrors } from './http/errors.ts';
import { healthRoutes } from './http/health.ts';
import { openApiRoutes } from './http/openapi-page.ts';
import { type Fetch, withAccessLog } from './observability/access-log.ts';
import type { Log } from './observability/log.ts';

export interface Dependencies extends GreetingDependencies {
  readonly log: Log;
  /** Title of the API documents. */
  readonly appName: string;
}

/** The public API as an Elysia app that never listens. */
export const createApp = ({ store, today, log, appName }: Dependencies) =>
  edge(log).use(greetingRoutes({ store, today })).use(openApiRoutes(appName));

/** What serves the public port: the API with its access log. */
export const createFetch = (dependencies: Dependencies): Fetch => {
  const app = createApp(dependencies);
  const routes = [...new Set(app.routes.map(({ path }) => path))];
  return withAccessLog(app.fetch, routes, dependencies.log);
};

/** The management port: health for the platform, nothing for users. */
export const createManagementFetch = ({ store, log }: { store: Store; log: Log }): Fetch =>
  edge(log).use(healthRoutes(store)).fetch;

const edge = (log: Log) =>
  new Elysia({
    normalize: false,
    // Without it routing fails for a Host of fewer than four letters.
    handler: { standardHostname: false },
    // Off, Elysia builds an example of the schema for each refused request.
    allowUnsafeValidationDetails: true,
  })
    .headers({ 'cache-control': 'no-store' })
    .onError({ as: 'global' }, answerErrors(log));
