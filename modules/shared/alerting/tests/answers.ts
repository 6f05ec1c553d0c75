import type { MetricDataQuery } from '@aws-sdk/client-cloudwatch';
import type { AwsCall, Reply } from './aws.ts';

/** When the alarm of the events below went off. */
export const SINCE = new Date('2026-11-23T10:02:10.000Z');

const secondsBefore = (seconds: number): number => SINCE.getTime() / 1000 - seconds;
const TOPIC = 'arn:aws:sns:eu-west-1:123456789012:hello-test-critical';

const alarm = (name: string, reason: string) => ({
  AlarmName: name,
  AlarmDescription: `What ${name} means. Runbook: https://example.com/docs/runbooks/${name}.md`,
  StateValue: 'ALARM',
  StateReason: reason,
  StateTransitionedTimestamp: secondsBefore(60),
  AlarmActions: [TOPIC],
});

const DATABASE_PROCESSOR = {
  ...alarm('hello-test-database-processor', 'Threshold Crossed: 1 datapoint [97.1] was greater'),
  AlarmActions: [],
};

const UNHEALTHY = {
  ...alarm('hello-test-unhealthy', 'Threshold Crossed'),
  ...{ StateValue: 'OK', Namespace: 'AWS/Route53', MetricName: 'HealthCheckStatus' },
  Dimensions: [{ Name: 'HealthCheckId', Value: 'check-1' }],
};

const DNSSEC_KEYS = {
  ...alarm('hello-test-dnssec-keys', 'Threshold Crossed'),
  ...{ StateValue: 'OK', Namespace: 'AWS/Route53' },
  MetricName: 'DNSSECKeySigningKeysNeedingAction',
  Dimensions: [{ Name: 'HostedZoneId', Value: 'ZEXAMPLE' }],
};

/** What AWS answers while the writer of the database has too much to do, in the shapes of its API references. */
export const ANSWERS: Readonly<Record<string, (call: AwsCall) => Reply>> = {
  DescribeAlarms: ({ region, input }) => {
    const { AlarmNames, AlarmNamePrefix, ChildrenOfAlarmName, StateValue } = input;
    if (ChildrenOfAlarmName) {
      const { AlarmName, StateValue: state } = DATABASE_PROCESSOR;
      const quiet = { AlarmName: 'hello-test-nat', StateValue: 'OK' };
      return { MetricAlarms: [{ AlarmName, StateValue: state }, quiet], CompositeAlarms: [] };
    }
    if (StateValue)
      return region === 'us-east-1'
        ? { MetricAlarms: [], CompositeAlarms: [alarm('hello-test-users', 'a child')] }
        : { MetricAlarms: [DATABASE_PROCESSOR], CompositeAlarms: [] };
    if (AlarmNamePrefix)
      return { MetricAlarms: [DATABASE_PROCESSOR, UNHEALTHY, DNSSEC_KEYS], CompositeAlarms: [] };
    const [name] = AlarmNames as string[];
    if (name === DATABASE_PROCESSOR.AlarmName)
      return { MetricAlarms: [DATABASE_PROCESSOR], CompositeAlarms: [] };
    if (name === 'hello-test-unheard-of') return { MetricAlarms: [], CompositeAlarms: [] };
    return { MetricAlarms: [], CompositeAlarms: [alarm(String(name), 'a child')] };
  },
  GetMetricData: ({ input }) => ({
    MetricDataResults: (input.MetricDataQueries as MetricDataQuery[]).map(({ Id, MetricStat }) => ({
      Id,
      StatusCode: 'Complete',
      Timestamps: [secondsBefore(600), secondsBefore(300), secondsBefore(0)],
      Values: [11.25, 12.5, 97.123456].map(
        (value) => value * (MetricStat?.Metric?.MetricName === 'FreeableMemory' ? 2 ** 20 : 1),
      ),
    })),
  }),
  LookupEvents: () => ({
    Events: [
      {
        EventId: '1',
        EventName: 'PutImage',
        EventSource: 'ecr.amazonaws.com',
        EventTime: secondsBefore(900),
        Username: 'casey@example.com',
        Resources: [{ ResourceType: 'AWS::ECR::Repository', ResourceName: 'hello' }],
      },
      {
        EventId: '2',
        EventName: 'CreateAccessKey',
        EventSource: 'iam.amazonaws.com',
        EventTime: secondsBefore(1200),
        Username: 'casey@example.com',
        Resources: [{ ResourceType: 'AWS::IAM::User', ResourceName: 'casey' }],
      },
    ],
  }),
  DescribeDBClusters: ({ region }) => `
    <DBClusters><DBCluster><DBClusterIdentifier>hello-test</DBClusterIdentifier>
      <Status>available</Status><EngineVersion>17.7</EngineVersion>
      <DBClusterMembers>${
        region === 'eu-west-1'
          ? `<DBClusterMember><DBInstanceIdentifier>hello-test-eu-west-1a</DBInstanceIdentifier><IsClusterWriter>true</IsClusterWriter></DBClusterMember>
             <DBClusterMember><DBInstanceIdentifier>hello-test-eu-west-1b</DBInstanceIdentifier><IsClusterWriter>false</IsClusterWriter></DBClusterMember>`
          : ''
      }</DBClusterMembers>
    </DBCluster></DBClusters>`,
  DescribeEvents: ({ input: { SourceType } }) =>
    SourceType === 'db-instance'
      ? `<Events><Event><SourceIdentifier>hello-test-eu-west-1a</SourceIdentifier><SourceType>db-instance</SourceType>
           <Message>DB instance restarted</Message><Date>2026-11-23T09:58:00.000Z</Date></Event></Events>`
      : '<Events/>',
  DescribeGlobalClusters: () => `
    <GlobalClusters><GlobalClusterMember><GlobalClusterIdentifier>hello-test</GlobalClusterIdentifier><Status>available</Status>
      <GlobalClusterMembers>
        <GlobalClusterMember><DBClusterArn>arn:aws:rds:eu-west-1:123456789012:cluster:hello-test</DBClusterArn><IsWriter>true</IsWriter></GlobalClusterMember>
        <GlobalClusterMember><DBClusterArn>arn:aws:rds:eu-central-1:123456789012:cluster:hello-test</DBClusterArn><IsWriter>false</IsWriter><SynchronizationStatus>connected</SynchronizationStatus></GlobalClusterMember>
      </GlobalClusterMembers>
    </GlobalClusterMember></GlobalClusters>`,
  DescribeCluster: ({ input: { name } }) => ({
    cluster: { name, status: 'ACTIVE', version: '1.34', health: { issues: [] } },
  }),
  StartQuery: () => ({ queryId: 'query-1' }),
  GetQueryResults: () => ({
    status: 'Complete',
    results: [
      [
        { field: 'message', value: 'database unreachable' },
        { field: 'count', value: '312' },
        { field: '@ptr', value: 'opaque' },
      ],
    ],
  }),
  Publish: () => '<MessageId>message-1</MessageId>',
};

