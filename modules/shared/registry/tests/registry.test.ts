import { expect } from 'bun:test';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startSimulation } from '../../../../tools/aws-simulation/simulation.ts';
import { actionsOf } from '../../../tests/actions.ts';
import { may, type Role, rolesOf } from '../../../tests/permissions.ts';
import {
  LIMIT,
  set,
  testInterfaces,
  testLifecycle,
  testRefusals,
  type Weakening,
  without,
} from '../../../tests/prove.ts';
import { ACCOUNT_ID, callModule } from '../../../tests/root.ts';
import { testWithSources } from '../../../tests/sources.ts';
import { faultsOf } from './promises.ts';

const role = (name: string) => `arn:aws:iam::${ACCOUNT_ID}:role/${name}`;
const ROLES = {
  pull: [role('hello-test-eu-west-1-node'), role('hello-test-eu-central-1-node')],
  push: [role('hello-test-push')],
};
const REGIONS = ['eu-west-1', 'eu-central-1'];
const CALL = {
  module: 'shared/registry',
  inputs: {
    name: 'hello',
    region: 'eu-west-1',
    account_id: ACCOUNT_ID,
    repositories: ['service', 'chart'],
    replica_regions: ['eu-central-1'],
    pull_role_arns: ROLES.pull,
    push_role_arns: ROLES.push,
  },
};

const POLICY = 'aws_ecr_repository_policy';
const lifecycle = (
  ...rules: readonly [tagStatus: string, countNumber: number, ...tagPatternList: string[]][]
) =>
  set('aws_ecr_lifecycle_policy', {
    policy: JSON.stringify({
      rules: rules.map(([tagStatus, countNumber, ...tagPatternList], index) => ({
        rulePriority: index + 1,
        selection: { tagStatus, tagPatternList, countType: 'imageCountMoreThan', countNumber },
      })),
    }),
  });
const VERSIONS: [string, number, string] = ['tagged', 1_000_000, '*.*.*'];

const WEAKENINGS: readonly Weakening[] = [
  [
    'not every repository is in eu-central-1',
    without(
      ({ type, region, attributes }) =>
        type === 'aws_ecr_repository' &&
        region === 'eu-central-1' &&
        attributes.name === 'hello/chart',
    ),
  ],
  [
    'nothing is scanned in eu-central-1',
    without(
      ({ type, region }) =>
        type === 'aws_ecr_registry_scanning_configuration' && region === 'eu-central-1',
    ),
  ],
  [
    'a repository in eu-central-1 has no key of its own that is rotated',
    set('aws_ecr_repository', { encryption_configuration: [{ encryption_type: 'AES256' }] }),
  ],
  [
    'a repository in eu-west-1 has no key of its own that is rotated',
    set('aws_kms_key', { enable_key_rotation: false }),
  ],
  [
    'a tag in eu-central-1 can be moved',
    set('aws_ecr_repository', { image_tag_mutability: 'MUTABLE' }),
  ],
  ['others may pull in eu-west-1', without(({ type }) => type === POLICY)],
  [
    'others may push in eu-central-1',
    (account) => {
      const policy = account.find(({ type }) => type === POLICY)?.attributes.policy as string;
      return set(POLICY, { policy: policy.replaceAll('hello-test-push', 'another') })(account);
    },
  ],
  [
    'a version in eu-west-1 can expire, or a part or signature of it',
    lifecycle(['tagged', 300, '*'], VERSIONS),
  ],
  [
    'a version in eu-west-1 can expire, or a part or signature of it',
    lifecycle(VERSIONS, ['tagged', 300, '*'], ['untagged', 1]),
  ],
  ['what runs can expire in eu-west-1', lifecycle(VERSIONS, ['tagged', 300, '*'])],
  ['one of the newest builds in eu-central-1 can expire', lifecycle(VERSIONS, ['any', 100])],
  ['something of old builds in eu-west-1 never expires', lifecycle(VERSIONS)],
  [
    'not every region gets copies',
    without(({ type }) => type === 'aws_ecr_replication_configuration'),
  ],
];

testLifecycle(CALL, {
  faultsOf: (account) => faultsOf(account, ['hello/service', 'hello/chart'], REGIONS, ROLES),
  weakenings: WEAKENINGS,
  change: [
    { kept_images: 50 },
    Object.fromEntries(
      REGIONS.flatMap((region) =>
        ['service', 'chart'].map((name) => [
          `module.repository["${region}/${name}"].aws_ecr_lifecycle_policy.this[0]`,
          'update',
        ]),
      ),
    ),
  ],
});

const PULL = ['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'];
const PUSH = [
  'ecr:InitiateLayerUpload',
  'ecr:UploadLayerPart',
  'ecr:CompleteLayerUpload',
  'ecr:PutImage',
];

