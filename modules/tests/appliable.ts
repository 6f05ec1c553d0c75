/** Whether the pipeline's role may make and delete everything that production has, by the names that it really has. */
import type { Resource } from '../../tools/aws-simulation/simulation.ts';
import { ACTIONS } from '../shared/delivery/tests/actions.ts';
import { type Context, listOf, may, type Role, rolesOf } from './permissions.ts';

/** A person makes these, with the roles of pipelines and the states: modules/shared/delivery and state. */
const BY_A_PERSON = /^aws_(s3_|iam_openid_connect_provider$)/;
const ROLES_OF_PIPELINES = ':role/delivery/';
const POLICIES_OF_PIPELINES = ':policy/delivery/';

/** Made by a person too. */
const keysOfStates = (account: readonly Resource[]): Set<string> =>
  new Set(account.map(keyOf).filter((key) => key !== undefined));

/** The key that a bucket's objects are encrypted with. */
const keyOf = ({ type, attributes }: Resource): string | undefined =>
  type === 'aws_s3_bucket_server_side_encryption_configuration'
    ? attributes.rule[0]?.apply_server_side_encryption_by_default[0]?.kms_master_key_id || undefined
    : undefined;

interface Question {
  readonly action: string;
  readonly on: string;
  readonly context: Context;
}

/** Actions, separated by spaces, on a resource. */
type Asked = readonly [on: string, actions: string, context?: Context];

/** What a role may not do of what makes and deletes the resources of the account, a line each. */
export const unappliable = async (
  account: readonly Resource[],
  name: string,
): Promise<string[]> => {
  const role = rolesOf(account).find((each) => each.name === name);
  if (!role) return [`no role ${name}`];
  const faults = new Set<string>();
  const answers = new Map<string, Promise<boolean>>();
  const keys = keysOfStates(account);
  const theirs = ({ type, attributes: { arn, target_key_arn } }: Resource) =>
    /^aws_kms_/.test(type) && (keys.has(arn) || keys.has(target_key_arn));
  for (const resource of account.filter((each) => !each.made_by && !theirs(each)))
    for (const { action, on, context } of questionsOf(account, resource)) {
      const question = JSON.stringify([action, on, context]);
      const answer = answers.get(question) ?? may(account, role, action, on, context);
      answers.set(question, answer);
      if (!(await answer)) faults.add(`${resource.type}: ${name} may not ${action} on ${on}`);
    }
  return [...faults];
};

/** Types that nobody has said of what makes them, of those that the account has. */
export const unknownTypes = (account: readonly Resource[]): string[] => [
  ...new Set(
    account
      .map(({ type }) => type)
      .filter(
        (type) => !(type in ACTIONS || BY_A_PERSON.test(type) || type.startsWith('aws_iam_')),
      ),
  ),
];

const questionsOf = (account: readonly Resource[], resource: Resource): Question[] => {
  const region = resource.region === 'global' ? 'us-east-1' : resource.region;
  const asked = resource.type.startsWith('aws_iam_')
    ? askedOfIam(account, resource)
    : [...askedOf(account, resource), ...askedOfStates(resource)];
  return asked.flatMap(([on, actions, context]) =>
    actions.split(' ').map((action) => ({
      ...{ action, on },
      context: { 'aws:RequestedRegion': region, ...context },
    })),
  );
};

const askedOf = (account: readonly Resource[], resource: Resource): Asked[] => {
  const arns = arnsOf(account, resource);
  return (ACTIONS[resource.type] ?? []).map(([place, actions]) => {
    const on = arns.find((arn) => kindOf(arn) === kindOf(place));
    return [on ?? place.replace('NAME', 'hello-prod'), actions];
  });
};

/** What a run does with states in a bucket that is encrypted with a key of ours. */
const askedOfStates = (resource: Resource): Asked[] => {
  const key = keyOf(resource);
  return key
    ? [
        [
          `arn:aws:s3:::${resource.attributes.bucket}/prod/x/terraform.tfstate`,
          's3:GetObject s3:PutObject s3:DeleteObject',
        ],
        [key, 'kms:Decrypt kms:GenerateDataKey'],
      ]
    : [];
};

