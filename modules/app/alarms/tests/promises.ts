import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Resource } from '../../../../tools/aws-simulation/simulation.ts';
import { emitterOf, isUnproven, type Metric, metricsOfDashboard } from '../../../tests/metrics.ts';
import { ringing } from './ringing.ts';

type Attributes = Resource['attributes'];

const RUNBOOKS = join(import.meta.dir, '../../../../docs/runbooks');
const RUNBOOK = /Runbook: https:\S+\/([\w-]+\.md)$/;

/** Which alarms go off together by one fault, and what then rings. */
const FAULTS: readonly (readonly [fault: string, alarms: RegExp, rings: readonly string[]])[] = [
  ['the service is down', /-(errors-\w+|no-requests|unhealthy|latency)$/, ['users']],
  ['too many requests fail for hours', /-errors-(6h|30m)$/, ['users-slowly']],
  ['requests are slow', /-latency$/, ['users-slowly']],
  ['a fault has just begun', /-errors-5m$/, []],
  ['a fault is over', /-errors-(1h|6h)$/, []],
  [
    'the database is overloaded',
    /-(database-(processor|connections|memory)|replica-lag)$/,
    ['resources'],
  ],
  ['connections out fail everywhere', /-nat-/, ['resources']],
  [
    'an overload comes to what lasts',
    /-(database-\w+|autoscaler)$/,
    ['autoscaler', 'database-storage', 'database-transactions', 'resources'],
  ],
];

/** What may be on for days. Nothing else may be silent meanwhile. */
const LASTS = /-(database-(storage|transactions)|global-lag|autoscaler|certificate-.*|dnssec-.*)$/;

/** What AWS urges to hear of where a zone is signed, and as often as it emits it, in seconds. */
const SIGNATURES = ['DNSSECInternalFailure', 'DNSSECKeySigningKeysNeedingAction'];
const SIGNATURES_PERIOD = 4 * 3600;

/** What is wrong with the alarms of a region in an account, a line each. */
export const faultsOf = (account: readonly Resource[], region: string): string[] => {
  const faults: string[] = [];
  const promise = (holds: boolean, fault: string) => void (holds || faults.push(fault));
  const all = (type: string) =>
    account
      .filter((resource) => resource.type === type && resource.region === region)
      .map(({ attributes }) => attributes);
  const metricAlarms = all('aws_cloudwatch_metric_alarm');
  const composites = all('aws_cloudwatch_composite_alarm');
  const rings = (isOn: (alarm: Attributes) => boolean) => ringing(account, region, isOn);

  for (const alarm of metricAlarms) {
    const { alarm_name: name } = alarm;
    faults.push(...faultsOfMetrics(alarm, region));
    // With all of those on that are on as well when it is: the other window, where it has one.
    const together = (other: Attributes) => twins(name, other.alarm_name);
    promise(rings(together).length === 1, `${name} rings not once`);
    for (const { alarm_name: other } of metricAlarms.filter(
      (each) => LASTS.test(each.alarm_name) && each !== alarm,
    ))
      promise(
        rings((each) => each.alarm_name === other || together(each)).length === 2,
        `while ${other} is on, ${name} rings nobody`,
      );
  }
  for (const zone of metricAlarms.flatMap(({ dimensions }) => dimensions?.HostedZoneId ?? []))
    for (const metric of SIGNATURES)
      promise(
        metricAlarms.some(
          (alarm) =>
            alarm.metric_name === metric &&
            alarm.dimensions.HostedZoneId === zone &&
            alarm.comparison_operator === 'GreaterThanOrEqualToThreshold' &&
            alarm.threshold === 1 &&
            alarm.period >= SIGNATURES_PERIOD &&
            rings((each) => each === alarm).length === 1,
        ),
        `${metric} of ${zone} rings nobody`,
      );
  for (const { alarm_name: name, alarm_description: description } of [
    ...metricAlarms,
    ...composites,
  ]) {
    const page = RUNBOOK.exec(description)?.[1];
    promise(page !== undefined && existsSync(join(RUNBOOKS, page)), `${name} has no runbook`);
    promise(description.length <= 1024, `${name} says more than CloudWatch keeps`);
  }

  for (const [fault, pattern, expected] of FAULTS) {
    const isOn = ({ alarm_name }: Attributes) => pattern.test(alarm_name);
    if (!metricAlarms.some(isOn)) continue;
    const heard = rings(isOn).map((name) => name.replace('hello-test-', ''));
    promise(Bun.deepEquals(heard, [...expected]), `when ${fault}, ${heard} rings`);
  }
  for (const { dashboard_body } of all('aws_cloudwatch_dashboard'))
    for (const metric of metricsOfDashboard(dashboard_body))
      promise(
        emitterOf(metric) !== undefined,
        `the dashboard shows ${metric.name}, which nobody emits`,
      );
  promise(all('aws_cloudwatch_dashboard').length === 1, 'there is no dashboard');
  return [...new Set(faults)];
};

