/** The stand-in for `aws`: what runbooks call, on the account that OpenTofu filled. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test';
import { type Simulation, startSimulation } from '../simulation.ts';

// OpenTofu takes its time on a machine that others use too.
setDefaultTimeout(180_000);

let simulation: Simulation;

const cluster = (name: string, region: string, more: string) => `
resource "aws_rds_cluster" "${name}" {
  region                    = "${region}"
  cluster_identifier        = "${name}"
  engine                    = "aurora-postgresql"
  engine_version            = "17.4"
  storage_encrypted         = true
  skip_final_snapshot       = true
  global_cluster_identifier = aws_rds_global_cluster.this.id
  ${more}
}`;

const CODE = `
terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
  }
}
provider "aws" {
  region = "eu-west-1"
}
resource "aws_rds_global_cluster" "this" {
  global_cluster_identifier = "g"
  engine                    = "aurora-postgresql"
  engine_version            = "17.4"
  storage_encrypted         = true
}
resource "aws_kms_key" "standby" {
  region = "eu-central-1"
}
${cluster('primary', 'eu-west-1', 'master_username = "root"\n master_password = "p"')}
${cluster('standby', 'eu-central-1', 'depends_on = [aws_rds_cluster.primary]\n kms_key_id = aws_kms_key.standby.arn')}
resource "aws_rds_cluster_instance" "this" {
  identifier         = "primary-1"
  cluster_identifier = aws_rds_cluster.primary.id
  engine             = "aurora-postgresql"
  instance_class     = "db.r8g.large"
}
resource "aws_secretsmanager_secret" "this" {
  name = "s"
  replica {
    region = "eu-central-1"
  }
}
resource "aws_secretsmanager_secret_version" "this" {
  secret_id     = aws_secretsmanager_secret.this.id
  secret_string = "hidden"
}
resource "aws_vpc" "this" {
  cidr_block = "10.0.0.0/16"
}
`;

beforeAll(async () => {
  simulation = await startSimulation();
  const folder = simulation.root({ 'main.tf': CODE });
  await simulation.run(folder, 'init');
  await simulation.run(folder, 'apply');
});
afterAll(() => simulation.stop());

const aws = async (line: string) => {
  const { exitCode, stdout, stderr } = await simulation.aws(...line.split(' '));
  return exitCode === 0 ? stdout.trim() : `${exitCode} ${stderr.trim()}`;
};

test.each([
  ['sts get-caller-identity --region eu-west-1 --query Account --output text', '123456789012'],
  [
    'rds describe-db-clusters --region eu-central-1 --query DBClusters[].DBClusterIdentifier --output text',
    'standby',
  ],
  [
    'rds describe-db-instances --region eu-west-1 --query DBInstances[0].DBInstanceClass --output text',
    'db.r8g.large',
  ],
  [
    'rds describe-global-clusters --region eu-central-1 --query GlobalClusters[0].GlobalClusterMembers[?IsWriter].DBClusterArn --output text',
    'arn:aws:rds:eu-west-1:123456789012:cluster:primary',
  ],
  ['ec2 describe-vpcs --region eu-west-1 --query Vpcs[0].CidrBlock --output text', '10.0.0.0/16'],
  [
    'ec2 describe-security-groups --region eu-west-1 --filters Name=group-name,Values=default --query length(SecurityGroups)',
    '1',
  ],
  [
    'secretsmanager get-secret-value --secret-id s --region eu-central-1 --query SecretString --output text',
    'hidden',
  ],
])('%s', async (line, answer) => {
  expect(await aws(line)).toBe(answer);
});

test.each([
  ['rds describe-clusters --region eu-west-1', '252'],
  [
    'rds describe-db-clusters --region eu-west-1 --cluster x',
    '252 aws: Unknown options: --cluster',
  ],
  ['rds describe-db-clusters', '252 aws: You must specify a region'],
  [
    'rds failover-global-cluster --region eu-west-1 --global-cluster-identifier g',
    '252 aws: the following arguments are required: TargetDbClusterIdentifier',
  ],
  [
    'rds describe-db-clusters --region eu-west-1 --db-cluster-identifier none',
    '254 aws: An error occurred (DBClusterNotFoundFault)',
  ],
  [
    'rds failover-global-cluster --region eu-central-1 --global-cluster-identifier g --target-db-cluster-identifier arn:aws:rds:eu-central-1:123456789012:cluster:standby --allow-data-loss',
    'has no DB instance',
  ],
])('refuses %s', async (line, error) => {
  expect(await aws(line)).toContain(error);
});

test('a standby is promoted while the primary region is gone, and gives the role back', async () => {
  const target = 'arn:aws:rds:eu-central-1:123456789012:cluster:standby';
  simulation.faults({ gone: ['eu-west-1'] });
  expect(await aws('rds describe-db-clusters --region eu-west-1')).toContain(
    'Could not connect to the endpoint',
  );
  const create =
    'rds create-db-instance --region eu-central-1 --db-cluster-identifier standby --db-instance-identifier standby-1 --engine aurora-postgresql --db-instance-class db.r8g.large';
  expect(await aws(`${create} --query DBInstance.DBInstanceStatus --output text`)).toBe(
    'available',
  );
  expect(await aws(create)).toContain('DBInstanceAlreadyExists');
  expect(
    await aws(
      `rds failover-global-cluster --region eu-central-1 --global-cluster-identifier g --target-db-cluster-identifier ${target}`,
    ),
  ).toContain('InvalidParameterCombination');
  await aws(
    `rds failover-global-cluster --region eu-central-1 --global-cluster-identifier g --target-db-cluster-identifier ${target} --allow-data-loss`,
  );
  const writer = `rds describe-global-clusters --region eu-central-1 --query GlobalClusters[?Status=='available'].GlobalClusterMembers[]|[?IsWriter].DBClusterArn --output text`;
  expect(await aws(writer)).toBe(target);
  simulation.faults({});
  const primary = target.replace('eu-central-1', 'eu-west-1').replace('standby', 'primary');
  await aws(
    `rds switchover-global-cluster --region eu-central-1 --global-cluster-identifier g --target-db-cluster-identifier ${primary}`,
  );
  expect(await aws(writer)).toBe(primary);
  await aws('rds delete-db-instance --region eu-central-1 --db-instance-identifier standby-1');
  const instances = 'rds describe-db-instances --region eu-central-1 --query length(DBInstances)';
  expect(await aws(instances)).toBe('0');
});
