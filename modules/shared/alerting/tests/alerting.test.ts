import { beforeAll, expect, test } from 'bun:test';
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { startSimulation } from '../../../../tools/aws-simulation/simulation.ts';
import { packFunction } from '../../../../tools/lambda.ts';
import { may, type Role, rolesOf } from '../../../tests/permissions.ts';
import {
  type Call,
  LIMIT,
  set,
  testInterfaces,
  testLifecycle,
  testRefusals,
  without,
} from '../../../tests/prove.ts';
import { ACCOUNT_ID, callModule } from '../../../tests/root.ts';
import { testWithSources } from '../../../tests/sources.ts';
import { ANSWERS } from './answers.ts';
import { faultsOf } from './promises.ts';

const PACKAGE = join(import.meta.dir, '../troubleshooting.zip');

beforeAll(async () => {
  await Bun.write(PACKAGE, await packFunction('modules/shared/alerting/troubleshooting'));
});

const LOG_GROUP = '/aws/containerinsights/hello-test/application';

const call: Call = {
  module: 'shared/alerting',
  inputs: {
    name: 'hello-test',
    region: 'eu-west-1',
    account_id: ACCOUNT_ID,
    runbook_url: 'https://example.com/docs/runbooks',
    permissions_boundary_arn: `arn:aws:iam::${ACCOUNT_ID}:policy/boundary`,
    subscriptions: {
      pager: { topics: ['critical'], protocol: 'https', endpoint: 'https://pager.example.com/in' },
      team: {
        topics: ['critical', 'warning', 'reports'],
        protocol: 'email',
        endpoint: 'team@example.com',
      },
    },
    troubleshooting: {
      regions: {
        'eu-west-1': { cluster_name: 'hello-test', database_cluster_identifier: 'hello-test' },
        'eu-central-1': { database_cluster_identifier: 'hello-test' },
      },
      global_database_identifier: 'hello-test',
      distribution_id: 'E2EXAMPLE',
      deployment: { namespace: 'hello', name: 'hello' },
      log_queries: {
        errors: {
          log_group_name: LOG_GROUP,
          query: 'filter log_processed.level = "error" | stats count() by log_processed.message',
        },
      },
    },
  },
};

testInterfaces(call);

const SUBSCRIBED = [
  'critical https://pager.example.com/in',
  ...['critical', 'warning', 'reports'].map((topic) => `${topic} team@example.com`),
];

const policy = (statement: object) => ({ policy: JSON.stringify({ Statement: [statement] }) });
const anybody = { Effect: 'Allow', Action: 'sns:Publish', Principal: { AWS: '*' } };

testLifecycle(call, {
  faultsOf: (account) => faultsOf(account, SUBSCRIBED),
  weakenings: [
    ['a topic is missing', without(({ id }) => id.endsWith('-warning'))],
    ['a topic has no key of ours', set('aws_sns_topic', { kms_master_key_id: 'alias/aws/sns' })],
    ['others than our alarms may publish', set('aws_sns_topic_policy', policy(anybody))],
    ['an alarm can not ring', set('aws_sns_topic_policy', policy({ Effect: 'Deny' }))],
    ['messages go without TLS', set('aws_sns_topic_policy', policy(anybody))],
    [
      'alarms may not use the key of the topics, and ring nobody',
      set('aws_kms_key', policy({ Sid: 'Alarms', Action: ['kms:GenerateDataKey*'] })),
    ],
    ['not those hear who subscribed', without(({ type }) => type === 'aws_sns_topic_subscription')],
    [
      'the function is called for more or less than alarms that go off',
      set('aws_cloudwatch_event_rule', { event_pattern: '{"source":["aws.cloudwatch"]}' }),
    ],
    ['the rule calls nothing', set('aws_cloudwatch_event_target', { arn: 'arn:aws:lambda:other' })],
    ['others may call the function', set('aws_lambda_permission', { source_arn: null })],
    [
      'the environment of the function has no key of ours',
      set('aws_lambda_function', { kms_key_arn: null }),
    ],
    ['a log has no key of ours', set('aws_cloudwatch_log_group', { kms_key_id: null })],
    [
      'a report that failed is noticed by nobody',
      set('aws_lambda_function_event_invoke_config', { destination_config: [] }),
    ],
    [
      'the function may change something',
      set('aws_iam_role_policy', policy({ Action: ['rds:RebootDBInstance'], Resource: 'arn' })),
    ],
    [
      'the role is not bounded, or another account may take it',
      set('aws_iam_role', { permissions_boundary: null }),
    ],
    [
      'the role is not bounded, or another account may take it',
      set('aws_iam_role', { assume_role_policy: '{"Statement":[{}]}' }),
    ],
    [
      'the function may look everywhere',
      set('aws_iam_role_policy', policy({ Action: 'cloudwatch:DescribeAlarms', Resource: '*' })),
    ],
  ],
  change: [
    {
      log_retention_days: 30,
      runbook_url: 'https://example.com/runbooks',
      subscriptions: { pager: (call.inputs.subscriptions as { pager: object }).pager },
    },
    {
      'aws_cloudwatch_log_group.troubleshooting': 'update',
      'aws_lambda_function.troubleshooting': 'update',
      'module.topic["critical"].aws_sns_topic_subscription.this["team"]': 'delete',
      'module.topic["reports"].aws_sns_topic_subscription.this["team"]': 'delete',
      'module.topic["warning"].aws_sns_topic_subscription.this["team"]': 'delete',
    },
  ],
});

