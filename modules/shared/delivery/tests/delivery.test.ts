import type { Resource } from '../../../../tools/aws-simulation/simulation.ts';
import {
  set,
  testInterfaces,
  testLifecycle,
  testRefusals,
  type Weakening,
} from '../../../tests/prove.ts';
import { ACCOUNT_ID } from '../../../tests/root.ts';
import type { Refusal } from '../../../tests/validations.ts';
import { faultsOf } from './promises.ts';

const environment = (name: string) => ({
  prefix: `hello-${name}`,
  regions: ['eu-west-1', 'eu-central-1'],
  state: {
    buckets: ['eu-west-1', 'eu-central-1'].map((region) => `hello-${name}-state-${region}`),
    prefix: `${name}/`,
    key_alias: `alias/hello-${name}-state`,
  },
  secret_names: [`hello-${name}/database/master`],
  zone_ids: ['Z1'],
});
const ENVIRONMENTS = {
  prod: { ...environment('prod'), repositories: ['hello/service'] },
  dev: environment('dev'),
};
/** As the module kms has it in every key. */
const ACCOUNT_DECIDES = JSON.stringify({
  Statement: [
    {
      ...{ Effect: 'Allow', Action: 'kms:*', Resource: '*' },
      Principal: { AWS: `arn:aws:iam::${ACCOUNT_ID}:root` },
    },
  ],
});
/** By description: each region has a key of its own under the one alias of the environment. */
const STATE_KEYS = Object.entries({
  states: { region: 'eu-west-1', name: 'alias/hello-prod-state' },
  states_elsewhere: { region: 'eu-central-1', name: 'alias/hello-prod-state' },
  states_of_dev: { region: 'eu-west-1', name: 'alias/hello-dev-state' },
});
const REPOSITORY = { owner: 'example', owner_id: 1234, name: 'hello', id: 5678 };
const CALL = {
  module: 'shared/delivery',
  inputs: {
    name: 'hello',
    account_id: ACCOUNT_ID,
    repository: REPOSITORY,
    environments: ENVIRONMENTS,
    push: { release: [`arn:aws:ecr:eu-west-1:${ACCOUNT_ID}:repository/hello/service`] },
  },
  surroundings: {
    resource: {
      aws_kms_key: {
        one: { description: 'one', policy: ACCOUNT_DECIDES },
        ...Object.fromEntries(
          STATE_KEYS.map(([key, { region }]) => [
            key,
            { region, description: key, policy: ACCOUNT_DECIDES },
          ]),
        ),
      },
      aws_kms_alias: Object.fromEntries(
        STATE_KEYS.map(([key, { region, name }]) => [
          key,
          { region, name, target_key_id: `\${aws_kms_key.${key}.key_id}` },
        ]),
      ),
    },
  },
};

/** Changes the text of a policy, of those that a name ends so. */
const rewrite =
  (name: string, from: string | RegExp, to: string, type = 'aws_iam_policy') =>
  (account: Resource[]): Resource[] =>
    account.map((resource) => {
      if (resource.type !== type || !String(resource.attributes.name).endsWith(name))
        return resource;
      const argument = type === 'aws_iam_role' ? 'assume_role_policy' : 'policy';
      const text = resource.attributes[argument].replaceAll(from, to);
      return { ...resource, attributes: { ...resource.attributes, [argument]: text } };
    });

