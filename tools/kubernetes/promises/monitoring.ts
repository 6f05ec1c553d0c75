import { metricsRoutes } from '../../../service/src/http/metrics.ts';
import { METRICS, Metrics } from '../../../service/src/observability/metrics.ts';
import { RouteDurations } from '../../../service/src/observability/request-metrics.ts';
import { deploymentOf, type Fields, type KubernetesObject, nameOf, ofKind } from '../objects.ts';
import { type Promised, unless } from './promise.ts';

const alertsLeadOn: Promised = (objects) =>
  ofKind(objects, 'PrometheusRule').flatMap((rule) =>
    rule.spec.groups
      .flatMap(({ rules }: Fields) => rules)
      .filter(({ alert }: Fields) => alert)
      .flatMap(({ alert, labels = {}, annotations = {} }: Fields) => [
        ...unless(labels.severity, `${alert} has no severity`),
        ...unless(annotations.summary, `${alert} has no summary`),
        ...unless(
          /^https:\/\/\S+$/.test(annotations.runbook_url ?? ''),
          `${alert} leads to no runbook`,
        ),
      ]),
  );

/** The classes of status by which the service counts requests. */
const STATUSES = [100, 200, 300, 400, 500].flatMap((status) => {
  const durations = new RouteDurations('/');
  durations.observe('GET', status, 0);
  return [...durations.samples()].map(([{ status: label = '' }]) => label);
});

/** Labels that Prometheus gives to all that it scrapes. */
const TARGET_LABELS = ['namespace', 'pod', 'container', 'instance', 'job'];

/** The values that a label of a metric takes here, as far as the objects and the service say them. */
const valuesOf = (
  objects: readonly KubernetesObject[],
  metric: string,
  label: string,
): readonly string[] | undefined => {
  const { metadata, spec } = deploymentOf(objects);
  const nameOfThe = (kind: string) => ofKind(objects, kind)[0]?.metadata.name ?? metadata.name;
  const jobs = ofKind(objects, 'Job').map((job) => job.metadata.name);
  const values: Record<string, readonly string[]> = {
    container: spec.template.spec.containers.map(({ name }: Fields) => name),
    deployment: [metadata.name],
    horizontalpodautoscaler: [nameOfThe('HorizontalPodAutoscaler')],
    job: [`any-namespace/${nameOfThe('PodMonitor')}`],
    pod: [`${metadata.name}-6d4cf56db6-x7k2p`],
    ...(jobs.length > 0 && { job_name: jobs }),
    ...(metric.startsWith('http_') && { status: STATUSES }),
  };
  return values[label];
};

/** The metric that a selector of a series is about, without what a histogram adds to its name. */
const familyOf = (series: string): string => series.replace(/_(bucket|sum|count)$/, '');

/** An alert that asks for a label or a value of one that there never is keeps silent for ever. */
const alertsCanFire: Promised = (objects) =>
  expressionsOf(objects).flatMap(({ alert, expr }) =>
    [...expr.matchAll(/(\w+)\{([^}]*)\}/g)].flatMap(([, series = '', matchers = '']) =>
      [...matchers.matchAll(/(\w+)(=~?)"([^"]*)"/g)].flatMap(
        ([matcher, label = '', operator, value = '']) => {
          const family = familyOf(series);
          const labels = (METRICS as Record<string, { labels: readonly string[] }>)[family]?.labels;
          const wanted = operator === '=~' ? new RegExp(`^(?:${value})$`) : undefined;
          return [
            ...unless(
              !labels || TARGET_LABELS.includes(label) || labels.includes(label),
              `${alert}: ${family} has no label ${label}`,
            ),
            ...unless(
              valuesOf(objects, family, label)?.some((own) => wanted?.test(own) ?? own === value) ??
                true,
              `${alert}: nothing has ${matcher}`,
            ),
          ];
        },
      ),
    ),
  );

const expressionsOf = (objects: readonly KubernetesObject[]): { alert: string; expr: string }[] =>
  ofKind(objects, 'PrometheusRule').flatMap(({ spec }) =>
    spec.groups.flatMap(({ rules }: Fields) => rules),
  );

/** The paths at which the service shows its metrics. */
const METRICS_PATHS = metricsRoutes(
  new Metrics({ version: '', commit: '', droppedLogLines: () => 0, isDraining: () => false }),
).routes.map(({ path }) => path);

const scraped: Promised = (objects) =>
  ofKind(objects, 'PodMonitor').flatMap((monitor) =>
    monitor.spec.podMetricsEndpoints.flatMap(({ path, port }: Fields) => [
      ...unless(METRICS_PATHS.includes(path), `${nameOf(monitor)} asks for ${path}`),
      ...unless(port === 'management', `${nameOf(monitor)} asks port ${port}`),
    ]),
  );

export const monitoringPromises = {
  'alerts lead to runbooks': alertsLeadOn,
  'alerts ask for what there is': alertsCanFire,
  'metrics are scraped where they are': scraped,
} satisfies Record<string, Promised>;
