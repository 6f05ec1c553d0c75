/** Each environment's life on the simulated account: planned, applied, changed, destroyed. */
import { afterAll, beforeAll, expect, setDefaultTimeout } from 'bun:test';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Glob } from 'bun';
import { affectedUnits } from '../../tools/affected-units.ts';
import type { Resource } from '../../tools/aws-simulation/simulation.ts';
import { countBilled } from '../../tools/cost/billed.ts';
import { readPrices } from '../../tools/cost/prices.ts';
import { recorded } from '../../tools/cost/recorded.ts';
import { comparable, readEndState } from './end-state.ts';
import { testInOrder } from './in-order.ts';
import { isKept } from './kept.ts';
import { testLong } from './long.ts';
import { ENVIRONMENTS, LIMIT, plantTree, readPlans, type Tree } from './tree.ts';

setDefaultTimeout(LIMIT);

let tree: Tree;
beforeAll(async () => {
  tree = await plantTree();
});
afterAll(() => tree[Symbol.asyncDispose]());

/** What an environment's account has, but for what stays when it is destroyed. */
const accountOf = async (environment: keyof typeof ENVIRONMENTS): Promise<Resource[]> =>
  (await tree.simulation.resources()).filter(
    (resource) => resource.account === ENVIRONMENTS[environment] && !isKept(resource),
  );

/** What is billed of an environment that was just applied is what `bun run cost` reckons with. */
const expectRecordedBill = async (environment: keyof typeof ENVIRONMENTS): Promise<void> => {
  const account = (await tree.simulation.resources()).filter(
    (resource) => resource.account === ENVIRONMENTS[environment],
  );
  expect(
    countBilled(account, await readPrices()),
    'otherwise: bun tools/cost/record.ts, then bun run generate',
  ).toEqual(recorded[environment]?.counts ?? {});
};

/** Files of states and the account in which a mock is. */
const mocked = (): string[] => {
  const states = join(tree.folder, 'build/state');
  const files = [
    ...new Glob('*/*/*/*.tfstate').scanSync({ cwd: states, absolute: true }),
    ...new Glob('*/*/*/*.json').scanSync({ cwd: tree.simulation.accounts, absolute: true }),
  ];
  expect(files.length).toBeGreaterThan(10);
  return files.filter((file) => /mock/i.test(readFileSync(file, 'utf8')));
};

/** The units whose code, once it was initialised, is valid. */
const validUnits = async (environment: keyof typeof ENVIRONMENTS): Promise<string[]> => {
  await tree.all(environment, 'init');
  const said = await tree.all(environment, 'validate');
  return [...said.matchAll(/\[([\w./-]+)\] tofu: Success! The configuration is valid/g)].map(
    ([, unit = '']) => unit,
  );
};

testInOrder('dev', [
  [
    'is initialised, valid, planned on mocks, applied layer by layer, and then planned without a change',
    async () => {
      const valid = await validUnits('dev');
      const plans = readPlans(await tree.all('dev', 'plan'));
      expect(valid.sort()).toEqual(Object.keys(plans).sort());
      for (const [unit, plan] of Object.entries(plans))
        expect([unit, plan]).toEqual([unit, expect.stringMatching(/^[1-9]\d* to add, 0 .* 0 /)]);
      for (const layer of ['shared', 'app'])
        await tree.all('dev', '--filter', `./*/${layer}/*`, 'apply');
      const again = readPlans(await tree.all('dev', 'plan'));
      expect(again).toEqual(Object.fromEntries(Object.keys(plans).map((unit) => [unit, 'none'])));
      expect(mocked()).toEqual([]);
    },
  ],
  [
    'gives its outputs',
    async () => {
      const { said } = await tree.terragrunt(
        'dev',
        'dev/eu-west-1/app/database',
        ...['output', '-raw', 'endpoint'],
      );
      expect(said).toContain('.eu-west-1.rds.amazonaws.com');
    },
  ],
  ['is billed as recorded', () => expectRecordedBill('dev')],
  [
    'a size that changes in dev changes the database of dev, and no unit of prod reads it',
    async () => {
      await tree.edit('live/dev/environment.hcl', (text) =>
        text.replace('maximum = 2', 'maximum = 4'),
      );
      const { changed } = await affectedUnits(tree.folder, 'HEAD');
      expect(changed.filter((path) => !path.startsWith('dev/'))).toEqual([]);
      const plans = readPlans(await tree.all('dev', 'plan'));
      const changes = Object.entries(plans).filter(([, plan]) => plan !== 'none');
      expect(changes).toEqual([['eu-west-1/app/database', '0 to add, 1 to change, 0 to destroy']]);
    },
  ],
  [
    'is destroyed, but not without its name',
    async () => {
      const before = await accountOf('dev');
      const { succeeded, said } = await tree.terragrunt('dev', 'dev', 'run', '--all', 'destroy');
      expect(succeeded).toBe(false);
      expect(said).toContain('Nothing of dev is destroyed without --feature destroy=dev');
      expect(await accountOf('dev')).toEqual(before);
      await tree.all('dev', '--feature', 'destroy=dev', 'destroy');
      expect(await accountOf('dev')).toEqual([]);
    },
  ],
]);

