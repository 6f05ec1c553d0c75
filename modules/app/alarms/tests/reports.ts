import type { Resource } from '../../../../tools/aws-simulation/simulation.ts';
import { type Aws, startAws } from '../../../shared/alerting/tests/aws.ts';
import { unpackFunction } from '../../../tests/function.ts';
import { ACCOUNT_ID } from '../../../tests/root.ts';

type Attributes = Resource['attributes'];

/** The troubleshooting function, with a stand-in for AWS that knows the alarms of an account. */
export interface Reporter {
  /** The reports that come when each alarm of a region goes off by itself, by the alarm's name. */
  reportsOf(account: readonly Resource[], region: string): Promise<ReadonlyMap<string, string>>;
  stop(): Promise<void>;
}

export const startReporter = async (runbookUrl: string): Promise<Reporter> => {
  const aws = await startAws();
  const run = await unpackFunction('modules/shared/alerting/troubleshooting', {
    AWS_ENDPOINT_URL: aws.url,
    ALARM_NAME_PREFIX: 'hello-test-',
    DEADLINE_MILLISECONDS: '15000',
    RUNBOOK_URL: runbookUrl,
    SUBJECTS: JSON.stringify({ regions: {}, log_queries: {} }),
    TOPIC_ARN: `arn:aws:sns:eu-west-1:${ACCOUNT_ID}:hello-test-reports`,
  });
  return {
    reportsOf: async (account, region) => {
      const alarms = account
        .filter((resource) => /^aws_cloudwatch_(metric|composite)_alarm$/.test(resource.type))
        .filter((resource) => resource.region === region)
        .map(({ attributes }) => attributes);
      const reports = new Map<string, string>();
      for (const alarm of alarms) {
        aws.reset();
        aws.reply = knowing(alarms);
        await run.invoke(eventOf(alarm, region));
        for (const { Message } of aws.messages) reports.set(alarm.alarm_name, Message);
      }
      return reports;
    },
    stop: async () => {
      run.remove();
      await aws.stop();
    },
  };
};

/** CloudWatch's answers on alarms by name; the rest as recorded. */
const knowing =
  (alarms: readonly Attributes[]): Aws['reply'] =>
  ({ operation, input: { AlarmNames } }) => {
    if (operation !== 'DescribeAlarms' || !AlarmNames) return undefined;
    const named = alarms.filter(({ alarm_name }) => (AlarmNames as string[]).includes(alarm_name));
    return {
      CompositeAlarms: [],
      MetricAlarms: named.map(({ alarm_name, alarm_actions }) => ({
        AlarmName: alarm_name,
        AlarmActions: alarm_actions ?? [],
      })),
    };
  };

/** As EventBridge tells that an alarm goes off. */
const eventOf = (alarm: Attributes, region: string): object => ({
  id: alarm.alarm_name,
  time: '2026-11-23T10:02:10Z',
  region,
  detail: {
    alarmName: alarm.alarm_name,
    state: { value: 'ALARM', reason: 'as a test', timestamp: '2026-11-23T10:02:10.000+0000' },
    previousState: { value: 'OK' },
    configuration: {
      description: alarm.alarm_description,
      ...(alarm.alarm_rule
        ? { alarmRule: alarm.alarm_rule }
        : {
            metrics: (alarm.metric_name ? [alarm] : alarm.metric_query)
              .map(({ metric: [metric] = [alarm] }: Attributes) => metric)
              .filter((metric: Attributes | undefined) => metric?.metric_name)
              .map(
                ({ namespace, metric_name, dimensions, period, statistic, stat }: Attributes) => ({
                  metricStat: {
                    metric: { namespace, name: metric_name, dimensions },
                    ...{ period, stat: stat ?? statistic },
                  },
                }),
              ),
          }),
    },
  },
});
