import { Elysia } from 'elysia';
import { WebStandardAdapter } from 'elysia/adapter/web-standard';
import { type GreetingDependencies, greetingRoutes } from './greeting/routes.ts';
import { withAdmission } from './http/admission.ts';
import { readJson } from './http/body.ts';
import { createDraining, type Draining } from './http/draining.ts';
import { handleErrors } from './http/errors.ts';
import { RESPONSE_HEADERS } from './http/headers.ts';
import { healthRoutes } from './http/health.ts';
import { createInFlight, type InFlight } from './http/in-flight.ts';
import { DEFAULT_LIMITS, type Limits } from './http/limits.ts';
import { handleOtherMethods } from './http/methods.ts';
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
  /** Path before every other of the API, such as `/greetings`; none unless told. */
  readonly basePath?: string;
  readonly limits?: Limits;
  readonly draining?: Draining;
}

/** What is observed, by the public port and for the management port. */
export interface ObservedDependencies extends Dependencies, Observers {
  readonly log: Log & Observers['log'];
  readonly metrics: Metrics;
}

/** The public API: an Elysia app that never listens. */
export const createApp = (
  { store, today, log, appName: title, version, basePath, limits = DEFAULT_LIMITS }: Dependencies,
  inFlight: InFlight = createInFlight(limits.maxRequestsInFlight),
) => {
  const { maxBodyBytes } = limits;
  const readBody = (request: Request) =>
    inFlight.whileReading(() => readJson(request, maxBodyBytes));
  return handleOtherMethods(
    edge(log, today, basePath)
      .use(greetingRoutes({ store, today, readBody }))
      .use(openApiRoutes({ title, version, basePath, maxBodyBytes })),
  );
};

/** What the management port serves, health and metrics for the platform: never refused for too many requests. */
export const createManagementFetch = ({
  store,
  today,
  log,
  metrics,
  draining = createDraining(),
}: ObservedDependencies): Fetch => {
  const app = handleOtherMethods(
    edge(log, today)
      .use(healthRoutes(store, () => draining.isDraining()))
      .use(metricsRoutes(metrics)),
  );
  return withAdmission(app.fetch, createInFlight(Number.POSITIVE_INFINITY), draining, log);
};

/** What the public port serves: the API with its limits, observed. */
export const createFetch = (dependencies: ObservedDependencies): Fetch => {
  const { limits = DEFAULT_LIMITS, draining = createDraining() } = dependencies;
  const { requests } = dependencies.metrics;
  const inFlight = createInFlight(limits.maxRequestsInFlight, () => {
    requests.refused++;
  });
  const app = createApp(dependencies, inFlight);
  const routes = new Set(app.routes.map(({ path }) => path));
  const admitted = withAdmission(app.fetch, inFlight, draining, dependencies.log);
  return observe(admitted, [...routes], dependencies);
};

const edge = (log: Log, today: () => string, prefix = '') =>
  new Elysia({
    prefix,
    // Elysia's own for Bun spells the content type of JSON otherwise than on Deno.
    adapter: WebStandardAdapter,
    normalize: false,
    // On, routing fails for a Host of fewer than four letters.
    handler: { standardHostname: false },
    // Off, Elysia builds an example of the schema for each refused request.
    allowUnsafeValidationDetails: true,
  })
    .headers(RESPONSE_HEADERS)
    .onError({ as: 'global' }, handleErrors(log, today));