testInOrder(
  'prod',
  [
    [
      'is initialised, valid, planned on mocks, applied in both regions and globally in one go, and then planned without a change',
      async () => {
        const valid = await validUnits('prod');
        const first = readPlans(await tree.all('prod', 'plan'));
        expect(valid.sort()).toEqual(Object.keys(first).sort());
        await tree.all('prod', 'apply');
        const plans = readPlans(await tree.all('prod', 'plan'));
        expect(plans).toEqual(Object.fromEntries(Object.keys(first).map((unit) => [unit, 'none'])));
        expect(new Set(Object.keys(plans).map((unit) => unit.split('/')[0]))).toEqual(
          new Set(['eu-west-1', 'eu-central-1', 'global']),
        );
        expect(mocked()).toEqual([]);
      },
    ],
    [
      'is the same when it was applied layer by layer',
      async () => {
        await using other = await plantTree();
        for (const layer of ['shared', 'app'])
          await other.all('prod', '--filter', `./*/${layer}/*`, 'apply');
        const [atOnce, inLayers] = comparable(
          readEndState(tree, 'prod'),
          readEndState(other, 'prod'),
        );
        expect(Object.keys(atOnce).length).toBeGreaterThan(500);
        expect(inLayers).toEqual(atOnce);
      },
    ],
    [
      'has an instance and a NAT gateway a zone in the primary region, and no instance in the standby',
      async () => {
        const account = await accountOf('prod');
        const count = (type: string, region: string) =>
          account.filter((resource) => resource.type === type && resource.region === region).length;
        for (const [region, instances] of [
          ['eu-west-1', 3],
          ['eu-central-1', 0],
        ] as const)
          expect({
            region,
            networks: count('aws_vpc', region),
            gateways: count('aws_nat_gateway', region),
            clusters: count('aws_rds_cluster', region),
            instances: count('aws_rds_cluster_instance', region),
          }).toEqual({ region, networks: 1, gateways: 3, clusters: 1, instances });
      },
    ],
    ['is billed as recorded', () => expectRecordedBill('prod')],
    [
      'every resource that can have tags says where it comes from',
      async () => {
        const account = await accountOf('prod');
        const tagged = account.filter(({ attributes, made_by }) => attributes.tags_all && !made_by);
        expect(tagged.length).toBeGreaterThan(50);
        for (const { type, id, attributes } of tagged)
          expect({ type, id, tags: attributes.tags_all }).toEqual({
            type,
            id,
            tags: expect.objectContaining({
              repository: 'hello',
              environment: 'prod',
              region: expect.stringMatching(/^(eu-west-1|eu-central-1|global)$/),
              layer: expect.stringMatching(/^(shared|app)$/),
              unit: expect.any(String),
            }),
          });
      },
    ],
    [
      'is destroyed after its protection was taken away, which needs its name as well',
      async () => {
        const refused = await tree.terragrunt(
          'prod',
          'prod',
          ...[
            'run',
            '--all',
            '--feature',
            'production=true',
            '--feature',
            'destroy=dev',
            'destroy',
          ],
        );
        expect(refused.said).toContain(
          'Nothing of prod is destroyed without --feature destroy=prod',
        );
        const protectedUnits = ['database', 'cluster'].flatMap((unit) => [
          '--filter',
          `./*/*/${unit}`,
        ]);
        await tree.all('prod', '--feature', 'destroy=prod', ...protectedUnits, 'apply');
        await tree.all('prod', '--feature', 'destroy=prod', 'destroy');
        expect(await accountOf('prod')).toEqual([]);
      },
    ],
  ],
  testLong,
);
