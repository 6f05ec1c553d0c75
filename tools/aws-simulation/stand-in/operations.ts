/** What each call does on the simulated account. What it takes and answers is checked and shaped by botocore's model. */
import { type Account, type Attributes, ServiceError, type Stored } from './account.ts';

type Input = Record<string, string & string[]>;
type Operation = (input: Input, account: Account) => unknown;

/** A call that lists resources: which type, in what member of the answer, chosen by which argument. */
interface Listing {
  type: string;
  answer: string;
  /** Argument with one ID or several, if any. */
  by?: string;
  /** Error code where an ID that was asked for isn't there. */
  missing?: string;
  region?: string;
  /** The attributes under the names of the API; the rest is found by the API's name in snake case. */
  describe: (resource: Stored, account: Account) => Attributes;
}

const tags = ({ attributes }: Stored) =>
  Object.entries(attributes.tags_all ?? {}).map(([Key, Value]) => ({ Key, Value }));

const members = (cluster: Stored, account: Account) =>
  account
    .find('aws_rds_cluster_instance', cluster.region)
    .filter(({ attributes }) => attributes.cluster_identifier === cluster.id);

const LISTINGS: Record<string, Listing> = {
  'rds.DescribeDBClusters': {
    type: 'aws_rds_cluster',
    answer: 'DBClusters',
    by: 'DBClusterIdentifier',
    missing: 'DBClusterNotFoundFault',
    describe: (r, account) => ({
      DBClusterIdentifier: r.id,
      DBClusterArn: r.attributes.arn,
      Status: 'available',
      Endpoint: r.attributes.endpoint,
      ReaderEndpoint: r.attributes.reader_endpoint,
      Engine: r.attributes.engine,
      EngineVersion: r.attributes.engine_version,
      GlobalClusterIdentifier: r.attributes.global_cluster_identifier,
      KmsKeyId: r.attributes.kms_key_id,
      DeletionProtection: r.attributes.deletion_protection ?? false,
      TagList: tags(r),
      DBClusterMembers: members(r, account).map(({ id, attributes }) => ({
        DBInstanceIdentifier: id,
        IsClusterWriter: attributes.writer,
        PromotionTier: attributes.promotion_tier,
      })),
    }),
  },
  'rds.DescribeDBInstances': {
    type: 'aws_rds_cluster_instance',
    answer: 'DBInstances',
    by: 'DBInstanceIdentifier',
    missing: 'DBInstanceNotFound',
    describe: (r) => ({
      DBInstanceIdentifier: r.id,
      DBInstanceArn: r.attributes.arn,
      DBInstanceStatus: 'available',
      DBInstanceClass: r.attributes.instance_class,
      DBClusterIdentifier: r.attributes.cluster_identifier,
      AvailabilityZone: r.attributes.availability_zone,
      Engine: r.attributes.engine,
      Endpoint: { Address: r.attributes.endpoint, Port: r.attributes.port },
      TagList: tags(r),
    }),
  },
  'rds.DescribeGlobalClusters': {
    type: 'aws_rds_global_cluster',
    region: 'global',
    answer: 'GlobalClusters',
    by: 'GlobalClusterIdentifier',
    missing: 'GlobalClusterNotFoundFault',
    describe: (r) => ({
      GlobalClusterIdentifier: r.id,
      GlobalClusterArn: r.attributes.arn,
      Status: 'available',
      Engine: r.attributes.engine,
      EngineVersion: r.attributes.engine_version,
      StorageEncrypted: r.attributes.storage_encrypted,
      GlobalClusterMembers: r.attributes.global_cluster_members.map((member: Attributes) => ({
        DBClusterArn: member.db_cluster_arn,
        IsWriter: member.is_writer,
        Readers: member.readers,
      })),
    }),
  },
  'rds.DescribeDBClusterSnapshots': {
    type: 'aws_db_cluster_snapshot',
    answer: 'DBClusterSnapshots',
    by: 'DBClusterSnapshotIdentifier',
    missing: 'DBClusterSnapshotNotFoundFault',
    describe: (r) => ({
      DBClusterSnapshotIdentifier: r.id,
      DBClusterIdentifier: r.attributes.db_cluster_identifier,
      Status: 'available',
      SnapshotType: 'manual',
    }),
  },
  'ec2.DescribeVpcs': {
    type: 'aws_vpc',
    answer: 'Vpcs',
    by: 'VpcIds',
    missing: 'InvalidVpcID.NotFound',
    describe: (r) => ({ VpcId: r.id, CidrBlock: r.attributes.cidr_block, Tags: tags(r) }),
  },
  'ec2.DescribeSubnets': {
    type: 'aws_subnet',
    answer: 'Subnets',
    by: 'SubnetIds',
    missing: 'InvalidSubnetID.NotFound',
    describe: (r) => ({
      SubnetId: r.id,
      VpcId: r.attributes.vpc_id,
      CidrBlock: r.attributes.cidr_block,
      AvailabilityZone: r.attributes.availability_zone,
      Tags: tags(r),
    }),
  },
  'ec2.DescribeSecurityGroups': {
    type: 'aws_security_group',
    answer: 'SecurityGroups',
    by: 'GroupIds',
    missing: 'InvalidGroup.NotFound',
    describe: (r) => ({
      GroupId: r.id,
      GroupName: r.attributes.name,
      VpcId: r.attributes.vpc_id,
      Tags: tags(r),
    }),
  },
  'ec2.DescribeNetworkInterfaces': {
    type: 'aws_network_interface',
    answer: 'NetworkInterfaces',
    by: 'NetworkInterfaceIds',
    missing: 'InvalidNetworkInterfaceID.NotFound',
    describe: (r) => ({
      NetworkInterfaceId: r.id,
      SubnetId: r.attributes.subnet_id,
      VpcId: r.attributes.vpc_id,
      Status: 'available',
    }),
  },
  'ec2.DescribeVolumes': {
    type: 'aws_ebs_volume',
    answer: 'Volumes',
    by: 'VolumeIds',
    missing: 'InvalidVolume.NotFound',
    describe: (r) => ({
      VolumeId: r.id,
      AvailabilityZone: r.attributes.availability_zone,
      Size: r.attributes.size,
      State: 'available',
      Tags: tags(r),
    }),
  },
  'elbv2.DescribeLoadBalancers': {
    type: 'aws_lb',
    answer: 'LoadBalancers',
    by: 'LoadBalancerArns',
    missing: 'LoadBalancerNotFound',
    describe: (r) => ({
      LoadBalancerArn: r.id,
      LoadBalancerName: r.attributes.name,
      VpcId: r.attributes.vpc_id,
      SecurityGroups: r.attributes.security_groups,
    }),
  },
  'logs.DescribeLogGroups': {
    type: 'aws_cloudwatch_log_group',
    answer: 'logGroups',
    describe: (r) => ({
      logGroupName: r.id,
      arn: r.attributes.arn,
      retentionInDays: r.attributes.retention_in_days,
      kmsKeyId: r.attributes.kms_key_id,
    }),
  },
};

