import type { Resource } from '../../../../tools/aws-simulation/simulation.ts';

/** What is wrong with the database of a region in an account, a line each. */
export const faultsOf = (
  account: readonly Resource[],
  region: string,
  instanceZones: readonly string[],
  clients: readonly string[],
): string[] => {
  const faults: string[] = [];
  const promise = (holds: boolean, fault: string) => void (holds || faults.push(fault));
  const all = (type: string) =>
    account
      .filter((resource) => resource.type === type && [region, 'global'].includes(resource.region))
      .map(({ attributes }) => attributes);
  const keys = new Map(all('aws_kms_key').map((key) => [key.arn, key]));
  const ours = (arn: string) => keys.get(arn)?.enable_key_rotation === true;

  const [cluster, ...others] = all('aws_rds_cluster');
  if (!cluster || others.length > 0) return ['not one cluster'];
  const instances = all('aws_rds_cluster_instance');
  promise(
    Bun.deepEquals(
      instances.map(({ availability_zone }) => availability_zone).sort(),
      [...instanceZones].sort(),
    ),
    'not one instance in each zone',
  );
  promise(
    instances.every(({ publicly_accessible }) => publicly_accessible !== true),
    'an instance has a public address',
  );
  promise(
    instances.every((instance) => instance.auto_minor_version_upgrade === false),
    'an instance upgrades itself',
  );
  promise(cluster.storage_encrypted && ours(cluster.kms_key_id), 'no key of the region of its own');
  promise(
    cluster.performance_insights_enabled && ours(cluster.performance_insights_kms_key_id),
    'no Database Insights with our key',
  );
  promise(cluster.deletion_protection, 'no deletion protection');
  promise(cluster.backup_retention_period >= 7, 'backups of less than a week');
  const parameters = all('aws_rds_cluster_parameter_group').find(
    ({ name }) => name === cluster.db_cluster_parameter_group_name,
  )?.parameter;
  const isSet = (parameter: string, to: string): boolean =>
    parameters?.some(
      ({ name, value }: Record<string, string>) => name === parameter && value === to,
    );
  promise(isSet('rds.force_ssl', '1'), 'connections without TLS');
  promise(isSet('log_parameter_max_length', '0'), 'the log has the values of statements');

  const groups: string[] = cluster.vpc_security_group_ids;
  const rotation = all('aws_lambda_function')[0]?.vpc_config[0].security_group_ids ?? [];
  const entrances = all('aws_vpc_security_group_ingress_rule').filter(({ security_group_id }) =>
    groups.includes(security_group_id),
  );
  promise(
    Bun.deepEquals(
      entrances.map((rule) => rule.referenced_security_group_id).sort(),
      [...clients, ...rotation].sort(),
    ) && entrances.every((rule) => rule.from_port === 5432 && rule.to_port === 5432),
    'others than clients and rotation may enter',
  );
  promise(
    !all('aws_vpc_security_group_egress_rule').some(({ security_group_id }) =>
      groups.includes(security_group_id),
    ),
    'the database may go out',
  );

  for (const { name, kms_key_id } of all('aws_secretsmanager_secret')) {
    promise(ours(kms_key_id), 'a secret has no key of ours');
    promise(kms_key_id !== cluster.kms_key_id, 'secrets share the key of the data');
    promise(name.endsWith('/master') || isRotated(name), 'a secret is not rotated');
  }
  for (const group of all('aws_cloudwatch_log_group'))
    promise(ours(group.kms_key_id), 'a log has no key of ours');
  return [...new Set(faults)];

  function isRotated(name: string): boolean {
    const isPrimary = all('aws_secretsmanager_secret_version').length > 0;
    const rotated = all('aws_secretsmanager_secret_rotation').some(
      ({ secret_id, rotation_enabled }) =>
        rotation_enabled && secret_id.includes(`:secret:${name}-`),
    );
    return rotated || !isPrimary;
  }
};
