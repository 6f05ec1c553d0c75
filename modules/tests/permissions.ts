/** Who may do what in a simulated account, told by an evaluator of IAM policies. */
import { runSimulation } from '@cloud-copilot/iam-simulate';
import type { Resource } from '../../tools/aws-simulation/simulation.ts';
import managed from './managed-policies.json';
import { ACCOUNT_ID } from './root.ts';

export interface Statement {
  readonly Sid?: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Principal?: '*' | Readonly<Record<string, string | string[]>>;
  readonly Action?: string | string[];
  readonly NotAction?: string | string[];
  readonly Resource?: string | string[];
  readonly NotResource?: string | string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | string[]>>>>;
}

export interface Policy {
  readonly name: string;
  readonly statements: readonly Statement[];
  /** Whether AWS keeps it. */
  readonly ofAws?: true;
}

export interface Role {
  readonly name: string;
  readonly arn: string;
  readonly trust: Policy;
  /** Inline and attached ones; of those of AWS the documents that moto has. */
  readonly policies: readonly Policy[];
  readonly boundary?: Policy;
}

export const listOf = <Item>(value: Item | Item[] | undefined): Item[] =>
  value === undefined ? [] : Array.isArray(value) ? value : [value];

const policy = (name: string, document: string | object): Policy => {
  const { Statement: statements } = typeof document === 'string' ? JSON.parse(document) : document;
  return { name, statements: listOf(statements) };
};

const MANAGED: Record<string, object | undefined> = managed;

/** The document of a customer's or AWS's policy. */
const policyOf = (account: readonly Resource[], arn: string): Policy => {
  const name = arn.split('/').at(-1) ?? arn;
  const own = account.find(({ type, id }) => type === 'aws_iam_policy' && id === arn);
  const document = own ? own.attributes.policy : arn.includes(':aws:policy/') && MANAGED[name];
  if (!document)
    throw new Error(
      `${arn} is unknown: for a policy of AWS add its name to "policies" in tools/aws-simulation/extract/api.json, then run tools/aws-simulation/extract/extract policies`,
    );
  return { ...policy(name, document), ...(!own && { ofAws: true }) };
};

/** Every role of the account with what it may do. */
export const rolesOf = (account: readonly Resource[]): Role[] => {
  const all = (type: string) => account.filter((resource) => resource.type === type);
  return all('aws_iam_role').map(({ attributes: role }) => ({
    name: role.name,
    arn: role.arn,
    trust: policy('trust', role.assume_role_policy),
    policies: [
      ...all('aws_iam_role_policy')
        .filter(({ attributes }) => attributes.role === role.name)
        .map(({ attributes }) => policy(attributes.name, attributes.policy)),
      ...all('aws_iam_role_policy_attachment')
        .filter(({ attributes }) => attributes.role === role.name)
        .map(({ attributes }) => policyOf(account, attributes.policy_arn)),
    ],
    ...(role.permissions_boundary && { boundary: policyOf(account, role.permissions_boundary) }),
  }));
};

/** A policy on a resource. */
export interface ResourcePolicy extends Policy {
  readonly resource: Resource;
  /** ARN of what it is on. */
  readonly on: string;
}

/** Where types have the policy of a resource, and of which; a function's permissions are in {@link functionPolicies}. */
const POLICIES_ON: Readonly<
  Record<string, (attributes: Resource['attributes']) => readonly [on: string, policy: string]>
> = {
  aws_kms_key: ({ arn, policy }) => [arn, policy],
  aws_kms_replica_key: ({ arn, policy }) => [arn, policy],
  aws_secretsmanager_secret: ({ arn, policy }) => [arn, policy],
  aws_secretsmanager_secret_policy: ({ secret_arn, policy }) => [secret_arn, policy],
  aws_s3_bucket_policy: ({ bucket, policy }) => [`arn:aws:s3:::${bucket}`, policy],
  aws_sns_topic: ({ arn, policy }) => [arn, policy],
  aws_sns_topic_policy: ({ arn, policy }) => [arn, policy],
  aws_sqs_queue: ({ arn, policy }) => [arn, policy],
  aws_sqs_queue_policy: ({ queue_url, policy }) => [queue_url, policy],
  aws_ecr_repository_policy: ({ repository, region, policy }) => [
    `arn:aws:ecr:${region}:${ACCOUNT_ID}:repository/${repository}`,
    policy,
  ],
  aws_ecr_registry_policy: ({ policy }) => ['registry', policy],
  aws_cloudwatch_log_resource_policy: ({ policy_document }) => ['log groups', policy_document],
  aws_vpc_endpoint: ({ service_name, policy }) => [service_name, policy],
};