/** The filter names of EC2 that runbooks use, and the member that each is about. */
const FILTERS: Record<string, string> = {
  'vpc-id': 'VpcId',
  'subnet-id': 'SubnetId',
  'group-name': 'GroupName',
  'availability-zone': 'AvailabilityZone',
};

function list(operation: string, listing: Listing, input: Input, account: Account): unknown {
  const asked = listing.by ? [input[listing.by] ?? []].flat() : [];
  const found = account
    .find(listing.type, listing.region)
    .filter(
      ({ id, attributes }) =>
        asked.length === 0 || asked.includes(id) || asked.includes(attributes.arn),
    )
    .map((resource) => listing.describe(resource, account))
    .filter((described) =>
      (input.Filters ?? []).every((filter) => passes(filter as unknown as Attributes, described)),
    );
  if (found.length < asked.length) {
    throw new ServiceError(
      listing.missing ?? 'NotFound',
      operation,
      `${asked.join(', ')} not found.`,
    );
  }
  return { [listing.answer]: found };
}

function passes({ Name, Values }: Attributes, described: Attributes): boolean {
  const values = [Values].flat();
  if (Name.startsWith('tag:')) {
    return described.Tags?.some(
      ({ Key, Value }: Attributes) => `tag:${Key}` === Name && values.includes(Value),
    );
  }
  const member = FILTERS[Name];
  if (!member)
    throw new Error(`the simulation knows no filter ${Name}: add it to stand-in/operations.ts`);
  return values.includes(described[member]);
}