const STATE = { value: 'ALARM', timestamp: '2026-11-23T10:02:10.000+0000' };

/** An alarm on the database's processor, as EventBridge sends it. */
export const METRIC_ALARM = {
  version: '0',
  id: 'c4c1c1c9-6542-e61b-6ef0-8c4d36933a92',
  'detail-type': 'CloudWatch Alarm State Change',
  source: 'aws.cloudwatch',
  account: '123456789012',
  time: '2026-11-23T10:02:10Z',
  region: 'eu-west-1',
  resources: ['arn:aws:cloudwatch:eu-west-1:123456789012:alarm:hello-test-certificate'],
  detail: {
    alarmName: 'hello-test-certificate',
    state: { ...STATE, reason: 'Threshold Crossed: 1 datapoint [20.0] was less than 30.0.' },
    previousState: { value: 'OK', reason: '', timestamp: '2026-11-22T10:02:10.000+0000' },
    configuration: {
      description:
        'A certificate is not renewed. Runbook: https://example.com/docs/runbooks/aws-certificate.md',
      metrics: [
        {
          id: '30b6c6b2-a864-43a2-4877-c09a1afc3b87',
          metricStat: {
            metric: {
              dimensions: { CertificateArn: 'arn:aws:acm:eu-west-1:123456789012:certificate/1' },
              name: 'DaysToExpiry',
              namespace: 'AWS/CertificateManager',
            },
            period: 86400,
            stat: 'Minimum',
          },
          returnData: true,
        },
      ],
    },
  },
};

/** A composite alarm, as EventBridge sends it. */
export const COMPOSITE_ALARM = {
  ...METRIC_ALARM,
  id: 'd3dfc86d-384d-24c8-0345-9f7986db0b80',
  detail: {
    alarmName: 'hello-test-resources',
    state: {
      ...STATE,
      reason:
        'arn:aws:cloudwatch:eu-west-1:123456789012:alarm:hello-test-database-processor transitioned to ALARM',
      reasonData: '{"triggeringAlarms":[]}',
    },
    previousState: { value: 'OK', timestamp: '2026-11-22T10:02:10.000+0000' },
    configuration: {
      alarmRule: 'ALARM("hello-test-database-processor") OR ALARM("hello-test-nat")',
      description: 'Something will break. Runbook: https://example.com/docs/runbooks/aws.md',
    },
  },
};
