/** The drill: the primary region is lost, and the runbooks' own commands move production away and back. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expand } from '../../gitops/test/expand.ts';
import type { Resource } from '../../tools/aws-simulation/simulation.ts';
import {
  containers,
  deploymentOf,
  ofKind,
  parseObjects,
  settingsOf,
} from '../../tools/kubernetes/objects.ts';
import { overlayText } from '../../tools/kubernetes/render.ts';
import { alone, kindsOf, openDrill, readPage } from './drill.ts';
import { testInOrder } from './in-order.ts';
import { NOT_LONG, testLong } from './long.ts';
import { LIMIT, plantTree, readPlans, type Tree } from './tree.ts';

setDefaultTimeout(LIMIT);

const [LOST, STANDBY] = ['eu-west-1', 'eu-central-1'];

let tree: Tree;
let drill: ReturnType<typeof openDrill>;
/** The account before anything was lost. */
let before: Resource[];

beforeAll(async () => {
  if (NOT_LONG) return;
  tree = await plantTree();
  await tree.all('prod', 'apply');
  before = await tree.simulation.resources();
  drill = openDrill(tree);

  // What a person copies after the first apply.
  await tree.edit('kustomize/overlays/prod/kustomization.yaml', (text) =>
    text
      .replace(/(?<=DATABASE_URL=postgres:\/\/)[^:]+/, globalEndpoint())
      .replace(/(?<=newName: )\S+/, drill.clusterOf(LOST).annotations.pushed_image_repository),
  );
  await tree.commit('Name the database');
});
afterAll(async () => {
  drill?.shell[Symbol.dispose]();
  await tree?.[Symbol.asyncDispose]();
});

const alarmNames = async (region: string) =>
  (await drill.find('aws_cloudwatch_metric_alarm', region)).map(({ id }) => id);

/** The health check whose end rings. */
const ringingCheck = async () =>
  (await drill.find('aws_cloudwatch_metric_alarm', 'us-east-1')).find(
    ({ id }) => id === 'hello-prod-unhealthy',
  )?.attributes.dimensions.HealthCheckId;

/** Secrets that are rotated in a region. */
const rotated = async (region: string) =>
  (await drill.find('aws_secretsmanager_secret_rotation', region)).map(
    ({ attributes }) => attributes.secret_id.match(/database\/(\w+)/)?.[1],
  );

/** Copies of other regions' secrets in a region. */
const copies = async (region: string) =>
  (await drill.find('aws_secretsmanager_secret', region)).filter(({ made_by }) => made_by).length;

/** Host of the global database's writer. */
const globalEndpoint = (): string =>
  before.find(({ type }) => type === 'aws_rds_global_cluster')?.attributes.endpoint;

/** What Argo CD brings to a region by what its cluster's secret says and by what Git has. */
const work = async (region: string) => {
  const [set] = parseObjects(readFileSync(join(tree.folder, 'gitops/application.yaml'), 'utf8'));
  const [application] = set ? expand(set, [drill.clusterOf(region)]) : [];
  const { path, kustomize } = application?.spec.source ?? {};
  const objects = parseObjects(await overlayText(join(tree.folder, path)));
  const [pushed, pulled] = kustomize.images.at(-1).split('=');
  expect(containers(objects).map(({ container }) => container.image.split('@')[0])).toContain(
    pushed,
  );
  return {
    overlay: path,
    registry: pulled.match(/\.ecr\.([\w-]+)\./)?.[1],
    replicas: deploymentOf(objects).spec.replicas,
    kinds: ofKind(objects, 'HorizontalPodAutoscaler', 'Job', 'PodDisruptionBudget')
      .map(({ kind }) => kind)
      .sort(),
    database: new URL(settingsOf(objects).DATABASE_URL).hostname,
  };
};

/** Pods and all that goes with them, in a region. */
const everything = (region: string) => ({
  overlay: 'kustomize/overlays/prod',
  registry: region,
  replicas: undefined,
  kinds: ['HorizontalPodAutoscaler', 'Job', 'PodDisruptionBudget'],
  database: globalEndpoint(),
});

/** No pods, and nothing that would start or count any. */
const nothing = (region: string) => ({
  ...everything(region),
  overlay: 'kustomize/overlays/prod-standby',
  replicas: 0,
  kinds: [],
});