/** The one resource with an ID or ARN, or the error that AWS has for it. */
function one(
  account: Account,
  type: string,
  name: string | undefined,
  operation: string,
  code: string,
  region?: string,
): Stored {
  const found = account
    .find(type, region)
    .find(({ id, attributes }) => [id, attributes.arn, attributes.name].includes(name));
  if (!found) throw new ServiceError(code, operation, `${name} not found.`);
  return found;
}

/** Deletes a resource, and what AWS made along with it. */
const remove =
  (operation: string, type: string, argument: string, code: string): Operation =>
  (input, account) => {
    const resource = one(account, type, input[argument], operation, code);
    for (const child of account.find('*').filter(({ made_by }) => made_by === resource.id))
      account.remove(child);
    account.remove(resource);
  };

/** A name as Route 53 answers it. */
const withDot = (name: string) => name.replace(/\.?$/, '.');

/** Labels from the last on: the order that Route 53 has names in. */
const reversed = (name: string) => name.split('.').toReversed().join('.');

const recordsOf = (account: Account, zone: string, operation: string): Stored[] => {
  const { id } = one(account, 'aws_route53_zone', zone, operation, 'NoSuchHostedZone', 'global');
  return account.find('aws_route53_record', 'global').filter((r) => r.attributes.zone_id === id);
};

const globalCluster = (input: Input, account: Account, operation: string) =>
  one(
    account,
    'aws_rds_global_cluster',
    input.GlobalClusterIdentifier,
    operation,
    'GlobalClusterNotFoundFault',
    'global',
  );

/** Makes another member the writer. Failing over doesn't ask the region that may be lost; switching over needs both. */
const promote =
  (operation: string): Operation =>
  (input, account) => {
    const global = globalCluster(input, account, operation);
    const target = input.TargetDbClusterIdentifier;
    const member = global.attributes.global_cluster_members.find(
      (m: Attributes) => m.db_cluster_arn === target,
    );
    if (!member)
      throw new ServiceError(
        'DBClusterNotFoundFault',
        operation,
        `${target} is no member of ${global.id}; name it by ARN.`,
      );
    if (member.is_writer)
      throw new ServiceError(
        'InvalidDBClusterStateFault',
        operation,
        `${target} is the primary already.`,
      );
    if (operation === 'rds.FailoverGlobalCluster' && !input.AllowDataLoss && !input.Switchover) {
      throw new ServiceError(
        'InvalidParameterCombination',
        operation,
        'Specify AllowDataLoss or Switchover.',
      );
    }
    const cluster = one(
      account,
      'aws_rds_cluster',
      target,
      operation,
      'DBClusterNotFoundFault',
      '*',
    );
    if (members(cluster, account).length === 0) {
      throw new ServiceError(
        'InvalidDBClusterStateFault',
        operation,
        `${target} has no DB instance.`,
      );
    }
    for (const m of global.attributes.global_cluster_members) m.is_writer = m === member;
    account.put(global);
    return { GlobalCluster: LISTINGS['rds.DescribeGlobalClusters']?.describe(global, account) };
  };

