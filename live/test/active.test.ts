/** The drill of an active region: it is lost and comes back, then takes over from the primary's, by the runbooks' commands. */
import { afterAll, beforeAll, expect, setDefaultTimeout } from 'bun:test';
import type { Resource } from '../../tools/aws-simulation/simulation.ts';
import { alone, kindsOf, openDrill } from './drill.ts';
import { testInOrder } from './in-order.ts';
import { NOT_LONG, testLong } from './long.ts';
import { LIMIT, plantTree, readPlans, type Tree } from './tree.ts';

setDefaultTimeout(LIMIT);

const [PRIMARY, STANDBY, ACTIVE] = ['eu-west-1', 'eu-central-1', 'us-east-2'];

let tree: Tree;
let drill: ReturnType<typeof openDrill>;
/** The account before anything was lost. */
let before: Resource[];

beforeAll(async () => {
  if (NOT_LONG) return;
  tree = await plantTree();
  const file = (region: string) => `live/prod/${region}/terragrunt.stack.hcl`;
  const standby = await Bun.file(`${tree.folder}/${file(STANDBY)}`).text();
  await Bun.write(
    `${tree.folder}/${file(ACTIVE)}`,
    standby
      .replaceAll(STANDBY, ACTIVE)
      .replace('10.48.', '10.80.')
      .replace('"standby"', '"active"')
      .replace('database_instances = 0', 'database_instances = 3'),
  );
  await tree.commit('Serve from us-east-2 too');
  await tree.all('prod', 'apply');
  before = await tree.simulation.resources();
  drill = openDrill(tree);
});
afterAll(async () => {
  drill?.shell[Symbol.dispose]();
  await tree?.[Symbol.asyncDispose]();
});

const BOTH = { serving: PRIMARY, get: [ACTIVE, PRIMARY], put: [ACTIVE] };

/** Of whose secrets a region has copies. */
const copiesOf = async (region: string) =>
  (await drill.find('aws_secretsmanager_secret', region)).map(
    ({ made_by }) => made_by?.split(':')[3],
  );

/** What a region's database takes of writes. */
const forwards = async (region: string) =>
  (await drill.find('aws_rds_cluster', region))[0]?.attributes.enable_global_write_forwarding;

testInOrder(
  'prod',
  [
    [
      'is served without an active region that is lost, and with it again',
      async () => {
        expect(await drill.served()).toEqual(BOTH);
        expect(await drill.checked()).toEqual([PRIMARY, ACTIVE]);
        drill.lose(ACTIVE);
        const held = await drill.holdings(ACTIVE);
        await drill.follow('region-active', {
          'us-east-2 is lost': async () => {
            expect(await drill.served()).toEqual(alone(PRIMARY));
            expect(await drill.checked()).toEqual([PRIMARY]);
            expect(await drill.find('aws_cloudfront_origin_request_policy')).toEqual([]);
            expect(await drill.holdings(ACTIVE)).toEqual(held);
            drill.giveBack(ACTIVE);
          },
          'It is there again': async () => {
            expect(await drill.holdings(ACTIVE)).toEqual(held);
            expect(await drill.served()).toEqual(alone(PRIMARY));
          },
          'Its users': async () => {
            expect(await drill.served()).toEqual(BOTH);
            expect(await drill.checked()).toEqual([PRIMARY, ACTIVE]);
            expect(await tree.git('status', '--porcelain')).toBe('');
            expect(await tree.git('diff', 'HEAD~2', '--stat')).toBe('');
          },
        });
      },
    ],
    [
      'is taken over by the active region from the primary that is lost',
      async () => {
        drill.lose(PRIMARY);
        const lost = await drill.holdings(PRIMARY);
        await drill.follow(
          'region-failover',
          {
            '1. Settings of this shell': () => {},
            '2. An instance': async () => {
              expect(await drill.countInstances(ACTIVE)).toBe(3);
            },
            '3. Promotion': async () => {
              expect(await drill.writers()).toEqual([ACTIVE]);
            },
            '4. Secrets': async () => {
              expect(await copiesOf(STANDBY)).toEqual(Array(3).fill(ACTIVE));
            },
            '5. Variables': async (said) => {
              const { [`${ACTIVE}/app/database`]: plan } = readPlans(said);
              expect(plan).toEndWith(' 0 to destroy');
              expect(await forwards(ACTIVE)).toBe(false);
            },
            '6. Pods': () => {
              expect(drill.clusterOf(ACTIVE).labels).toMatchObject({ role: 'primary' });
            },
            '7. Users': async () => {
              expect(await drill.served()).toEqual(alone(ACTIVE));
              expect(await drill.checked()).toEqual([ACTIVE]);
            },
            '8. Alarms': async () => {
              const names = (await drill.find('aws_cloudwatch_metric_alarm', ACTIVE)).map(
                ({ id }) => id,
              );
              expect(names).not.toContain('hello-prod-global-lag');
            },
            '9. The other instances': async () => {
              expect(await drill.countInstances(ACTIVE)).toBe(3);
              expect(await tree.git('status', '--porcelain')).toBe('');
            },
          },
          (block) => block.replace(`region=${STANDBY}`, `region=${ACTIVE}`),
        );
        expect(await drill.holdings(PRIMARY)).toEqual(lost);
        expect(await drill.countInstances(STANDBY)).toBe(0);
      },
    ],
    [
      'is given back by it, when the region is there again',
      async () => {
        drill.giveBack(PRIMARY);
        await drill.follow(
          'region-failback',
          {
            '1. Settings of this shell': () => {},
            '2. eu-west-1 as a standby': (said) => {
              expect(said).not.toMatch(/^eu-west-1$/m);
            },
            '3. Switchover': async () => {
              expect(await drill.writers()).toEqual([PRIMARY]);
              expect(await drill.served()).toEqual(alone(ACTIVE));
            },
            '4. Variables': async () => {
              expect(await forwards(ACTIVE)).toBe(true);
              expect(await copiesOf(STANDBY)).toEqual(Array(3).fill(PRIMARY));
              expect(await copiesOf(ACTIVE)).toEqual(Array(3).fill(PRIMARY));
            },
            '5. Pods': () => {
              expect(drill.clusterOf(ACTIVE).labels).toMatchObject({ role: 'active' });
              expect(drill.clusterOf(PRIMARY).labels).toMatchObject({ role: 'primary' });
            },
            '6. Users': async () => {
              expect(await drill.served()).toEqual(BOTH);
              expect(await drill.checked()).toEqual([PRIMARY, ACTIVE]);
            },
            '7. eu-central-1 without instances': async () => {
              expect(await drill.countInstances(ACTIVE)).toBe(3);
              expect(await tree.git('status', '--porcelain')).toBe('');
              expect(await tree.git('diff', 'HEAD~2', '--stat')).toBe('');
            },
          },
          (block) =>
            block.replace(`region=${STANDBY} role=standby`, `region=${ACTIVE} role=active`),
        );
        expect(kindsOf(await tree.simulation.resources())).toEqual(kindsOf(before));
      },
    ],
  ],
  testLong,
);
