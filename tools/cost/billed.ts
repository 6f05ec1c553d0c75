/** What of an account costs by the hour or month, in the words of prices.yaml. */
import type { Resource } from '../aws-simulation/simulation.ts';
import type { Prices } from './prices.ts';

/** How many of which items, by region. */
export type Counts = Readonly<Record<string, Readonly<Record<string, number>>>>;

type Billed = readonly (readonly [item: string, count: number])[];
type Account = readonly Resource[];

/** Types that cost by something else than their number. */
const BILLED: Readonly<Record<string, (resource: Resource, account: Account) => Billed>> = {
  aws_cloudwatch_metric_alarm: ({ attributes: { metric_query = [] } }) => [
    [
      'metric of an alarm',
      metric_query.filter((query: { metric?: unknown[] }) => query.metric?.length).length || 1,
    ],
  ],
  aws_eip: () => [['public IPv4 address', 1]],
  aws_rds_cluster_instance: ({ attributes, region }, account) => {
    if (attributes.instance_class !== 'db.serverless')
      return [[`aws_rds_cluster_instance ${attributes.instance_class}`, 1]];
    const cluster = account.find(
      ({ type, id, region: place }) =>
        type === 'aws_rds_cluster' && id === attributes.cluster_identifier && place === region,
    );
    const [scaling] = cluster?.attributes.serverlessv2_scaling_configuration ?? [];
    return [['Aurora capacity unit', scaling.min_capacity]];
  },
  aws_rds_cluster: ({ attributes: { database_insights_mode } }) =>
    database_insights_mode === 'advanced' ? [['advanced Database Insights', 1]] : [],
  aws_route53_health_check: ({ attributes }) => [
    ['aws_route53_health_check', 1],
    [
      'option of a health check',
      [
        attributes.type.startsWith('HTTPS'),
        attributes.request_interval === 10,
        attributes.search_string,
        attributes.measure_latency,
      ].filter(Boolean).length,
    ],
  ],
  aws_vpc_endpoint: ({ attributes: { vpc_endpoint_type, subnet_ids } }) =>
    vpc_endpoint_type === 'Gateway' ? [] : [['interface endpoint in a zone', subnet_ids.length]],
  aws_wafv2_web_acl: ({ attributes: { rule } }) => [
    ['aws_wafv2_web_acl', 1],
    ['rule of a web ACL', rule.length],
  ],
};

/** Counts what an account is billed for while nothing is asked; other types by their own name. */
export const countBilled = (account: Account, { idle }: Pick<Prices, 'idle'>): Counts => {
  const free = new Set(idle);
  const counts: Record<string, Record<string, number>> = {};
  for (const resource of account) {
    const billed =
      BILLED[resource.type]?.(resource, account) ??
      (free.has(resource.type) ? [] : [[resource.type, 1] as const]);
    for (const [item, count] of billed) {
      if (count === 0) continue;
      counts[resource.region] ??= {};
      const here = counts[resource.region] as Record<string, number>;
      here[item] = (here[item] ?? 0) + count;
    }
  }
  return sorted(counts, (here) => sorted(here, (count) => count));
};

const sorted = <Value, Result>(
  values: Readonly<Record<string, Value>>,
  each: (value: Value) => Result,
): Record<string, Result> =>
  Object.fromEntries(
    Object.entries(values)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, value]) => [key, each(value)]),
  );
