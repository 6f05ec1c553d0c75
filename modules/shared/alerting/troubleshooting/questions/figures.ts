import { GetMetricDataCommand, type MetricDataQuery } from '@aws-sdk/client-cloudwatch';
import type { Alarm } from '../alarm.ts';
import type { Question } from '../ask.ts';
import { cloudWatch } from '../clients.ts';
import { type Deployment, GLOBAL_REGION, settings } from '../settings.ts';
import { describe } from './alarms.ts';
import { timeOf, windowOf } from './window.ts';

const PERIOD_SECONDS = 300;

interface Figure {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly stat: string;
}

/** The figures that the alarm itself is made of. */
export const alarmFigures = (alarm: Alarm): Question => ({
  title: 'Its figures',
  ask: (signal) =>
    lookUp(
      alarm,
      alarm.region,
      alarm.metrics.flatMap(({ metricStat }) =>
        metricStat
          ? [
              {
                ...metricStat.metric,
                dimensions: metricStat.metric.dimensions ?? {},
                stat: metricStat.stat,
              },
            ]
          : [],
      ),
      signal,
    ),
});

/** What users get. */
export const distributionFigures = (alarm: Alarm, id: string): Question => ({
  title: `Requests through CloudFront (${id})`,
  ask: (signal) =>
    lookUp(
      alarm,
      GLOBAL_REGION,
      [
        { name: 'Requests', stat: 'Sum' },
        { name: '5xxErrorRate', stat: 'Average' },
        { name: '4xxErrorRate', stat: 'Average' },
        { name: 'OriginLatency', stat: 'p99' },
      ].map((figure) => ({
        namespace: 'AWS/CloudFront',
        dimensions: { DistributionId: id, Region: 'Global' },
        ...figure,
      })),
      signal,
    ),
});

/** How many of Route 53's checkers, who come through CloudFront, get an answer: of the check that our alarm is on. */
export const healthFigures = (alarm: Alarm): Question => ({
  title: 'Health of the origin, by Route 53',
  ask: async (signal) => {
    const ours = { AlarmNamePrefix: settings().alarmNamePrefix };
    const checks = (await describe(GLOBAL_REGION, ours, signal)).flatMap((other) =>
      'Namespace' in other && other.Namespace === 'AWS/Route53'
        ? (other.Dimensions ?? []).filter(({ Name }) => Name === 'HealthCheckId')
        : [],
    );
    return lookUp(
      alarm,
      GLOBAL_REGION,
      checks.map(({ Value = '' }) => ({
        namespace: 'AWS/Route53',
        name: 'HealthCheckPercentageHealthy',
        dimensions: { HealthCheckId: Value },
        stat: 'Minimum',
      })),
      signal,
    );
  },
});

/** How many pods of a deployment are wanted and there. */
export const deploymentFigures = (
  alarm: Alarm,
  region: string,
  cluster: string,
  { namespace, name: deployment }: Deployment,
): Question => ({
  title: `Pods of ${deployment} in ${region}`,
  ask: (signal) =>
    lookUp(
      alarm,
      region,
      [
        { name: 'replicas_desired', stat: 'Maximum' },
        { name: 'replicas_ready', stat: 'Minimum' },
        { name: 'status_replicas_unavailable', stat: 'Maximum' },
      ].map((figure) => ({
        namespace: 'ContainerInsights',
        dimensions: { ClusterName: cluster, Namespace: namespace, PodName: deployment },
        ...figure,
      })),
      signal,
    ),
});

/** Load of a database cluster, and how far who follows is behind. */
export const databaseFigures = (alarm: Alarm, region: string, cluster: string): Question => ({
  title: `Figures of database ${cluster} in ${region}`,
  ask: (signal) =>
    lookUp(
      alarm,
      region,
      [
        { name: 'CPUUtilization', stat: 'Maximum' },
        { name: 'DatabaseConnections', stat: 'Maximum' },
        { name: 'FreeableMemory', stat: 'Minimum' },
        { name: 'AuroraReplicaLagMaximum', stat: 'Maximum' },
        { name: 'AuroraGlobalDBRPOLag', stat: 'Maximum' },
      ].map((figure) => ({
        namespace: 'AWS/RDS',
        dimensions: { DBClusterIdentifier: cluster },
        ...figure,
      })),
      signal,
    ),
});

const lookUp = async (
  alarm: Alarm,
  region: string,
  figures: readonly Figure[],
  abortSignal: AbortSignal,
): Promise<string[]> => {
  const { from, until } = windowOf(alarm);
  const { MetricDataResults = [] } = await cloudWatch(region).send(
    new GetMetricDataCommand({
      StartTime: from,
      EndTime: until,
      ScanBy: 'TimestampAscending',
      MetricDataQueries: figures.map(
        ({ namespace, name, dimensions, stat }, index): MetricDataQuery => ({
          Id: `m${index}`,
          MetricStat: {
            Metric: {
              Namespace: namespace,
              MetricName: name,
              Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
            },
            Period: PERIOD_SECONDS,
            Stat: stat,
          },
        }),
      ),
    }),
    { abortSignal },
  );
  return figures.map(({ name, stat }, index) => {
    const values = MetricDataResults.find(({ Id }) => Id === `m${index}`)?.Values ?? [];
    const last = values.at(-1);
    if (last === undefined) return `${name} (${stat}): no data`;
    const [latest, least, most] = [last, Math.min(...values), Math.max(...values)].map((value) =>
      withUnit(name, value),
    );
    return `${name} (${stat} of 5 min): ${latest} at last, ${least} to ${most} since ${timeOf(alarm, from)}`;
  });
};

const MEBIBYTE = 1024 * 1024;

/** The units of AWS's lists of metrics; what isn't here is a number of something. */
const UNITS: readonly (readonly [names: RegExp, unit: string])[] = [
  [/Rate$|Utilization$|Percentage/, ' %'],
  [/Latency$|Lag/, ' ms'],
  [/^DaysToExpiry$/, ' days'],
];

const withUnit = (name: string, value: number): string =>
  /^Free/.test(name)
    ? `${round(value / MEBIBYTE)} MiB`
    : `${round(value)}${UNITS.find(([names]) => names.test(name))?.[1] ?? ''}`;

const round = (value: number): number => Number(value.toPrecision(4));
