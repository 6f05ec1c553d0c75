/** What pods may, tried one by one with an evaluator. */
import type { Resource } from '../../tools/aws-simulation/simulation.ts';
import { type Context, may, rolesOf } from './permissions.ts';
import { principalsOf } from './policies.ts';
import { DOMAIN, ORIGINS } from './production.ts';

/** What is tried on every resource of a type. */
const TRIED: Readonly<Record<string, readonly string[]>> = {
  aws_cloudwatch_log_group: ['logs:DeleteLogGroup', 'logs:PutRetentionPolicy'],
  aws_ecr_repository: ['ecr:BatchGetImage', 'ecr:DeleteRepository', 'ecr:PutImage'],
  aws_eks_cluster: ['eks:CreateAccessEntry', 'eks:DeleteCluster'],
  aws_iam_role: ['iam:PassRole', 'iam:PutRolePolicy', 'sts:AssumeRole'],
  aws_kms_key: ['kms:CreateGrant', 'kms:Decrypt', 'kms:Encrypt', 'kms:ScheduleKeyDeletion'],
  aws_lambda_function: ['lambda:InvokeFunction', 'lambda:UpdateFunctionCode'],
  aws_rds_cluster: ['rds:DeleteDBCluster', 'rds:ModifyDBCluster'],
  aws_route53_zone: [
    ...['route53:ChangeResourceRecordSets', 'route53:DeleteHostedZone'],
    'route53:ListResourceRecordSets',
  ],
  aws_secretsmanager_secret: [
    ...['secretsmanager:DeleteSecret', 'secretsmanager:DescribeSecret'],
    ...['secretsmanager:GetSecretValue', 'secretsmanager:PutSecretValue'],
  ],
  aws_sns_topic: ['sns:Publish', 'sns:Subscribe'],
};

/** What is allowed of all that was tried, a line each: the role, the action, what on and for what. */
export const podsMay = async (account: readonly Resource[]): Promise<string[]> => {
  const roles = rolesOf(account).filter(({ trust }) =>
    trust.statements.some((each) => principalsOf(each).includes('pods.eks.amazonaws.com')),
  );
  const tries = account.flatMap((on) =>
    (TRIED[on.type] ?? []).flatMap((action) =>
      requestsOf(account, on).map(([purpose, context]) => ({ on, action, purpose, context })),
    ),
  );
  const allowed: string[] = [];
  for (const { on, action, purpose, context } of tries)
    for (const role of roles)
      if (await may(account, role, action, on.attributes.arn, context))
        allowed.push(`${role.name} ${action} ${on.region} ${nameOf(on)}${purpose}`);
  return [...new Set(allowed)].sort();
};

const nameOf = ({ attributes }: Resource): string => attributes.name ?? attributes.description;

/** Requests about a resource, each with what it is for: a key is used for each secret, records are of several names. */
const requestsOf = (
  account: readonly Resource[],
  on: Resource,
): (readonly [purpose: string, context: Context])[] => {
  if (on.type === 'aws_kms_key')
    return account
      .filter(({ type, region }) => type === 'aws_secretsmanager_secret' && region === on.region)
      .map((secret) => [
        ` for ${nameOf(secret)}`,
        {
          'kms:ViaService': `secretsmanager.${on.region}.amazonaws.com`,
          'kms:EncryptionContext:SecretARN': secret.attributes.arn,
        },
      ]);
  if (on.type === 'aws_route53_zone')
    return [DOMAIN, ...Object.values(ORIGINS)].map((name) => [
      ` for ${name}`,
      {
        'route53:ChangeResourceRecordSetsNormalizedRecordNames': [name],
        'route53:ChangeResourceRecordSetsRecordTypes': ['A'],
      },
    ]);
  return [['', {}]];
};
