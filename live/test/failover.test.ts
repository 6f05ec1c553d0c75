/** The drill: the primary region is lost, and the runbooks' own commands move production away and back. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { chmodSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Glob } from 'bun';
import type { Resource } from '../../tools/aws-simulation/simulation.ts';
import type { KubernetesObject } from '../../tools/kubernetes/objects.ts';
import { NOT_LONG, testLong } from './long.ts';
import { openShell, readSteps, type Shell } from './runbook.ts';
import { ENVIRONMENTS, LIMIT, plantTree, readPlans, type Tree } from './tree.ts';

setDefaultTimeout(LIMIT);

const ROOT = join(import.meta.dir, '../..');
const [LOST, STANDBY] = ['eu-west-1', 'eu-central-1'];

const readPage = (name: string): string =>
  readFileSync(join(ROOT, `docs/runbooks/${name}.md`), 'utf8');

let tree: Tree;
let shell: Shell;
let clusters: string;
/** The account before anything was lost. */
let before: Resource[];

/** The states of the lost region, there or away. */
const moveStates = (lost: boolean) => {
  const places = [
    join(tree.folder, 'build/state/prod', LOST),
    join(tree.folder, `build/lost-${LOST}`),
  ] as const;
  const [from, to] = lost ? places : places.toReversed();
  renameSync(from as string, to as string);
};

beforeAll(async () => {
  if (NOT_LONG) return;
  tree = await plantTree();
  await tree.all('prod', 'apply');
  before = await tree.simulation.resources();

  clusters = join(tree.folder, 'build/clusters');
  const programs = join(tree.folder, 'build/programs');
  mkdirSync(programs);
  const kubectl = join(programs, 'kubectl');
  const program = join(import.meta.dir, 'kubectl.ts');
  writeFileSync(kubectl, `#!/bin/sh\nexec "${process.execPath}" "${program}" "$@"\n`);
  chmodSync(kubectl, 0o755);
  const { environment } = tree.simulation;
  shell = openShell(join(tree.folder, 'live/prod'), {
    ...environment,
    AWS_SIMULATION_ACCOUNT_ID: ENVIRONMENTS.prod,
    CLUSTERS: clusters,
    PATH: [
      programs,
      ...['terragrunt', 'opentofu', 'kustomize'].map((tool) => join(ROOT, 'tools', tool)),
      environment.PATH,
    ].join(':'),
  });
});
afterAll(async () => {
  shell?.[Symbol.dispose]();
  await tree?.[Symbol.asyncDispose]();
});

/** What the account has of a type, in a region. */
const find = async (type: string, region = '*'): Promise<Resource[]> =>
  (await tree.simulation.resources()).filter(
    (resource) => resource.type === type && ['*', resource.region].includes(region),
  );

const countInstances = async (region: string) =>
  (await find('aws_rds_cluster_instance', region)).length;

/** The regions of a global database that take writes. */
const writers = async (): Promise<string[]> => {
  const [global] = await find('aws_rds_global_cluster');
  return global?.attributes.global_cluster_members
    .filter((member: { is_writer: boolean }) => member.is_writer)
    .map((member: { db_cluster_arn: string }) => member.db_cluster_arn.split(':')[3]);
};

/** Origin of everything that users ask, and the paths that health checks ask. */
const served = async () => ({
  origin: (await find('aws_cloudfront_distribution'))[0]?.attributes.default_cache_behavior[0]
    .target_origin_id,
  checked: (await find('aws_route53_health_check')).map(
    ({ attributes }) => attributes.resource_path,
  ),
});

const alarmNames = async (region: string) =>
  (await find('aws_cloudwatch_metric_alarm', region)).map(({ id }) => id);

/** The health check whose end rings. */
const ringingCheck = async () =>
  (await find('aws_cloudwatch_metric_alarm', 'us-east-1')).find(
    ({ id }) => id === 'hello-prod-unhealthy',
  )?.attributes.dimensions.HealthCheckId;

/** Secrets that are rotated in a region. */
const rotated = async (region: string) =>
  (await find('aws_secretsmanager_secret_rotation', region)).map(
    ({ attributes }) => attributes.secret_id.match(/database\/(\w+)/)?.[1],
  );

/** Copies of other regions' secrets in a region. */
const copies = async (region: string) =>
  (await find('aws_secretsmanager_secret', region)).filter(({ made_by }) => made_by).length;

/** The objects of a region's cluster. */
const objects = (region: string): KubernetesObject[] =>
  [...new Glob('*.json').scanSync({ cwd: join(clusters, region), absolute: true })].map((file) =>
    JSON.parse(readFileSync(file, 'utf8')),
  );

const roleOfCluster = (region: string): string | undefined =>
  readFileSync(join(tree.folder, `build/state/prod/${region}/shared/gitops.tfstate`), 'utf8').match(
    /"role": "(\w+)"/,
  )?.[1];

/** Kinds of which a copy without instances has none. */
const WORK = ['HorizontalPodAutoscaler', 'Job', 'PodDisruptionBudget'];
const work = (region: string) => ({
  role: roleOfCluster(region),
  replicas: objects(region).find(({ kind }) => kind === 'Deployment')?.spec.replicas,
  kinds: objects(region)
    .map(({ kind }) => kind)
    .filter((kind) => WORK.includes(kind))
    .sort(),
});