const WEAKENINGS: readonly Weakening[] = [
  [
    'hello-prod-apply is trusted to other jobs than those of prod',
    rewrite('prod-apply', 'environment:prod', 'pull_request', 'aws_iam_role'),
  ],
  [
    'hello-release-push is trusted to other jobs than those of release',
    rewrite('release-push', 'StringEquals', 'StringLike', 'aws_iam_role'),
  ],
  ['hello-prod-apply may not ec2:CreateVpc', rewrite('prod-numbered', 'ec2:*Vpc"', 'ec2:*Xpc"')],
  ['hello-prod-apply may rds:DeleteDBCluster', rewrite('prod-named', 'hello-prod', 'hello')],
  [
    'hello-prod-apply may ec2:DeleteVpc',
    rewrite('prod-numbered', '"eu-west-1"', '"eu-west-1", "us-west-2"'),
  ],
  ['hello-prod-apply may ec2:DeleteVpc', rewrite('prod-numbered', '"Deny"', '"Allow"')],
  ['hello-prod-apply may ec2:RunInstances', rewrite('prod-numbered', '"ec2:*Address"', '"ec2:*"')],
  [
    'hello-prod-apply may iam:CreateRole',
    rewrite(
      'prod-roles',
      'policy/delivery/hello-prod-boundary',
      'policy/delivery/hello-dev-boundary',
    ),
  ],
  ['hello-prod-apply may iam:DeleteRole', rewrite('prod-roles', 'role/hello-prod', 'role/')],
  [
    'hello-prod-apply may iam:UpdateAssumeRolePolicy',
    rewrite('prod-roles', '"iam:DeleteRole"', '"iam:DeleteRole", "iam:UpdateAssumeRolePolicy"'),
  ],
  [
    'hello-prod-apply may kms:ScheduleKeyDeletion',
    rewrite('prod-numbered', 'kms:ResourceAliases', 'kms:KeySpec'),
  ],
  [
    'hello-prod-apply may kms:UpdateAlias',
    rewrite('prod-numbered', '"kms:*Alias"', '"kms:DeleteAlias"'),
  ],
  [
    'hello-prod-apply may route53:ChangeResourceRecordSets',
    rewrite('prod-numbered', 'hostedzone/Z1', 'hostedzone/*'),
  ],
  ['hello-prod-apply may iam:PassRole', rewrite('prod-roles', 'lambda.', 'glue.')],
  [
    'hello-prod-apply may iam:CreatePolicyVersion',
    rewrite('prod-roles', 'policy/hello-prod', 'policy/'),
  ],
  [
    'a role with every right may iam:CreateUser',
    rewrite('prod-boundary', '"acm:DescribeCertificate"', '"iam:*"'),
  ],
  [
    'a role with every right may iam:CreateRole',
    rewrite('prod-boundary', '"acm:DescribeCertificate"', '"iam:*"'),
  ],
  ['a role with every right may s3:GetObject', rewrite('prod-boundary', 'NotResource', 'Resource')],
  [
    'a role with every right may s3:GetObject',
    rewrite('prod-boundary', 'prod-state-eu-central-1', 'another'),
  ],
  [
    'a role with every right may kms:Encrypt',
    rewrite('prod-boundary', 'kms:ResourceAliases', 'kms:KeySpec'),
  ],
  [
    'a role with every right may secretsmanager:GetSecretValue',
    rewrite('prod-boundary', 'secret:hello-prod/', 'secret:'),
  ],
  ...(
    [
      ['eks:CreateAccessEntry', 'eks:*'],
      ['lambda:UpdateFunctionCode', 'lambda:*'],
      ['ssm:SendCommand', 'ssm:*'],
      ['route53:DeleteHostedZone', 'route53:*'],
      ['sns:Subscribe', 'sns:*'],
      ['wafv2:UpdateRuleGroup', 'wafv2:*'],
    ] as const
  ).map(
    ([action, all]): Weakening => [
      `a role with every right may ${action}`,
      rewrite('prod-boundary', '"acm:DescribeCertificate"', `"${all}"`),
    ],
  ),
  [
    'a role with every right may kms:Decrypt',
    rewrite('prod-boundary', '"aws:ResourceTag/environment"', '"aws:ResourceTag/other"'),
  ],
  [
    'a role with every right may ec2:TerminateInstances',
    rewrite('prod-boundary', 'ResourceTag/eks:', 'ResourceTag/other:'),
  ],
  [
    'the boundary takes elasticloadbalancing:CreateListener from AmazonEKSLoadBalancingPolicy',
    rewrite('prod-boundary', 'elasticloadbalancing', 'elasticache'),
  ],
  [
    'hello-prod-plan is trusted to other jobs than those of prod-plan,prod-drift',
    rewrite('prod-plan', 'environment:prod-drift', 'ref:refs/heads/main', 'aws_iam_role'),
  ],
  ['hello-prod-plan may ec2:CreateVpc', rewrite('prod-read', 'ec2:DescribeVpcs', 'ec2:*')],
  [
    'hello-prod-pull may ecr:BatchGetImage',
    rewrite('prod-pull', 'repository/hello/service', 'repository/*', 'aws_iam_role_policy'),
  ],
  [
    'hello-prod-pull may not ecr:BatchGetImage',
    rewrite('prod-pull', '"Allow"', '"Deny"', 'aws_iam_role_policy'),
  ],
  ['credentials end while a job of plan runs', set('aws_iam_role', { max_session_duration: 3600 })],
  [
    'credentials end while a job of apply runs',
    set('aws_iam_role', { max_session_duration: 5400 }),
  ],
  ['hello-prod-plan may not eks:DescribeCluster', rewrite('prod-read', 'eks:D', 'ecs:D')],
  [
    'hello-prod-plan may secretsmanager:GetSecretValue',
    rewrite('prod-read', 'hello-prod/database/master', 'hello-prod/*'),
  ],
  ['hello-prod-plan may s3:PutObject', rewrite('prod-plan-state', 'plans/prod', 'prod')],
  [
    'hello-prod-plan may s3:PutObject',
    rewrite('prod-plan-state', /("s3:if-none-match":\s*)"false"/g, '$1"true"'),
  ],
  ['hello-prod-plan may not s3:PutObject', rewrite('prod-plan-state', 'plans/prod/', 'plans/dev/')],
  ['hello-prod-apply may s3:GetObject', rewrite('prod-apply-state', 'plans/prod/', 'plans/')],
  [
    'hello-prod-plan may s3:GetObject',
    rewrite('prod-plan-state', 'hello-prod-state-eu-west-1/prod', '*'),
  ],
  [
    'hello-prod-plan may not s3:GetObject',
    rewrite('prod-plan-state', 'prod-state-eu-central-1', 'another'),
  ],
  [
    'hello-prod-apply may not kms:GenerateDataKey',
    rewrite('prod-apply-state', 'kms:*:', 'kms:eu-west-1:'),
  ],
  ['hello-prod-plan may kms:Decrypt', rewrite('prod-plan-state', 'ForAnyValue', 'ForAllValues')],
  ['hello-prod-apply may s3:PutBucketPolicy', rewrite('prod-apply-state', ':ListBucket', ':*')],
  [
    'hello-release-push may ecr:DeleteRepository',
    rewrite('release-push', 'ecr:PutImage', 'ecr:*', 'aws_iam_role_policy'),
  ],
  [
    'hello-release-push may ecr:PutImage',
    rewrite('release-push', 'hello/service', 'hello/*', 'aws_iam_role_policy'),
  ],
];