const subscription = { topics: ['critical'], protocol: 'email', endpoint: 'team@example.com' };
const refused = (changes: object) => ({ subscriptions: { one: { ...subscription, ...changes } } });

testRefusals(call, [
  [{ name: 'Hello' }, 'name is "Hello": set 2 to 32 lower-case letters'],
  [{ region: 'Ireland' }, 'region is "Ireland": set the code of a region'],
  [{ account_id: '12' }, 'account_id is "12": set the 12 digits'],
  [{ runbook_url: 'http://example.com' }, 'runbook_url is "http://example.com": set an address'],
  [refused({ topics: ['all'] }), 'subscriptions has topics ["all"]: give each one or more of'],
  [refused({ protocol: 'fax' }), 'subscriptions has ["fax team@example.com"]: set protocol email'],
  [refused({ protocol: 'sms' }), 'sms with a number such as +441234567890'],
  [
    { troubleshooting: { regions: {} } },
    'troubleshooting.regions has []: name one or more regions',
  ],
  [
    {
      troubleshooting: {
        regions: { 'eu-west-1': {} },
        log_queries: { long: { log_group_name: '/app', query: 'x'.repeat(3500) } },
      },
    },
    'bytes as JSON: shorten its queries to 3500 in all',
  ],
  [{ log_retention_days: 31 }, 'log_retention_days is 31: set a number that CloudWatch Logs'],
  [{ permissions_boundary_arn: 'boundary' }, 'set the ARN of a policy, or null'],
  [{ deletion_days: 31 }, 'deletion_days is 31: set a whole number from 7 to 30'],
]);

test(
  'without the archive of the function nothing is applied',
  async () => {
    const simulation = await startSimulation();
    try {
      const root = simulation.root({});
      cpSync(join(import.meta.dir, '..'), join(root, 'copy'), { recursive: true });
      rmSync(join(root, 'copy/troubleshooting.zip'));
      await Bun.write(
        join(root, 'main.tf.json'),
        JSON.stringify({
          provider: { aws: { region: 'eu-west-1' } },
          module: { tested: { source: './copy', ...call.inputs } },
        }),
      );
      await simulation.run(root, 'init');
      const { exitCode, stderr } = await simulation.tofu(root, 'plan');
      expect(exitCode).toBe(1);
      expect(stderr.replaceAll(/[\s│]+/g, ' ')).toContain(
        'troubleshooting.zip is missing: build it with `bun run build`',
      );
    } finally {
      await simulation.stop();
    }
  },
  LIMIT,
);

/** What the function asks of AWS, each on what it is told of, and whether it may. */
const RIGHTS: readonly (readonly [action: string, resource: string, may: boolean])[] = [
  ['cloudwatch:DescribeAlarms', '*', true],
  ['cloudwatch:GetMetricData', '*', true],
  ['cloudtrail:LookupEvents', '*', true],
  ['rds:DescribeEvents', '*', true],
  ['logs:GetQueryResults', '*', true],
  ['eks:DescribeCluster', `arn:aws:eks:eu-west-1:${ACCOUNT_ID}:cluster/hello-test`, true],
  ['eks:DescribeCluster', `arn:aws:eks:eu-west-1:${ACCOUNT_ID}:cluster/other`, false],
  ['rds:DescribeDBClusters', `arn:aws:rds:eu-central-1:${ACCOUNT_ID}:cluster:hello-test`, true],
  ['rds:DescribeDBClusters', `arn:aws:rds:eu-central-1:${ACCOUNT_ID}:cluster:other`, false],
  ['rds:DescribeGlobalClusters', `arn:aws:rds::${ACCOUNT_ID}:global-cluster:hello-test`, true],
  ['rds:RebootDBInstance', `arn:aws:rds:eu-west-1:${ACCOUNT_ID}:db:hello-test-eu-west-1a`, false],
  ['logs:StartQuery', `arn:aws:logs:eu-central-1:${ACCOUNT_ID}:log-group:${LOG_GROUP}:*`, true],
  ['logs:StartQuery', `arn:aws:logs:eu-central-1:${ACCOUNT_ID}:log-group:/other:*`, false],
  ['sns:Publish', `arn:aws:sns:eu-west-1:${ACCOUNT_ID}:hello-test-reports`, true],
  ['sns:Publish', `arn:aws:sns:eu-west-1:${ACCOUNT_ID}:hello-test-critical`, false],
];

testWithSources(
  'the function may ask what it asks, of what it is told of, and no more',
  async () => {
    const simulation = await startSimulation();
    try {
      const inputs = { ...call.inputs, permissions_boundary_arn: null };
      const root = simulation.root(callModule(call.module, inputs));
      await simulation.run(root, 'init');
      await simulation.run(root, 'apply');
      const account = await simulation.resources();
      const [role] = rolesOf(account);
      const tried = await Promise.all(
        RIGHTS.map(async ([action, resource]) => {
          const context = { 'aws:RequestedRegion': 'eu-west-1' };
          return [action, resource, await may(account, role as Role, action, resource, context)];
        }),
      );
      expect(tried).toEqual(RIGHTS.map((right) => [...right]));
      const elsewhere = { 'aws:RequestedRegion': 'ap-south-1' };
      expect(await may(account, role as Role, 'cloudtrail:LookupEvents', '*', elsewhere)).toBe(
        false,
      );
    } finally {
      await simulation.stop();
    }
  },
  LIMIT,
);

test('each call that the function makes is among its rights', () => {
  const actions = RIGHTS.filter(([, , allowed]) => allowed).map(([action]) => action.split(':')[1]);
  expect([...new Set(actions)].sort()).toEqual(Object.keys(ANSWERS).sort());
});
