import {
  type Call,
  set,
  testInterfaces,
  testLifecycle,
  testRefusals,
  without,
} from '../../../tests/prove.ts';
import { ACCOUNT_ID } from '../../../tests/root.ts';
import { faultsOf } from './promises.ts';

const REGION = 'eu-west-1';

const call: Call = {
  module: 'shared/observability',
  inputs: {
    name: 'hello-test',
    region: REGION,
    account_id: ACCOUNT_ID,
    cluster_name: `\${aws_eks_cluster.this.name}`,
    nat_gateway_ids: { [`${REGION}a`]: 'nat-1', [`${REGION}b`]: 'nat-2' },
    permissions_boundary_arn: `arn:aws:iam::${ACCOUNT_ID}:policy/boundary`,
  },
  surroundings: {
    resource: {
      aws_vpc: { this: { cidr_block: '10.16.0.0/16' } },
      aws_subnet: {
        this: {
          count: 2,
          vpc_id: `\${aws_vpc.this.id}`,
          availability_zone: `\${["${REGION}a", "${REGION}b"][count.index]}`,
          cidr_block: `\${cidrsubnet("10.16.0.0/16", 8, count.index)}`,
        },
      },
      aws_iam_role: {
        cluster: {
          name: 'cluster',
          permissions_boundary: 'arn:aws:iam::123456789012:policy/boundary',
          assume_role_policy: '{"Statement":[]}',
        },
      },
      aws_eks_cluster: {
        this: {
          name: 'hello-test',
          role_arn: `\${aws_iam_role.cluster.arn}`,
          vpc_config: { subnet_ids: `\${aws_subnet.this[*].id}` },
        },
      },
    },
  },
};

testInterfaces(call);

const policy = (statement: object) => ({ policy: JSON.stringify({ Statement: [statement] }) });
const addon = (attributes: object) => set('aws_eks_addon', attributes);

testLifecycle(call, {
  faultsOf: (account) =>
    faultsOf(
      account.filter(({ id }) => id !== 'cluster'),
      REGION,
    ),
  weakenings: [
    ['an agent has no log group to write to', without(({ id }) => id.endsWith('/host'))],
    ['a log has no key of ours', set('aws_cloudwatch_log_group', { kms_key_id: null })],
    ['a log is kept for ever', set('aws_cloudwatch_log_group', { retention_in_days: 0 })],
    ['the version of the agents is left to AWS', addon({ addon_version: null })],
    ['the agents have no role', addon({ pod_identity_association: [] })],
    ['deployments have no figures', addon({ configuration_values: '{}' })],
    ['nobody ships the logs of containers', addon({ configuration_values: '{}' })],
    ['the operator runs on no node of the pool system', addon({ configuration_values: '{}' })],
    [
      'others may take the role, or it is not bounded',
      set('aws_iam_role', { permissions_boundary: null }),
    ],
    [
      'others may take the role, or it is not bounded',
      set('aws_iam_role', { assume_role_policy: '{"Statement":[{}]}' }),
    ],
    [
      'the agents may do something everywhere',
      set('aws_iam_policy', policy({ Action: 'logs:PutLogEvents', Resource: '*' })),
    ],
    [
      'the agents may make a log group without key',
      set('aws_iam_policy', policy({ Action: 'logs:CreateLogGroup', Resource: 'arn' })),
    ],
    ['there is no dashboard', without(({ type }) => type === 'aws_cloudwatch_dashboard')],
    [
      'the dashboard shows PacketsDropCount, which nobody emits',
      (account) =>
        account.map((resource) => ({
          ...resource,
          attributes: {
            ...resource.attributes,
            dashboard_body: String(resource.attributes.dashboard_body).replaceAll('NatG', 'NATG'),
          },
        })),
    ],
  ],
  change: [
    { addon_version: 'v6.4.0-eksbuild.1', log_retention_days: 30, nat_gateway_ids: {} },
    {
      'aws_eks_addon.this': 'update',
      'aws_cloudwatch_dashboard.this': 'update',
      ...Object.fromEntries(
        ['application', 'dataplane', 'host', 'performance'].map((kind) => [
          `aws_cloudwatch_log_group.this["${kind}"]`,
          'update',
        ]),
      ),
    },
  ],
});

const alone: Call = { module: call.module, inputs: { ...call.inputs, cluster_name: 'hello-test' } };

testRefusals(alone, [
  [{ name: 'Hello' }, 'name is "Hello": set 2 to 32 lower-case letters'],
  [{ region: 'Ireland' }, 'region is "Ireland": set the code of a region'],
  [{ account_id: '12' }, 'account_id is "12": set the 12 digits'],
  [{ cluster_name: 'a b' }, 'cluster_name is "a b": set the name of a cluster'],
  [{ addon_version: 'latest' }, 'addon_version is "latest": set a version from v3.1.0-eksbuild.1'],
  [{ addon_version: 'v3.0.0-eksbuild.1' }, 'addon_version is "v3.0.0-eksbuild.1": set a version'],
  [{ log_retention_days: 31 }, 'log_retention_days is 31: set a number that CloudWatch Logs'],
  [{ deletion_days: 31 }, 'deletion_days is 31: set a whole number from 7 to 30'],
  [{ permissions_boundary_arn: 'boundary' }, 'set the ARN of a policy, or null'],
]);