/** All that a region has. */
const holdings = async (region: string) =>
  (await tree.simulation.resources()).filter((resource) => resource.region === region);

/** What is true after each step, by its title. */
type Expectations = Readonly<Record<string, (said: string) => void | Promise<void>>>;

/** Runs the steps of a page in their order; each has something that it must bring about. */
const follow = async (name: string, expectations: Expectations) => {
  const steps = readSteps(readPage(name));
  expect(steps.map(({ title }) => title)).toEqual(Object.keys(expectations));
  for (const { title, blocks } of steps) {
    let said = '';
    for (const block of blocks) said += await shell.run(block);
    await expectations[title]?.(said);
  }
};

describe('the drill', () => {
  testLong(
    'the standby takes over without the lost region and its states',
    async () => {
      tree.simulation.faults({ gone: [LOST] });
      moveStates(true);
      const lost = await holdings(LOST);
      await expect(shell.run(`aws rds describe-db-clusters --region ${LOST}`)).rejects.toThrow(
        'Could not connect to the endpoint',
      );

      await follow('region-failover', {
        '1. Settings of this shell': () => {},
        '2. An instance': async () => {
          expect(await countInstances(STANDBY)).toBe(1);
          expect(await writers()).toEqual([LOST]);
        },
        '3. Promotion': async () => {
          expect(await writers()).toEqual([STANDBY]);
        },
        '4. Secrets': async () => {
          expect(await copies(STANDBY)).toBe(0);
          expect((await find('aws_secretsmanager_secret', STANDBY)).length).toBe(3);
        },
        '5. Variables': async (said) => {
          expect(readPlans(said)).toEqual({
            [`${STANDBY}/app/database`]: '2 to add, 1 to change, 0 to destroy',
          });
          expect(said).not.toContain('AWS says');
          expect(await rotated(STANDBY)).toEqual(['application', 'migration']);
        },
        '6. Pods': () => {
          expect(work(STANDBY)).toEqual({ role: 'primary', replicas: undefined, kinds: WORK });
        },
        '7. Users': async () => {
          expect(await served()).toEqual({ origin: STANDBY, checked: [`/.origins/${STANDBY}`] });
        },
        '8. Alarms': async () => {
          expect(await alarmNames(STANDBY)).toContain('hello-prod-database-connections');
          expect(await ringingCheck()).toBe((await find('aws_route53_health_check'))[0]?.id);
        },
        '9. The other instances': async () => {
          expect(await countInstances(STANDBY)).toBe(3);
          expect(await tree.git('status', '--porcelain')).toBe('');
        },
      });
      expect(await holdings(LOST)).toEqual(lost);
    },
    LIMIT,
  );

  testLong(
    'and gives back what it took, when the region is there again',
    async () => {
      tree.simulation.faults({});
      moveStates(false);
      await follow('region-failback', {
        '1. Settings of this shell': () => {},
        '2. eu-west-1 as a standby': async () => {
          expect(await rotated(LOST)).toEqual([]);
          expect(roleOfCluster(LOST)).toBe('standby');
          expect(await countInstances(LOST)).toBe(3);
        },
        '3. Switchover': async () => {
          expect(await writers()).toEqual([LOST]);
        },
        '4. Variables': async () => {
          expect(await rotated(STANDBY)).toEqual([]);
          expect(await rotated(LOST)).toEqual(['application', 'migration']);
          expect(await copies(STANDBY)).toBe(3);
        },
        '5. Pods': () => {
          expect(work(LOST)).toEqual({ role: 'primary', replicas: undefined, kinds: WORK });
          expect(roleOfCluster(STANDBY)).toBe('standby');
        },
        '6. Users': async () => {
          expect(await served()).toEqual({ origin: LOST, checked: [`/.origins/${LOST}`] });
        },
        '7. eu-central-1 without instances': async () => {
          expect(work(STANDBY)).toEqual({ role: 'standby', replicas: 0, kinds: ['Job'] });
          expect(await countInstances(STANDBY)).toBe(0);
        },
      });

      expect(await tree.git('diff', 'HEAD~2', '--stat')).toBe('');
      const kinds = (account: Resource[]) =>
        account.map(({ region, type }) => `${region} ${type}`).sort();
      expect(kinds(await tree.simulation.resources())).toEqual(kinds(before));
      expect(await ringingCheck()).toBe((await find('aws_route53_health_check'))[0]?.id);
    },
    LIMIT,
  );
});

test.each(['region-failover', 'region-failback'])('the times in %s add up', (name) => {
  const rows = readPage(name)
    .split('\n')
    .filter((line) => /^\|( \*\*|.*\|$)/.test(line))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.replaceAll('*', '').trim()),
    )
    .filter(([, minutes = '']) => /^\d+$/.test(minutes));
  const total = rows.pop() ?? [];
  const columns = rows.map(([, ...cells]) =>
    cells.filter((cell) => /^\d+$/.test(cell)).map(Number),
  );
  const sums = columns.reduce((sum, row) =>
    sum.map((minutes, column) => minutes + (row[column] ?? 0)),
  );
  expect(rows.length).toBeGreaterThan(2);
  expect(total.filter((cell) => /^\d+$/.test(cell)).map(Number)).toEqual(sums);
});