const OPERATIONS: Record<string, Operation> = {
  'sts.GetCallerIdentity': (_, account) => ({
    Account: account.id,
    Arn: `arn:aws:iam::${account.id}:user/simulation`,
    UserId: 'AIDASIMULATION',
  }),
  'eks.DescribeCluster': ({ name }, account) => {
    const { id, attributes } = one(
      account,
      'aws_eks_cluster',
      name,
      'eks.DescribeCluster',
      'ResourceNotFoundException',
    );
    return {
      cluster: {
        name: id,
        arn: attributes.arn,
        endpoint: attributes.endpoint,
        version: attributes.version,
        status: 'ACTIVE',
      },
    };
  },
  // The account keeps no record of what was asked.
  'cloudtrail.LookupEvents': () => ({ Events: [] }),
  'iam.PutRolePolicy': ({ RoleName, PolicyName, PolicyDocument }, account) => {
    const { attributes } = role(account, RoleName, 'iam.PutRolePolicy');
    account.put({
      ...{ type: 'aws_iam_role_policy', id: `${attributes.name}:${PolicyName}`, region: 'global' },
      attributes: { role: attributes.name, name: PolicyName, policy: PolicyDocument },
    });
  },
  'iam.DeleteRolePolicy': ({ RoleName, PolicyName }, account) => {
    const { attributes } = role(account, RoleName, 'iam.DeleteRolePolicy');
    const id = `${attributes.name}:${PolicyName}`;
    account.remove(
      one(account, 'aws_iam_role_policy', id, 'iam.DeleteRolePolicy', 'NoSuchEntity', 'global'),
    );
  },
  // Who pushes images is not simulated: they are there as a test put them.
  'ecr.DescribeImages': ({ repositoryName }, account) => ({
    imageDetails: imagesOf(account, repositoryName).map(({ id, attributes }) => ({
      ...{ repositoryName, imageDigest: id, imageTags: attributes.tags },
      imagePushedAt: attributes.pushed_at,
    })),
  }),
  'ecr.BatchDeleteImage': ({ repositoryName, imageIds = [] }, account) => {
    const wanted = imageIds as unknown as { imageDigest?: string }[];
    const found = imagesOf(account, repositoryName).filter(({ id }) =>
      wanted.some(({ imageDigest }) => imageDigest === id),
    );
    for (const image of found) account.remove(image);
    return {
      imageIds: found.map(({ id }) => ({ imageDigest: id })),
      failures: wanted
        .filter(({ imageDigest }) => !found.some(({ id }) => id === imageDigest))
        .map((imageId) => ({ imageId, failureCode: 'ImageNotFound' })),
    };
  },
  'ec2.DeleteSecurityGroup': remove(
    'ec2.DeleteSecurityGroup',
    'aws_security_group',
    'GroupId',
    'InvalidGroup.NotFound',
  ),
  'ec2.DeleteNetworkInterface': remove(
    'ec2.DeleteNetworkInterface',
    'aws_network_interface',
    'NetworkInterfaceId',
    'InvalidNetworkInterfaceID.NotFound',
  ),
  'ec2.DeleteVolume': remove(
    'ec2.DeleteVolume',
    'aws_ebs_volume',
    'VolumeId',
    'InvalidVolume.NotFound',
  ),
  'elbv2.DeleteLoadBalancer': remove(
    'elbv2.DeleteLoadBalancer',
    'aws_lb',
    'LoadBalancerArn',
    'LoadBalancerNotFound',
  ),
  'logs.DeleteLogGroup': remove(
    'logs.DeleteLogGroup',
    'aws_cloudwatch_log_group',
    'logGroupName',
    'ResourceNotFoundException',
  ),
  'rds.DeleteDBClusterSnapshot': remove(
    'rds.DeleteDBClusterSnapshot',
    'aws_db_cluster_snapshot',
    'DBClusterSnapshotIdentifier',
    'DBClusterSnapshotNotFoundFault',
  ),
  'rds.DeleteDBInstance': remove(
    'rds.DeleteDBInstance',
    'aws_rds_cluster_instance',
    'DBInstanceIdentifier',
    'DBInstanceNotFound',
  ),
  'rds.FailoverGlobalCluster': promote('rds.FailoverGlobalCluster'),
  'rds.SwitchoverGlobalCluster': promote('rds.SwitchoverGlobalCluster'),
  'rds.CreateDBInstance': (input, account) => {
    const operation = 'rds.CreateDBInstance';
    const cluster = one(
      account,
      'aws_rds_cluster',
      input.DBClusterIdentifier,
      operation,
      'DBClusterNotFoundFault',
    );
    const id = input.DBInstanceIdentifier as string;
    if (account.find('aws_rds_cluster_instance').some((instance) => instance.id === id)) {
      throw new ServiceError('DBInstanceAlreadyExists', operation, 'DB instance already exists');
    }
    if (input.Engine !== cluster.attributes.engine) {
      throw new ServiceError(
        'InvalidParameterCombination',
        operation,
        `The engine must be the cluster's, ${cluster.attributes.engine}`,
      );
    }
    // What the call doesn't say is as in an instance of the same global database, if there is one.
    const like = account.find('aws_rds_cluster_instance', '*')[0]?.attributes ?? {};
    const attributes: Attributes = {
      ...like,
      id,
      identifier: id,
      identifier_prefix: '',
      region: account.region,
      cluster_identifier: cluster.id,
      arn: `arn:aws:rds:${account.region}:${account.id}:db:${id}`,
      endpoint: `${id}.${account.region}.rds.amazonaws.com`,
      instance_class: input.DBInstanceClass,
      engine: input.Engine,
      engine_version: cluster.attributes.engine_version,
      db_subnet_group_name: cluster.attributes.db_subnet_group_name,
      kms_key_id: cluster.attributes.kms_key_id,
      availability_zone:
        input.AvailabilityZone ??
        cluster.attributes.availability_zones?.[members(cluster, account).length % 3],
      promotion_tier: input.PromotionTier ?? 1,
      writer: members(cluster, account).length === 0,
      tags: {},
      tags_all: {},
    };
    const instance = { type: 'aws_rds_cluster_instance', id, region: account.region, attributes };
    account.put(instance);
    return { DBInstance: LISTINGS['rds.DescribeDBInstances']?.describe(instance, account) };
  },
  'rds.ModifyDBCluster': (input, account) => {
    const cluster = one(
      account,
      'aws_rds_cluster',
      input.DBClusterIdentifier,
      'rds.ModifyDBCluster',
      'DBClusterNotFoundFault',
    );
    const { DBClusterIdentifier, ApplyImmediately, ...changes } = input;
    for (const [member, value] of Object.entries(changes)) {
      const argument = member.replace(/([a-z])([A-Z])/g, '$1_$2').toLowerCase();
      if (!(argument in cluster.attributes))
        throw new Error(`the simulation can't modify ${member}`);
      cluster.attributes[argument] = value;
    }
    account.put(cluster);
    return { DBCluster: LISTINGS['rds.DescribeDBClusters']?.describe(cluster, account) };
  },
  'rds.RemoveFromGlobalCluster': (input, account) => {
    const operation = 'rds.RemoveFromGlobalCluster';
    const global = globalCluster(input, account, operation);
    const cluster = one(
      account,
      'aws_rds_cluster',
      input.DbClusterIdentifier,
      operation,
      'DBClusterNotFoundFault',
      '*',
    );
    const rest = global.attributes.global_cluster_members.filter(
      (m: Attributes) => m.db_cluster_arn !== cluster.attributes.arn,
    );
    account.put({ ...global, attributes: { ...global.attributes, global_cluster_members: rest } });
    account.put({
      ...cluster,
      attributes: { ...cluster.attributes, global_cluster_identifier: '' },
    });
    return {
      GlobalCluster: LISTINGS['rds.DescribeGlobalClusters']?.describe(
        { ...global, attributes: { ...global.attributes, global_cluster_members: rest } },
        account,
      ),
    };
  },
  'route53.ListHostedZonesByName': ({ DNSName = '', MaxItems = '100' }, account) => {
    const zones = account
      .find('aws_route53_zone', 'global')
      .map(({ id, attributes }) => ({
        Id: `/hostedzone/${id}`,
        Name: withDot(attributes.name),
        CallerReference: id,
      }))
      // By name from the one that is asked for on, whether that is there or not.
      .filter(({ Name }) => reversed(Name) >= reversed(withDot(DNSName)))
      .sort((x, y) => (reversed(x.Name) < reversed(y.Name) ? -1 : 1));
    const HostedZones = zones.slice(0, Number(MaxItems));
    return { HostedZones, IsTruncated: HostedZones.length < zones.length, MaxItems };
  },
  'route53.ListResourceRecordSets': ({ HostedZoneId = '' }, account) => ({
    ResourceRecordSets: recordsOf(account, HostedZoneId, 'route53.ListResourceRecordSets').map(
      ({ attributes }) => ({
        Name: withDot(attributes.name),
        Type: attributes.type,
        TTL: attributes.ttl,
        ResourceRecords: attributes.records?.map((Value: string) => ({ Value })),
        AliasTarget: attributes.alias?.map((alias: Attributes) => ({
          HostedZoneId: alias.zone_id,
          DNSName: withDot(alias.name),
          EvaluateTargetHealth: alias.evaluate_target_health,
        }))[0],
      }),
    ),
    IsTruncated: false,
    MaxItems: '300',
  }),
  'route53.ChangeResourceRecordSets': ({ HostedZoneId = '', ChangeBatch }, account) => {
    const operation = 'route53.ChangeResourceRecordSets';
    const records = recordsOf(account, HostedZoneId, operation);
    const { Changes } = ChangeBatch as unknown as { Changes: Attributes[] };
    const gone = Changes.map(({ Action, ResourceRecordSet: { Name, Type } }) => {
      if (Action !== 'DELETE') throw new Error(`the simulation can't ${Action} records`);
      const record = records.find(
        ({ attributes }) => withDot(attributes.name) === Name && attributes.type === Type,
      );
      if (!record)
        throw new ServiceError(
          'InvalidChangeBatch',
          operation,
          `Tried to delete resource record set [name='${Name}', type='${Type}'] but it was not found`,
        );
      return record;
    });
    for (const record of gone) account.remove(record);
    return { ChangeInfo: { Id: '/change/C1', Status: 'PENDING' } };
  },
  'resourcegroupstaggingapi.GetResources': ({ TagFilters = [] }, account) => ({
    ResourceTagMappingList: account
      .find('*', account.region === 'us-east-1' ? '{us-east-1,global}' : account.region)
      .filter(({ attributes }) => attributes.arn && attributes.tags_all)
      .map((resource) => ({ ResourceARN: resource.attributes.arn, Tags: tags(resource) }))
      .filter((described) =>
        (TagFilters as unknown as { Key: string; Values: string[] }[]).every(({ Key, Values }) =>
          passes({ Name: `tag:${Key}`, Values }, described),
        ),
      ),
  }),
  'secretsmanager.DescribeSecret': ({ SecretId }, account) => {
    const { id, attributes, made_by } = secret(account, SecretId, 'secretsmanager.DescribeSecret');
    return {
      ARN: id,
      Name: attributes.name,
      KmsKeyId: attributes.kms_key_id,
      PrimaryRegion: made_by?.split(':')[3],
      ReplicationStatus: account
        .find('aws_secretsmanager_secret', '*')
        .filter((copy) => copy.made_by === id)
        .map(({ region, attributes: { kms_key_id } }) => ({
          ...{ Region: region, KmsKeyId: kms_key_id, Status: 'InSync' },
        })),
    };
  },
  'secretsmanager.GetSecretValue': ({ SecretId }, account) => {
    const operation = 'secretsmanager.GetSecretValue';
    const { id, attributes, made_by } = secret(account, SecretId, operation);
    const versions = account.find('aws_secretsmanager_secret_version', '*');
    // Of a replica the version is its primary's.
    const version = versions.find(
      (v) =>
        [id, made_by].includes(v.attributes.arn) &&
        v.attributes.version_stages.includes('AWSCURRENT'),
    );
    if (!version)
      throw new ServiceError(
        'ResourceNotFoundException',
        operation,
        "Secrets Manager can't find the specified secret value for staging label: AWSCURRENT",
      );
    const SecretString = version.write_only?.secret_string_wo ?? version.attributes.secret_string;
    return {
      ARN: id,
      Name: attributes.name,
      VersionId: version.attributes.version_id,
      SecretString,
      VersionStages: ['AWSCURRENT'],
    };
  },
  'secretsmanager.ReplicateSecretToRegions': (
    { SecretId, AddReplicaRegions, ForceOverwriteReplicaSecret },
    account,
  ) => {
    const operation = 'secretsmanager.ReplicateSecretToRegions';
    const primary = secret(account, SecretId, operation);
    if (primary.made_by)
      throw new ServiceError('InvalidRequestException', operation, 'The secret is a replica.');
    const replicas = (AddReplicaRegions ?? []) as readonly { Region: string; KmsKeyId: string }[];
    const ReplicationStatus = replicas.map(({ Region, KmsKeyId }) => {
      const present = account
        .find(primary.type, Region)
        .find(({ attributes }) => attributes.name === primary.attributes.name);
      // Nor is a copy of another's replaced.
      const isCopyOfAnother = present?.made_by && present.made_by !== primary.id;
      if (isCopyOfAnother || (present && !ForceOverwriteReplicaSecret))
        return { Region, KmsKeyId, Status: 'Failed' };
      if (present) account.remove(present);
      const id = primary.id.replace(`:${primary.region}:`, `:${Region}:`);
      account.put({
        ...primary,
        ...{ id, region: Region, made_by: primary.id, made_by_type: primary.type },
        attributes: { ...primary.attributes, arn: id, id, region: Region, kms_key_id: KmsKeyId },
      });
      return { Region, KmsKeyId, Status: 'InSync' };
    });
    return { ARN: primary.id, ReplicationStatus };
  },
  // It begins then; what the function does is not of this account.
  'secretsmanager.RotateSecret': ({ SecretId }, account) => {
    const operation = 'secretsmanager.RotateSecret';
    const { id, attributes } = secret(account, SecretId, operation);
    const rotation = account
      .find('aws_secretsmanager_secret_rotation')
      .find(({ attributes }) => attributes.secret_id === id);
    if (!rotation)
      throw new ServiceError(
        'InvalidRequestException',
        operation,
        'No Lambda rotation function ARN is associated with this secret.',
      );
    return { ARN: id, Name: attributes.name };
  },
  'secretsmanager.StopReplicationToReplica': ({ SecretId }, account) => {
    const operation = 'secretsmanager.StopReplicationToReplica';
    const replica = secret(account, SecretId, operation);
    if (!replica.made_by)
      throw new ServiceError('InvalidRequestException', operation, 'The secret is not a replica.');
    const { made_by, made_by_type, ...standalone } = replica;
    account.put(standalone);
    return { ARN: replica.id };
  },
};

const role = (account: Account, name: string | undefined, operation: string) =>
  one(account, 'aws_iam_role', name, operation, 'NoSuchEntity', 'global');

const imagesOf = (account: Account, repository: string | undefined): Stored[] =>
  account.find('image').filter(({ attributes }) => attributes.repository === repository);

const secret = (account: Account, name: string | undefined, operation: string) =>
  one(account, 'aws_secretsmanager_secret', name, operation, 'ResourceNotFoundException');

/** Carries out a call. */
export function operate(
  operation: string,
  input: Record<string, unknown>,
  account: Account,
): unknown {
  const listing = LISTINGS[operation];
  if (listing) return list(operation, listing, input as Input, account);
  const call = OPERATIONS[operation];
  if (!call) throw new Error(`${operation} has no code in stand-in/operations.ts`);
  return call(input as Input, account);
}