const only = (changes: object) => ({
  environments: { prod: { ...ENVIRONMENTS.prod, ...changes } },
});
const REFUSALS: readonly Refusal[] = [
  [{ name: 'Hello' }, 'name is "Hello": set 2 to 24 lower-case letters'],
  [{ account_id: '12' }, 'account_id is "12": set the 12 digits'],
  [{ oidc_provider_arn: 'github' }, 'oidc_provider_arn is "github": set arn:aws:iam::'],
  [{ repository: { ...REPOSITORY, name: '*' } }, 'set owner and name as GitHub has them'],
  [{ repository: { ...REPOSITORY, id: 0 } }, 'set owner_id and id to the whole numbers'],
  [{ subject_form: 'id' }, 'subject_form is "id": set immutable or name'],
  [{ environments: {} }, 'environments is []: name at least one'],
  [{ environments: { 'a*': ENVIRONMENTS.prod } }, 'environments is ["a*"]: name at least one'],
  [only({ prefix: 'hello' }), 'has the prefixes ["hello"]: set 2 to 32 lower-case letters'],
  [
    { environments: { ...ENVIRONMENTS, dev: { ...ENVIRONMENTS.dev, prefix: 'hello-prod-2' } } },
    'has the prefixes ["hello-prod-2","hello-prod"]: set none that another begins with',
  ],
  [only({ regions: ['Ireland'] }), 'has the regions [["Ireland"]]: set codes of regions'],
  [
    only({ state: { ...ENVIRONMENTS.prod.state, prefix: 'prod' } }),
    'set the names of the buckets, at least one, a prefix that ends with a slash',
  ],
  [only({ state: { ...ENVIRONMENTS.prod.state, buckets: [] } }), 'set the names of the buckets'],
  [
    only({ state: { ...ENVIRONMENTS.prod.state, key_alias: 'alias/aws/s3' } }),
    'the alias of their keys, such as alias/hello-prod-state',
  ],
  [only({ zone_ids: ['*'] }), 'has the zone_ids [["*"]]: set IDs of zones'],
  [only({ secret_names: ['*'] }), 'secret_names or repositories with wildcards'],
  [{ environment_tag: 'a b' }, 'environment_tag is "a b": set the key of a tag'],
  [{ push: { prod: CALL.inputs.push.release } }, 'push is ["prod"]: name environments on GitHub'],
  [{ push: { release: [] } }, 'push is {"release":[]}: set ARNs of ECR repositories'],
  [{ push: { release: ['arn:aws:ecr:*'] } }, 'set ARNs of ECR repositories, at least one'],
];

const ALONE = { module: CALL.module, inputs: CALL.inputs };
testInterfaces(ALONE);
testRefusals(ALONE, REFUSALS);

testLifecycle(CALL, {
  faultsOf,
  weakenings: WEAKENINGS,
  change: [
    { subject_form: 'name', environments: { prod: { ...ENVIRONMENTS.prod, regions: [] } } },
    {
      ...Object.fromEntries(
        ['plan', 'apply'].map((job) => [`module.${job}["prod"].aws_iam_role.this[0]`, 'update']),
      ),
      'module.pull["prod"].aws_iam_role.this[0]': 'update',
      'module.push["release"].aws_iam_role.this[0]': 'update',
      ...Object.fromEntries(
        ['boundary', 'named', 'numbered'].map((policy) => [
          `aws_iam_policy.${policy}["prod"]`,
          'update',
        ]),
      ),
      ...Object.fromEntries(
        ['apply_state', 'boundary', 'named', 'numbered', 'plan_state', 'read', 'roles'].map(
          (policy) => [`aws_iam_policy.${policy}["dev"]`, 'delete'],
        ),
      ),
      ...Object.fromEntries(
        [
          ...['aws_iam_role.this[0]', 'aws_iam_role_policy_attachment.this["read"]'],
          'aws_iam_role_policy_attachment.this["state"]',
        ].flatMap((address) =>
          ['plan', 'apply'].map((job) => [`module.${job}["dev"].${address}`, 'delete']),
        ),
      ),
      ...Object.fromEntries(
        ['named', 'numbered', 'roles'].map((policy) => [
          `module.apply["dev"].aws_iam_role_policy_attachment.this["${policy}"]`,
          'delete',
        ]),
      ),
    },
  ],
});
