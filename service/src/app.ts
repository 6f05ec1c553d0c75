import { Elysia } from 'elysia';
import { type GreetingDependencies, greetingRoutes } from './greeting/routes.ts';
import { readJson } from './http/body.ts';
import { answerErrors } from './http/errors.ts';
import { healthRoutes } from './http/health.ts';
import { answerOtherMethods } from './http/methods.ts';
import { openApiRoutes } from './http/openapi-page.ts';
import { type Fetch, withAccessLog } from './observability/access-log.ts';
import type { Log } from './observability/log.ts';

export interface Dependencies extends Pick<GreetingDependencies, 'store' | 'today'> {
  readonly log: Log;
  /** Title of the API documents. */
  readonly appName: string;
}

/** The public API: an Elysia app that never listens. */
export const createApp = ({ store, today, log, appName }: Dependencies) =>
  answerOtherMethods(
    edge(log, today)
      .use(greetingRoutes({ store, today, readBody: readJson }))
      .use(openApiRoutes(appName)),
  );

/** The management API, health for the platform: an Elysia app that never listens. */
export const createManagementApp = ({ store, today, log }: Dependencies) =>
  answerOtherMethods(edge(log, today).use(healthRoutes(store)));

/** What the public port serves: the API and its access log. */
export const createFetch = (dependencies: Dependencies): Fetch => {
  const app = createApp(dependencies);
  const routes = new Set(app.routes.map(({ path }) => path));
  return withAccessLog(app.fetch, [...routes], dependencies.log);
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