/** What the last commit changed. */
const committed = async () =>
  (await tree.git('show', '--format=', '--name-only', 'HEAD')).split('\n').filter(Boolean);

/** Roles and instances alone, so that objects by Helm and by Kustomize are what they were. */
const STACKS = [STANDBY, LOST].map((region) => `live/prod/${region}/terragrunt.stack.hcl`);

testInOrder(
  'prod',
  [
    [
      'is taken over by the standby without the lost region and its states',
      async () => {
        drill.lose(LOST);
        const lost = await drill.holdings(LOST);
        await expect(
          drill.shell.run(`aws rds describe-db-clusters --region ${LOST}`),
        ).rejects.toThrow('Could not connect to the endpoint');

        await drill.follow('region-failover', {
          '1. Settings of this shell': () => {},
          '2. An instance': async () => {
            expect(await drill.countInstances(STANDBY)).toBe(1);
            expect(await drill.writers()).toEqual([LOST]);
          },
          '3. Promotion': async () => {
            expect(await drill.writers()).toEqual([STANDBY]);
          },
          '4. Secrets': async () => {
            expect(await copies(STANDBY)).toBe(0);
            expect((await drill.find('aws_secretsmanager_secret', STANDBY)).length).toBe(3);
          },
          '5. Variables': async (said) => {
            expect(readPlans(said)).toEqual({
              [`${STANDBY}/app/database`]: '2 to add, 1 to change, 0 to destroy',
            });
            expect(said).not.toContain('AWS says');
            expect(await rotated(STANDBY)).toEqual(['application', 'migration']);
          },
          '6. Pods': async () => {
            expect(await work(STANDBY)).toEqual(everything(STANDBY));
          },
          '7. Users': async () => {
            expect(await drill.served()).toEqual(alone(STANDBY));
            expect(await drill.checked()).toEqual([STANDBY]);
          },
          '8. Alarms': async () => {
            expect(await alarmNames(STANDBY)).toContain('hello-prod-database-connections');
            expect(await ringingCheck()).toBe(
              (await drill.find('aws_route53_health_check'))[0]?.id,
            );
          },
          '9. The other instances': async () => {
            expect(await drill.countInstances(STANDBY)).toBe(3);
            expect(await tree.git('status', '--porcelain')).toBe('');
            expect(await committed()).toEqual(STACKS);
          },
        });
        expect(await drill.holdings(LOST)).toEqual(lost);
      },
    ],
    [
      'is given back, when the region is there again',
      async () => {
        drill.giveBack(LOST);
        await drill.follow('region-failback', {
          '1. Settings of this shell': async () => {
            // Not told yet: its pods would start, and ask for the host that leads to the other region.
            expect(await work(LOST)).toEqual(everything(LOST));
          },
          '2. eu-west-1 as a standby': async (said) => {
            expect(said).not.toMatch(/^eu-west-1$/m);
            expect(await rotated(LOST)).toEqual([]);
            expect(await work(LOST)).toEqual(nothing(LOST));
            expect(await work(STANDBY)).toEqual(everything(STANDBY));
            expect(await drill.countInstances(LOST)).toBe(3);
          },
          '3. Switchover': async () => {
            expect(await drill.writers()).toEqual([LOST]);
          },
          '4. Variables': async () => {
            expect(await rotated(STANDBY)).toEqual([]);
            expect(await rotated(LOST)).toEqual(['application', 'migration']);
            expect(await copies(STANDBY)).toBe(3);
          },
          '5. Pods': async () => {
            expect(await work(LOST)).toEqual(everything(LOST));
            expect(await work(STANDBY)).toEqual(nothing(STANDBY));
          },
          '6. Users': async () => {
            expect(await drill.served()).toEqual(alone(LOST));
            expect(await drill.checked()).toEqual([LOST]);
          },
          '7. eu-central-1 without instances': async () => {
            expect(await drill.countInstances(STANDBY)).toBe(0);
            expect(await committed()).toEqual(STACKS);
          },
        });

        expect(await tree.git('diff', 'HEAD~2', '--stat')).toBe('');
        expect(kindsOf(await tree.simulation.resources())).toEqual(kindsOf(before));
        expect(await ringingCheck()).toBe((await drill.find('aws_route53_health_check'))[0]?.id);
      },
    ],
  ],
  testLong,
);

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