/** Every policy on a resource of the account. */
export const resourcePolicies = (account: readonly Resource[]): ResourcePolicy[] => [
  ...account.flatMap((resource) => {
    const [on, document] = POLICIES_ON[resource.type]?.(resource.attributes) ?? [];
    return on && document ? [{ ...policy(resource.id, document), resource, on }] : [];
  }),
  ...functionPolicies(account),
];

const functionPolicies = (account: readonly Resource[]): ResourcePolicy[] =>
  account
    .filter(({ type }) => type === 'aws_lambda_permission')
    .map((resource) => {
      const { action, principal, source_arn, source_account, statement_id } = resource.attributes;
      const on = account.find(
        ({ type, region, attributes }) =>
          type === 'aws_lambda_function' &&
          region === resource.region &&
          attributes.function_name === resource.attributes.function_name,
      )?.attributes.arn;
      const statement: Statement = {
        ...{ Sid: statement_id, Effect: 'Allow', Action: action, Resource: on },
        Principal: { Service: principal },
        Condition: {
          ...(source_arn && { ArnLike: { 'AWS:SourceArn': source_arn } }),
          ...(source_account && { StringEquals: { 'AWS:SourceAccount': source_account } }),
        },
      };
      return { name: statement_id, statements: [statement], resource, on };
    });

/** The evaluator doesn't know this key, whose last part is free; under a name that it knows, it compares it as any other. */
const known = <Value>(value: Value): Value =>
  JSON.parse(
    JSON.stringify(value).replaceAll(
      'kms:EncryptionContext:',
      'aws:PrincipalTag/kms:EncryptionContext:',
    ),
  );

const document = ({ statements }: Policy) => ({
  Version: '2012-10-17',
  Statement: known(statements),
});
const named = (each: Policy) => ({ name: each.name, policy: document(each) });

/** What AWS adds to a request, such as `aws:SourceVpc`. */
export type Context = Readonly<Record<string, string | string[]>>;

/**
 * Whether a role may do an action on a resource: by its policies and boundary and by those on the resource. Of the
 * context only what a policy asks for is needed; the aliases of a key are told by the account.
 * @throws when an action or a policy isn't one that AWS knows
 */
export const may = async (
  account: readonly Resource[],
  role: Role,
  action: string,
  resource: string,
  context: Context = {},
): Promise<boolean> => {
  // An object has its bucket's.
  const holder = resource.startsWith('arn:aws:s3:::') ? resource.split('/')[0] : resource;
  const on = resourcePolicies(account).filter((each) => holder?.split('/*')[0] === each.on);
  const aliases = account
    .filter(
      ({ type, attributes }) =>
        type === 'aws_kms_alias' && resource.endsWith(`/${attributes.target_key_id}`),
    )
    .map(({ attributes }) => attributes.name);
  const result = await runSimulation(
    {
      request: {
        ...{ principal: role.arn, action, resource: { resource, accountId: ACCOUNT_ID } },
        contextVariables: {
          'aws:PrincipalArn': role.arn,
          'aws:PrincipalIsAWSService': 'false',
          ...(aliases.length > 0 && { 'kms:ResourceAliases': aliases }),
          ...known(context),
        },
      },
      identityPolicies: role.policies.map(named),
      ...(role.boundary && { permissionBoundaryPolicies: [named(role.boundary)] }),
      ...{ serviceControlPolicies: [], resourceControlPolicies: [] },
      ...(on.length > 0 && {
        resourcePolicy: document({
          name: '',
          statements: on.flatMap(({ statements }) => statements),
        }),
      }),
    },
    {},
  );
  if (result.resultType === 'error')
    throw new Error(`${role.name} ${action} ${resource}: ${JSON.stringify(result.errors)}`);
  return result.overallResult === 'Allowed';
};
