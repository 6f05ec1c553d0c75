import type { Resource } from '../../../../tools/aws-simulation/simulation.ts';

type Attributes = Resource['attributes'];

/** What rings when these metric alarms of a region are on and the others are not: names of alarms, as CloudWatch does. */
export const ringing = (
  account: readonly Resource[],
  region: string,
  isOn: (alarm: Attributes) => boolean,
): string[] => {
  const all = (type: string) =>
    account
      .filter((resource) => resource.type === type && resource.region === region)
      .map(({ attributes }) => attributes);
  const metricAlarms = all('aws_cloudwatch_metric_alarm');
  const composites = all('aws_cloudwatch_composite_alarm');
  const states = new Map(metricAlarms.map((alarm) => [alarm.alarm_name, isOn(alarm)]));
  for (const { alarm_name, alarm_rule } of composites)
    states.set(alarm_name, holds(alarm_rule, states));
  return [...metricAlarms, ...composites]
    .filter(({ alarm_name }) => states.get(alarm_name))
    .filter(({ alarm_actions }) => (alarm_actions ?? []).length > 0)
    .filter(({ actions_suppressor }) => !states.get(actions_suppressor?.[0]?.alarm))
    .map(({ alarm_name }) => alarm_name)
    .sort();
};

/** Whether the rule of a composite alarm holds: ALARM("…") or (ALARM("…") AND …), any of them joined by OR. */
const holds = (rule: string, states: ReadonlyMap<string, boolean>): boolean =>
  rule.split(' OR ').some((term) =>
    term
      .replace(/^\((.*)\)$/, '$1')
      .split(' AND ')
      .every((part) => {
        const state = states.get(/^ALARM\("([^"]+)"\)$/.exec(part)?.[1] ?? '');
        if (state === undefined) throw new Error(`${part} of ${rule} is no metric alarm`);
        return state;
      }),
  );
