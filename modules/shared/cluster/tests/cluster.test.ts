import {
  set,
  testInterfaces,
  testLifecycle,
  testRefusals,
  type Weakening,
  without,
} from '../../../tests/prove.ts';
import { ACCOUNT_ID } from '../../../tests/root.ts';
import { faultsOf } from './promises.ts';

const ZONES = ['a', 'b', 'c'];
const ADMINISTRATOR = `arn:aws:iam::${ACCOUNT_ID}:role/administrator`;
const ENTRIES = {
  administrators: { principal_arn: ADMINISTRATOR, policy: 'AmazonEKSClusterAdminPolicy' },
  readers: {
    principal_arn: `arn:aws:iam::${ACCOUNT_ID}:role/reader`,
    policy: 'AmazonEKSViewPolicy',
    namespaces: ['default'],
  },
};
const CALL = {
  module: 'shared/cluster',
  inputs: {
    name: 'hello-test',
    region: 'eu-west-1',
    account_id: ACCOUNT_ID,
    vpc_id: `\${aws_vpc.network.id}`,
    range: '10.16.0.0/16',
    application_subnet_ids: ZONES.map((zone) => `\${aws_subnet.${zone}.id}`),
    pods_security_group_id: `\${aws_security_group.pods.id}`,
    kubernetes_version: '1.34',
    permissions_boundary_arn: `arn:aws:iam::${ACCOUNT_ID}:policy/boundary`,
    endpoint_public_ranges: ['198.51.100.0/24'],
    access_entries: ENTRIES,
  },
  surroundings: {
    provider: { aws: { region: 'eu-west-1' } },
    resource: {
      aws_vpc: { network: { cidr_block: '10.16.0.0/16' } },
      aws_security_group: { pods: { name: 'hello-test-pods', vpc_id: `\${aws_vpc.network.id}` } },
      aws_subnet: Object.fromEntries(
        ZONES.map((zone, index) => [
          zone,
          {
            vpc_id: `\${aws_vpc.network.id}`,
            cidr_block: `10.16.${32 * index}.0/19`,
            availability_zone: `eu-west-1${zone}`,
            tags: { Name: `hello-test-application-eu-west-1${zone}` },
          },
        ]),
      ),
    },
  },
};

const CLUSTER = 'aws_eks_cluster';
const INGRESS = 'aws_vpc_security_group_ingress_rule';
const EGRESS = 'aws_vpc_security_group_egress_rule';

const setNetwork =
  (changes: object): Weakening[1] =>
  (account) => {
    const [network] = account.find(({ type }) => type === CLUSTER)?.attributes.vpc_config ?? [];
    return set(CLUSTER, { vpc_config: [{ ...network, ...changes }] })(account);
  };

const WEAKENINGS: readonly Weakening[] = [
  ['Auto Mode is off', set(CLUSTER, { compute_config: [] })],
  [
    'what starts first has no node pool',
    set(CLUSTER, { compute_config: [{ enabled: true, node_pools: ['general-purpose'] }] }),
  ],
  [
    'the nodes are in fewer than three zones',
    set('aws_subnet', { availability_zone: 'eu-west-1a' }),
  ],
  [
    'a node is outside of the application subnets',
    set('aws_subnet', { tags: { Name: 'hello-test-public-eu-west-1a' } }),
  ],
  ['the API is not reached from inside', setNetwork({ endpoint_private_access: false })],
  ['the API is open to everybody', setNetwork({ public_access_cidrs: ['0.0.0.0/0'] })],
  ['secrets have no key that is rotated', set(CLUSTER, { encryption_config: [] })],
  ['secrets have no key that is rotated', set('aws_kms_key', { enable_key_rotation: false })],
  ['the logs have no key or no end', set('aws_cloudwatch_log_group', { retention_in_days: 0 })],
  ['the logs have no key or no end', set('aws_cloudwatch_log_group', { kms_key_id: '' })],
  ['not all logs are kept', set(CLUSTER, { enabled_cluster_log_types: ['audit'] })],
  [
    'there are other ways in than entries',
    set(CLUSTER, { access_config: [{ authentication_mode: 'API_AND_CONFIG_MAP' }] }),
  ],
  [
    'an entry has no policy',
    without(
      ({ type, attributes }) =>
        type === 'aws_eks_access_policy_association' && attributes.principal_arn === ADMINISTRATOR,
    ),
  ],
  [
    'nobody administers the cluster',
    set('aws_eks_access_policy_association', {
      access_scope: [{ type: 'namespace', namespaces: ['default'] }],
    }),
  ],
  ['the cluster can be deleted by mistake', set(CLUSTER, { deletion_protection: false })],
  [
    'others than the cluster use the key of volumes',
    set('aws_kms_key', { policy: JSON.stringify({ Statement: [{ Principal: { AWS: '*' } }] }) }),
  ],
  [
    'no node starts with the key of volumes',
    (account) =>
      account.map((resource) => {
        const { policy } = resource.attributes;
        if (resource.type !== 'aws_kms_key') return resource;
        const narrowed = JSON.parse(policy);
        for (const statement of narrowed.Statement)
          statement.Condition ??= { StringEquals: { 'kms:ViaService': 'ec2.amazonaws.com' } };
        const attributes = { ...resource.attributes, policy: JSON.stringify(narrowed) };
        return { ...resource, attributes };
      }),
  ],
  [
    'hello-test-eu-west-1-cluster may be taken for another cluster',
    set('aws_iam_role', {
      assume_role_policy: JSON.stringify({
        Statement: [{ Principal: { Service: 'eks.amazonaws.com' } }],
      }),
    }),
  ],
  ['hello-test-eu-west-1-node has no boundary', set('aws_iam_role', { permissions_boundary: '' })],
  ['load balancers let in more than HTTPS from CloudFront', set(INGRESS, { from_port: 80 })],
  ['load balancers let in more than HTTPS from CloudFront', set(INGRESS, { prefix_list_id: '' })],
  ['load balancers reach more than pods', set(EGRESS, { referenced_security_group_id: '' })],
  [
    'pods let in others than load balancers, the cluster and themselves',
    set(INGRESS, { referenced_security_group_id: '' }),
  ],
  ['pods leave the network by more than HTTPS', set(EGRESS, { from_port: 1 })],
];

