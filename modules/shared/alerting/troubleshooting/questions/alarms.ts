import {
  type AlarmType,
  type CompositeAlarm,
  DescribeAlarmsCommand,
  type DescribeAlarmsCommandInput,
  type MetricAlarm,
} from '@aws-sdk/client-cloudwatch';
import type { Alarm } from '../alarm.ts';
import { type Question, withDeadline } from '../ask.ts';
import { cloudWatch } from '../clients.ts';
import { settings } from '../settings.ts';
import { timeOf } from './window.ts';

const RINGS_MILLISECONDS = 5_000;
const BOTH_TYPES: AlarmType[] = ['MetricAlarm', 'CompositeAlarm'];

/**
 * Whether an alarm calls somebody itself. One without actions is watched by a composite alarm, which has a report of its
 * own. Who can't be asked about is taken to ring: better a report too many.
 */
export const rings = async ({ name, region }: Alarm): Promise<boolean> => {
  try {
    const [alarm] = await withDeadline(
      (signal) => describe(region, { AlarmNames: [name] }, signal),
      Math.min(RINGS_MILLISECONDS, settings().deadlineMilliseconds),
    );
    return alarm === undefined || (alarm.AlarmActions ?? []).length > 0;
  } catch {
    return true;
  }
};

/** What of a composite alarm is on, with what each is about. */
export const childrenOf = ({ name, region }: Alarm): Question => ({
  title: 'What it is made of',
  ask: async (signal) => {
    // Told of children are names and states only.
    const children = await describe(region, { ChildrenOfAlarmName: name }, signal);
    const on = children.filter(({ StateValue }) => StateValue === 'ALARM');
    const names = on.flatMap(({ AlarmName }) => AlarmName ?? []);
    if (names.length === 0) return [];
    return (await describe(region, { AlarmNames: names }, signal)).map(
      ({ AlarmName, StateReason, AlarmDescription = '' }) =>
        `${AlarmName}: ${StateReason} ${AlarmDescription}`,
    );
  },
});

/** Our other alarms that are on in a region. */
export const othersThatAreOn = (alarm: Alarm, region: string): Question => ({
  title: `Alarms that are on in ${region}`,
  ask: async (signal) =>
    (
      await describe(
        region,
        { AlarmNamePrefix: settings().alarmNamePrefix, StateValue: 'ALARM' },
        signal,
      )
    )
      .filter(({ AlarmName }) => region !== alarm.region || AlarmName !== alarm.name)
      .map(
        (other) => `${other.AlarmName} since ${timeOf(alarm, other.StateTransitionedTimestamp)}`,
      ),
});

/** Alarms of a region. */
export const describe = async (
  region: string,
  which: DescribeAlarmsCommandInput,
  abortSignal: AbortSignal,
): Promise<(MetricAlarm | CompositeAlarm)[]> => {
  const { MetricAlarms = [], CompositeAlarms = [] } = await cloudWatch(region).send(
    // Beside ChildrenOfAlarmName the API takes nothing else.
    new DescribeAlarmsCommand(
      which.ChildrenOfAlarmName ? which : { AlarmTypes: BOTH_TYPES, ...which },
    ),
    { abortSignal },
  );
  return [...CompositeAlarms, ...MetricAlarms];
};