/** Roles beside the module: a node's with AWS's policy, and two that may everything by their own. */
const rolesBeside = (node: string, push: string, stranger: string) => {
  const everything = { Version: '2012-10-17', Statement: [{ ...{ Effect: 'Allow' }, ...ANY }] };
  return {
    aws_iam_role: Object.fromEntries(
      [node, push, stranger].map((name) => [name, { name, assume_role_policy: '{}' }]),
    ),
    aws_iam_role_policy_attachment: {
      node: {
        role: `\${aws_iam_role.${node}.name}`,
        policy_arn: 'arn:aws:iam::aws:policy/AmazonEC2ContainerRegistryPullOnly',
      },
    },
    aws_iam_role_policy: Object.fromEntries(
      [push, stranger].map((name) => [
        name,
        { role: `\${aws_iam_role.${name}.name}`, policy: JSON.stringify(everything) },
      ]),
    ),
  };
};
const ANY = { Action: 'ecr:*', Resource: '*' };

testWithSources(
  'nodes pull, delivery pushes too, and whatever else a role may, it may neither',
  async () => {
    const simulation = await startSimulation();
    try {
      const names = ['hello-test-eu-west-1-node', 'hello-test-push', 'stranger'] as const;
      const surroundings = { resource: rolesBeside(...names) };
      const root = simulation.root(callModule(CALL.module, CALL.inputs, undefined, surroundings));
      await simulation.run(root, 'init');
      await simulation.run(root, 'apply');
      const account = await simulation.resources();
      const roles = rolesOf(account);
      for (const region of REGIONS) {
        const repository = `arn:aws:ecr:${region}:${ACCOUNT_ID}:repository/hello/service`;
        const allowed = async (name: string) => {
          const role = roles.find((each) => each.name === name) as Role;
          const tried = [...PULL, ...PUSH, 'ecr:DescribeImages'].map(async (action) =>
            (await may(account, role, action, repository)) ? [action] : [],
          );
          return (await Promise.all(tried)).flat();
        };
        expect(await allowed(names[0])).toEqual(PULL);
        expect(await allowed(names[1])).toEqual([...PULL, ...PUSH, 'ecr:DescribeImages']);
        expect(await allowed(names[2])).toEqual(['ecr:DescribeImages']);
      }
    } finally {
      await simulation.stop();
    }
  },
  LIMIT,
);

testWithSources(
  'with the region lost that is pushed to, the state without it is that of a registry in the other',
  async () => {
    const simulation = await startSimulation();
    try {
      const root = simulation.root(callModule(CALL.module, CALL.inputs));
      await simulation.run(root, 'init');
      await simulation.run(root, 'apply');
      simulation.faults({ gone: ['eu-west-1'] });
      const other = { region: 'eu-central-1', replica_regions: [] };
      const [[name, text]] = Object.entries(
        callModule(CALL.module, { ...CALL.inputs, ...other }, 'eu-central-1'),
      ) as [[string, string]];
      writeFileSync(join(root, name), text);
      await expect(simulation.plan(root)).rejects.toThrow();

      const lost = (await simulation.run(root, 'state', 'list'))
        .split('\n')
        .filter((address) => address.includes('["eu-west-1'));
      await simulation.run(root, 'state', 'rm', ...lost);
      expect(actionsOf(await simulation.plan(root))).toEqual({});
    } finally {
      await simulation.stop();
    }
  },
  LIMIT,
);

testInterfaces(CALL);

testRefusals(CALL, [
  [{ name: 'Hello' }, 'name is "Hello": set 2 to 30 lower-case letters'],
  [{ region: 'Ireland' }, 'region is "Ireland": set the code of a region'],
  [{ account_id: '12' }, 'account_id is "12": set the 12 digits'],
  [{ repositories: [] }, 'repositories is []: set one or more names'],
  [{ repositories: ['hello/service'] }, 'repositories is ["hello/service"]: set one or more names'],
  [{ replica_regions: ['Frankfurt'] }, 'replica_regions is ["Frankfurt"]: set codes of regions'],
  [{ replica_regions: ['eu-west-1'] }, 'replica_regions names eu-west-1, which is pushed to'],
  [
    { replica_regions: Array.from({ length: 26 }, (_, n) => `xx-${'a'.repeat(n + 1)}-1`) },
    'replica_regions has 26 entries: AWS copies to 25 at most',
  ],
  [{ pull_role_arns: ['*'] }, 'pull_role_arns is ["*"]: set one or more ARNs of roles'],
  [{ push_role_arns: [role('*')] }, 'without wildcards'],
  [{ kept_tag_patterns: [] }, 'kept_tag_patterns is []: set one or more patterns'],
  [{ kept_tag_patterns: ['*.*.*.*.*.*'] }, 'at most four `*`'],
  [{ kept_tag_patterns: ['*'] }, 'kept_tag_patterns names *, which is every tag'],
  [{ kept_images: 0 }, 'kept_images is 0: set a whole number from 1'],
  [{ key_deletion_days: 6 }, 'key_deletion_days is 6: set a whole number from 7 to 30'],
]);