testLifecycle(CALL, {
  faultsOf,
  weakenings: WEAKENINGS,
  change: [
    {
      kubernetes_version: '1.35',
      node_pools: ['system', 'general-purpose'],
      endpoint_public_ranges: [],
      log_retention_days: 30,
      target_ports: [80, 8081],
    },
    {
      'aws_vpc_security_group_egress_rule.load_balancer["8081"]': 'create',
      'aws_vpc_security_group_ingress_rule.pods_from_load_balancer["8081"]': 'create',
      'module.cluster.aws_cloudwatch_log_group.this[0]': 'update',
      'module.cluster.aws_eks_cluster.this[0]': 'update',
      'module.cluster.time_sleep.this[0]': 'replace',
    },
  ],
  unprotect: { deletion_protection: false },
});

testInterfaces(CALL);

const entry = (principal_arn: string, policy = 'AmazonEKSViewPolicy') => ({
  principal_arn,
  policy,
});

testRefusals(CALL, [
  [{ name: 'Hello' }, 'name is "Hello": set 3 to 32 lower-case letters'],
  [{ region: 'Ireland' }, 'region is "Ireland": set the code of a region'],
  [{ account_id: '12' }, 'account_id is "12": set the 12 digits'],
  [{ range: '10.16.0.1/16' }, 'range is "10.16.0.1/16": set an IPv4 range by its first address'],
  [
    { application_subnet_ids: ['subnet-1', 'subnet-2'] },
    'application_subnet_ids has 2 entries: set the subnets of at least three zones',
  ],
  [{ kubernetes_version: '1.9' }, 'kubernetes_version is "1.9": set a minor version from 1.31'],
  [{ kubernetes_version: '1.30' }, 'kubernetes_version is "1.30": set a minor version from 1.31'],
  [{ support_type: 'standard' }, 'support_type is "standard": set STANDARD or EXTENDED'],
  [{ node_pools: ['system', 'spot'] }, 'set system, general-purpose or both'],
  [{ node_pools: ['general-purpose'] }, 'without system: what starts first would have no node'],
  [{ endpoint_public_ranges: ['here'] }, 'endpoint_public_ranges is ["here"]: set IPv4 ranges'],
  [{ endpoint_public_ranges: ['0.0.0.0/0'] }, 'set ranges of /16 or narrower'],
  [
    { endpoint_public_ranges: Array.from({ length: 41 }, (_, host) => `198.51.100.${host}/32`) },
    'endpoint_public_ranges has 41 entries: AWS takes 40 at most',
  ],
  [
    { access_entries: { readers: entry(ADMINISTRATOR) } },
    'access_entries has no AmazonEKSClusterAdminPolicy for the whole cluster',
  ],
  [
    {
      access_entries: {
        one: { ...entry(ADMINISTRATOR, 'AmazonEKSClusterAdminPolicy'), namespaces: ['default'] },
      },
    },
    'access_entries has no AmazonEKSClusterAdminPolicy for the whole cluster',
  ],
  [{ access_entries: { ...ENTRIES, all: entry('*') } }, 'set ARNs of IAM roles or users'],
  [
    { access_entries: { ...ENTRIES, again: entry(ADMINISTRATOR) } },
    'access_entries names a principal twice',
  ],
  [
    { access_entries: { ...ENTRIES, one: entry(`${ADMINISTRATOR}2`, 'admin') } },
    'set names of EKS',
  ],
  [{ target_ports: [0] }, 'target_ports is [0]: set one or more whole numbers'],
  [{ log_retention_days: 31 }, 'log_retention_days is 31: set a number that CloudWatch Logs knows'],
  [{ permissions_boundary_arn: 'bounds' }, 'permissions_boundary_arn is "bounds": set the ARN'],
  [{ key_deletion_days: 6 }, 'key_deletion_days is 6: set a whole number from 7 to 30'],
]);
