import type { Resource } from '../../../../tools/aws-simulation/simulation.ts';

const LOGS = ['api', 'audit', 'authenticator', 'controllerManager', 'scheduler'];

/** What is wrong with the cluster in an account, a line each. */
export const faultsOf = (account: readonly Resource[]): string[] => {
  const faults: string[] = [];
  const promise = (holds: unknown, fault: string) => void (holds || faults.push(fault));
  const all = (type: string) =>
    account.filter((resource) => resource.type === type).map(({ attributes }) => attributes);
  const [cluster = {}] = all('aws_eks_cluster');
  const [network = {}] = cluster.vpc_config ?? [];
  const keyArn = cluster.encryption_config?.[0]?.provider[0].key_arn;
  const key = all('aws_kms_key').find(({ arn }) => arn === keyArn);
  const storage = all('aws_kms_key').find(({ description }) => description.startsWith('Volumes'));

  promise(cluster.compute_config?.[0]?.enabled, 'Auto Mode is off');
  promise(
    cluster.compute_config?.[0]?.node_pools.includes('system'),
    'what starts first has no node pool',
  );
  const places = all('aws_subnet').filter(({ id }) => network.subnet_ids?.includes(id));
  promise(
    new Set(places.map(({ availability_zone }) => availability_zone)).size >= 3,
    'the nodes are in fewer than three zones',
  );
  promise(
    places.every(({ tags }) => tags?.Name.includes('-application-')),
    'a node is outside of the application subnets',
  );
  promise(network.endpoint_private_access, 'the API is not reached from inside');
  promise(
    !network.endpoint_public_access ||
      network.public_access_cidrs.every((range: string) => Number(range.split('/')[1]) >= 16),
    'the API is open to everybody',
  );
  promise(
    cluster.encryption_config?.[0]?.resources.includes('secrets') && key?.enable_key_rotation,
    'secrets have no key that is rotated',
  );
  const group = all('aws_cloudwatch_log_group').find(
    ({ name }) => name === `/aws/eks/${cluster.name}/cluster`,
  );
  promise(
    group && group.kms_key_id === key?.arn && group.retention_in_days > 0,
    'the logs have no key or no end',
  );
  promise(
    LOGS.every((log) => cluster.enabled_cluster_log_types?.includes(log)),
    'not all logs are kept',
  );
  promise(
    cluster.access_config?.[0]?.authentication_mode === 'API' &&
      cluster.access_config[0].bootstrap_cluster_creator_admin_permissions === false,
    'there are other ways in than entries',
  );
  promise(
    all('aws_eks_access_entry').every(({ principal_arn }) =>
      all('aws_eks_access_policy_association').some((each) => each.principal_arn === principal_arn),
    ),
    'an entry has no policy',
  );
  promise(
    all('aws_eks_access_policy_association').some(
      ({ policy_arn, access_scope }) =>
        policy_arn.endsWith('/AmazonEKSClusterAdminPolicy') && access_scope[0].type === 'cluster',
    ),
    'nobody administers the cluster',
  );
  promise(cluster.deletion_protection, 'the cluster can be deleted by mistake');
  promise(
    storage?.enable_key_rotation &&
      JSON.parse(storage.policy).Statement.every(
        ({ Principal: { AWS } }: { Principal: { AWS: string } }) =>
          AWS === cluster.role_arn || AWS.endsWith(':root'),
      ),
    'others than the cluster use the key of volumes',
  );
  // As https://docs.aws.amazon.com/eks/latest/userguide/auto-kms.html has it: on the use no condition, on grants one.
  const volumes = (action: string) =>
    JSON.parse(storage?.policy ?? '{"Statement":[]}').Statement.find(
      ({ Principal, Action }: { Principal: { AWS: string }; Action: string[] }) =>
        Principal.AWS === cluster.role_arn && Action.includes(action),
    );
  promise(
    volumes('kms:GenerateDataKey*')?.Condition === undefined &&
      Bun.deepEquals(volumes('kms:CreateGrant')?.Condition, {
        Bool: { 'kms:GrantIsForAWSResource': 'true' },
      }),
    'no node starts with the key of volumes',
  );
  for (const { name, assume_role_policy, permissions_boundary } of all('aws_iam_role')) {
    promise(permissions_boundary, `${name} has no boundary`);
    const [{ Principal, Condition }] = JSON.parse(assume_role_policy).Statement;
    promise(
      Principal.Service === 'ec2.amazonaws.com' ||
        Condition?.ArnEquals?.['aws:SourceArn'] === cluster.arn,
      `${name} may be taken for another cluster`,
    );
  }

  const groupNamed = (end: string) =>
    all('aws_security_group').find(({ name }) => name.endsWith(end))?.id;
  const balancers = groupNamed('-load-balancer');
  const pods = groupNamed('-pods');
  const into = (id: string) =>
    all('aws_vpc_security_group_ingress_rule').filter((rule) => rule.security_group_id === id);
  const from = (id: string) =>
    all('aws_vpc_security_group_egress_rule').filter((rule) => rule.security_group_id === id);
  promise(
    into(balancers).length > 0 &&
      into(balancers).every(
        ({ prefix_list_id, from_port, to_port }) =>
          prefix_list_id && from_port === 443 && to_port === 443,
      ),
    'load balancers let in more than HTTPS from CloudFront',
  );
  promise(
    from(balancers).length > 0 &&
      from(balancers).every((rule) => rule.referenced_security_group_id === pods),
    'load balancers reach more than pods',
  );
  const known = [balancers, pods, network.cluster_security_group_id];
  promise(
    into(pods).every((rule) => known.includes(rule.referenced_security_group_id)),
    'pods let in others than load balancers, the cluster and themselves',
  );
  promise(
    from(pods).every(
      ({ cidr_ipv4, from_port, to_port }) =>
        cidr_ipv4 !== '0.0.0.0/0' || (from_port === 443 && to_port === 443),
    ),
    'pods leave the network by more than HTTPS',
  );
  return faults;
};
