import { expect, test } from 'bun:test';
import type { Resource } from '../../tools/aws-simulation/simulation.ts';
import { may, type Role, resourcePolicies, rolesOf } from './permissions.ts';
import { ACCOUNT_ID } from './root.ts';

const SECRET = `arn:aws:secretsmanager:eu-west-1:${ACCOUNT_ID}:secret:one-AbCdEf`;
const KEY = `arn:aws:kms:eu-west-1:${ACCOUNT_ID}:key/1`;

const made = (type: string, attributes: object): Resource => ({
  ...{ type, id: '', region: 'eu-west-1', account: ACCOUNT_ID, file: '', attributes },
});

const allow = (action: string, resource: string, rest: object = {}) => ({
  ...{ Effect: 'Allow', Action: action, Resource: resource, ...rest },
});

const document = (...statements: object[]) =>
  JSON.stringify({ Version: '2012-10-17', Statement: statements });

const account = (changes: object = {}, ...others: Resource[]): Resource[] => [
  made('aws_iam_role', {
    name: 'reader',
    arn: `arn:aws:iam::${ACCOUNT_ID}:role/reader`,
    assume_role_policy: document({
      ...{ Effect: 'Allow', Action: 'sts:AssumeRole' },
      Principal: { Service: 'pods.eks.amazonaws.com' },
    }),
    ...changes,
  }),
  made('aws_iam_role_policy', {
    ...{ role: 'reader', name: 'read' },
    policy: document(
      allow('secretsmanager:GetSecretValue', `${SECRET.slice(0, -6)}??????`),
      allow('kms:Decrypt', `arn:aws:kms:eu-west-1:${ACCOUNT_ID}:key/*`, {
        Condition: { 'ForAnyValue:StringEquals': { 'kms:ResourceAliases': 'alias/one' } },
      }),
    ),
  }),
  made('aws_kms_key', { arn: KEY, policy: document(ROOT_MAY) }),
  made('aws_kms_alias', { name: 'alias/one', target_key_id: '1' }),
  ...others,
];

const ROOT_MAY = allow('kms:*', '*', { Principal: { AWS: `arn:aws:iam::${ACCOUNT_ID}:root` } });

const reader = (of: Resource[]) => rolesOf(of)[0] as Role;

test('a role may what its policy says, and no more', async () => {
  const here = account();
  expect(await may(here, reader(here), 'secretsmanager:GetSecretValue', SECRET)).toBe(true);
  expect(await may(here, reader(here), 'secretsmanager:PutSecretValue', SECRET)).toBe(false);
  const other = SECRET.replace('one', 'other');
  expect(await may(here, reader(here), 'secretsmanager:GetSecretValue', other)).toBe(false);
});

test("a key is used by who has its alias in a policy, if the key's own policy lets the account decide", async () => {
  const here = account();
  expect(await may(here, reader(here), 'kms:Decrypt', KEY)).toBe(true);
  const renamed = here.map((each) =>
    each.type === 'aws_kms_alias'
      ? made(each.type, { name: 'alias/two', target_key_id: '1' })
      : each,
  );
  expect(await may(renamed, reader(renamed), 'kms:Decrypt', KEY)).toBe(false);
  const closed = here.map((each) =>
    each.type === 'aws_kms_key' ? made(each.type, { arn: KEY, policy: document() }) : each,
  );
  expect(await may(closed, reader(closed), 'kms:Decrypt', KEY)).toBe(false);
});

test('a policy on the resource denies, and so does a boundary without the action', async () => {
  const deny = { ...allow('*', '*', { Principal: '*' }), Effect: 'Deny' };
  const denied = account(
    {},
    made('aws_secretsmanager_secret_policy', { secret_arn: SECRET, policy: document(deny) }),
  );
  expect(await may(denied, reader(denied), 'secretsmanager:GetSecretValue', SECRET)).toBe(false);
  const boundary = `arn:aws:iam::${ACCOUNT_ID}:policy/boundary`;
  const bounded = account(
    { permissions_boundary: boundary },
    { ...made('aws_iam_policy', { policy: document(allow('s3:*', '*')) }), id: boundary },
  );
  expect(await may(bounded, reader(bounded), 'secretsmanager:GetSecretValue', SECRET)).toBe(false);
});

test("AWS's policies are known, and one that isn't says what to do", async () => {
  const attached = (name: string) =>
    account(
      {},
      made('aws_iam_role_policy_attachment', {
        ...{ role: 'reader', policy_arn: `arn:aws:iam::aws:policy/${name}` },
      }),
    );
  const here = attached('AmazonEC2ContainerRegistryPullOnly');
  const repository = `arn:aws:ecr:eu-west-1:${ACCOUNT_ID}:repository/one`;
  expect(await may(here, reader(here), 'ecr:BatchGetImage', repository)).toBe(true);
  expect(await may(here, reader(here), 'ecr:PutImage', repository)).toBe(false);
  expect(() => rolesOf(attached('Nothing'))).toThrow('policy/Nothing is unknown');
});

test("a function's permission is a policy on it", () => {
  const arn = `arn:aws:lambda:eu-west-1:${ACCOUNT_ID}:function:one`;
  const here = account(
    {},
    made('aws_lambda_function', { function_name: 'one', arn }),
    made('aws_lambda_permission', {
      ...{ function_name: 'one', action: 'lambda:InvokeFunction', statement_id: 's' },
      ...{ principal: 'events.amazonaws.com', source_arn: 'rule', source_account: ACCOUNT_ID },
    }),
  );
  const [, onFunction] = resourcePolicies(here);
  expect(onFunction?.on).toBe(arn);
  expect(onFunction?.statements[0]?.Condition).toEqual({
    ArnLike: { 'AWS:SourceArn': 'rule' },
    StringEquals: { 'AWS:SourceAccount': ACCOUNT_ID },
  });
});
