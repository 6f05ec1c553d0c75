import { GetMetricDataCommand, type MetricDataQuery } from '@aws-sdk/client-cloudwatch';
import type { Alarm } from '../alarm.ts';
import type { Question } from '../ask.ts';
import { cloudWatch } from '../clients.ts';
import { GLOBAL_REGION } from '../settings.ts';
import { windowOf } from './window.ts';

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
    const [least, most] = [Math.min(...values), Math.max(...values)].map(round);
    return `${name} (${stat} of 5 min): ${round(last)} at last, ${least} to ${most} since an hour before the alarm`;
  });
};

const round = (value: number): number => Number(value.toPrecision(4));