/** Its own ARN first, then those that it names, or whose names it has. */
const arnsOf = (account: readonly Resource[], { region, attributes }: Resource): string[] => {
  const values = Object.values(attributes).filter((value) => typeof value === 'string' && value);
  const names = new Set(values);
  return [
    attributes.arn,
    ...values.filter((value) => value.startsWith('arn:aws:')),
    ...account
      .filter(
        (each) =>
          each.region === region &&
          (names.has(each.id) || names.has(each.attributes.name) || names.has(each.attributes.arn)),
      )
      .map((each) => each.attributes.arn),
  ].filter(Boolean);
};

/** Service and kind of resource in an ARN, such as `logs log-group`. Topics have no kind. */
const kindOf = (arn: string): string => {
  if (arn === 'KEY') return 'kms key';
  const [, , service, , , ...rest] = arn.split(':');
  return service === 'sns' ? `sns ${rest.length}` : `${service} ${rest.join(':').split(/[:/]/)[0]}`;
};

const askedOfIam = (account: readonly Resource[], { type, attributes }: Resource): Asked[] => {
  if (type === 'aws_iam_policy')
    return attributes.arn.includes(POLICIES_OF_PIPELINES)
      ? []
      : [[attributes.arn, 'iam:CreatePolicy iam:DeletePolicy', {}]];
  const role = account.find(
    (each) =>
      each.type === 'aws_iam_role' && each.attributes.name === (attributes.role ?? attributes.name),
  )?.attributes;
  if (!role || role.arn.includes(ROLES_OF_PIPELINES)) return [];
  const bounded = { 'iam:PermissionsBoundary': role.permissions_boundary ?? '' };
  if (type === 'aws_iam_role_policy')
    return [[role.arn, 'iam:PutRolePolicy iam:DeleteRolePolicy', bounded]];
  if (type === 'aws_iam_role_policy_attachment')
    return [[role.arn, 'iam:AttachRolePolicy iam:DetachRolePolicy', bounded]];
  const services = JSON.parse(role.assume_role_policy).Statement.flatMap(
    ({ Principal }: { Principal: { Service?: string | string[] } }) => listOf(Principal.Service),
  );
  return [
    [role.arn, 'iam:CreateRole iam:DeleteRole', bounded],
    ...services.map(
      (service: string): Asked => [role.arn, 'iam:PassRole', { 'iam:PassedToService': service }],
    ),
  ];
};

/** What roles' own policies allow and their boundaries take away, a line each; exact actions without conditions. */
export const cutOff = async (account: readonly Resource[]): Promise<string[]> => {
  const faults: string[] = [];
  for (const { boundary, ...role } of rolesOf(account)) {
    if (!boundary) continue;
    for (const { action, on } of allowedOf(role)) {
      const context = { 'aws:RequestedRegion': on.split(':')[3] || 'us-east-1' };
      // A statement may name actions and resources that don't go together, and then gives nothing.
      const own = await may(account, role, action, on, context).catch(() => false);
      if (own && !(await may(account, { ...role, boundary }, action, on, context)))
        faults.push(`${role.name}: ${action} on ${on}`);
    }
  }
  return faults;
};

const allowedOf = ({ policies }: Role) =>
  policies
    .filter(({ ofAws }) => !ofAws)
    .flatMap(({ statements }) => statements)
    .filter(({ Effect, Condition }) => Effect === 'Allow' && !Condition)
    .flatMap(({ Action, Resource: resources }) =>
      listOf(Action)
        .filter((action) => !action.includes('*'))
        .flatMap((action) =>
          listOf(resources).map((on) => ({
            action,
            on: on === '*' ? on : exampleOf(on),
          })),
        ),
    );

/** A resource that a pattern stands for. */
const exampleOf = (pattern: string): string =>
  pattern.replace(/(:log-group:.*):\*$/, '$1:log-stream:x').replaceAll('*', 'x');