/** What is wrong with an alarm's metrics and with what it makes of their data. */
const faultsOfMetrics = (alarm: Attributes, region: string): string[] => {
  const faults: string[] = [];
  const promise = (holds: boolean, fault: string) => void (holds || faults.push(fault));
  const { alarm_name: name, alarm_description: description, treat_missing_data } = alarm;
  const metrics = metricsOf(alarm, region);
  promise(
    metrics.length > 0 && metrics.every((metric) => emitterOf(metric)),
    `${name}: nobody emits its metric`,
  );
  promise(
    description.includes(`Emitted by ${metrics[0] && emitterOf(metrics[0])}.`),
    `${name} names another emitter`,
  );
  promise(
    /Without data: \S/.test(description) &&
      (treat_missing_data === 'breaching') === description.includes('Without data: rings'),
    `${name} treats missing data without a reason`,
  );
  promise(
    !metrics.some(isUnproven) ||
      (treat_missing_data === 'missing' && description.includes('Without data: unknown')),
    `${name} hides that nobody may emit its metric`,
  );
  promise(
    !alarm.extended_statistic || alarm.evaluate_low_sample_count_percentiles === 'ignore',
    `${name} goes off by a few requests`,
  );
  promise(!isByOneFailure(alarm), `${name} goes off by one failure`);
  return faults;
};

/** What rings when no metric has any data, but what was there before. */
export const ringsWithoutData = (account: readonly Resource[], region: string): string[] =>
  ringing(account, region, ({ treat_missing_data }) => treat_missing_data === 'breaching');

const metricsOf = (alarm: Attributes, region: string): Metric[] =>
  alarm.metric_name
    ? [
        {
          region,
          namespace: alarm.namespace,
          name: alarm.metric_name,
          dimensions: alarm.dimensions,
        },
      ]
    : (alarm.metric_query ?? []).flatMap(({ metric = [] }: { metric: Attributes[] }) =>
        metric.map(({ namespace, metric_name, dimensions }) => ({
          ...{ region, namespace, dimensions },
          name: metric_name,
        })),
      );

/** Requests of Route 53's checkers, some 15 of them twice a minute. */
const CHECKS_PER_MINUTE = 30;

/** Whether of as few users' requests as are counted, one that fails is more than a rate of failures allows. */
const isByOneFailure = ({ threshold, metric_query = [] }: Attributes): boolean => {
  const [guarded] = metric_query.flatMap(
    ({ expression }: Attributes) => /requests >= (\d+)/.exec(expression ?? '')?.[1] ?? [],
  );
  if (guarded === undefined) return false;
  const { period } = metric_query.find(({ id }: Attributes) => id === 'requests').metric[0];
  return 100 / (Number(guarded) - (CHECKS_PER_MINUTE * period) / 60) > threshold / 2;
};

const WINDOWS = [/-errors-(1h|5m)$/, /-errors-(6h|30m)$/];

const twins = (one: string, other: string): boolean =>
  one === other || WINDOWS.some((window) => window.test(one) && window.test(other));
