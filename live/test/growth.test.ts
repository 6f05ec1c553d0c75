/** A new region is a folder with one file, a new environment one more: both are planned. */
import { afterAll, beforeAll, expect, setDefaultTimeout } from 'bun:test';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { testWithSources } from '../../modules/tests/sources.ts';
import { LONG_LIMIT, testLong } from './long.ts';
import { ENVIRONMENTS, LIMIT, plantTree, readPlans, type Tree } from './tree.ts';

setDefaultTimeout(LIMIT);

const MAP = ['map', 'string'];

let tree: Tree;

/** Has the state of a unit of prod's `global` say outputs, each a value and its type. */
const say = (unit: string, outputs: Readonly<Record<string, readonly [unknown, unknown]>>) =>
  Bun.write(
    join(tree.folder, `build/state/prod/global/${unit}.tfstate`),
    JSON.stringify({
      version: 4,
      serial: 1,
      outputs: Object.fromEntries(
        Object.entries(outputs).map(([name, [value, type]]) => [name, { value, type }]),
      ),
      resources: [],
    }),
  );

beforeAll(async () => {
  tree = await plantTree();
  // What prod has in `global` knows the regions that are there, as if it were applied.
  const by = (value: (region: string) => unknown) =>
    Object.fromEntries(['eu-west-1', 'eu-central-1'].map((region) => [region, value(region)]));
  const groups = by(
    (region) => `arn:aws:wafv2:${region}:${ENVIRONMENTS.prod}:regional/rulegroup/hello/1`,
  );
  await say('shared/registry', {
    repository_urls: [by(() => ({ service: 'hello' })), ['map', MAP]],
  });
  await say('app/record', { health_check_ids: [{ 'eu-west-1': 'check' }, MAP] });
  await say('shared/edge', {
    distribution_id: ['E1', 'string'],
    distribution_domain: ['d1.cloudfront.net', 'string'],
    distribution_zone_id: ['Z1', 'string'],
    rotation_function_name: ['hello-prod-edge-rotation', 'string'],
    health_paths: [by((region) => `/.origins/${region}`), MAP],
    origin_check_rule_group_arns: [groups, MAP],
  });
});
afterAll(() => tree[Symbol.asyncDispose]());

/** Adds a region by a copy of another one's file. */
const addRegion = async (
  from: string,
  to: string,
  change: (text: string) => string,
  { folder } = tree,
) => {
  const file = `live/${to}/terragrunt.stack.hcl`;
  const text = await Bun.file(join(folder, `live/${from}/terragrunt.stack.hcl`)).text();
  const [region = '', newRegion = ''] = [from, to].map((path) => path.split('/')[1]);
  await Bun.write(join(folder, file), change(text.replaceAll(region, newRegion)));
};

testWithSources(
  'prod with a second standby',
  async () => {
    await addRegion('prod/eu-central-1', 'prod/us-west-2', (text) =>
      text.replace('10.48.', '10.64.'),
    );
    const plans = readPlans(await tree.all('prod', '--filter', './us-west-2/**', 'plan'));
    expect(Object.keys(plans).length).toBeGreaterThan(5);
    for (const [unit, plan] of Object.entries(plans))
      expect([unit, plan]).toEqual([unit, expect.stringMatching(/^[1-9]\d* to add, 0 .* 0 /)]);
  },
  LIMIT,
);

testWithSources(
  'prod with an active third region',
  async () => {
    await addRegion('prod/eu-central-1', 'prod/us-east-2', (text) =>
      text
        .replace('10.48.', '10.80.')
        .replace('"standby"', '"active"')
        .replace('database_instances = 0', 'database_instances = 3'),
    );
    const filters = [
      'us-east-2/app/*',
      'eu-west-1/app/*',
      'global/app/*',
      'global/shared/edge',
    ].flatMap((units) => ['--filter', `./${units}`]);
    const said = await tree.all('prod', ...filters, 'plan');
    const plans = readPlans(said);
    expect(Object.keys(plans)).toContain('us-east-2/app/database');
    for (const [unit, plan] of Object.entries(plans))
      expect([unit, plan]).toEqual([unit, expect.stringMatching(/^[1-9]\d* to add, 0 .* 0 /)]);
    // In its region alone writes are forwarded, by an instance a zone; outside it is asked for its health.
    const saying = (words: RegExp) => [
      ...new Set([...said.matchAll(words)].map(([, unit = '']) => unit)),
    ];
    expect(saying(/\[([\w./-]+)\] .*enable_global_write_forwarding += true/g)).toEqual([
      'us-east-2/app/database',
    ]);
    expect(saying(/\[us-east-2\S*\] .*aws_rds_cluster_instance\.this\["(\S+)"\]/g)).toEqual(
      ['a', 'b', 'c'].map((zone) => `us-east-2${zone}`),
    );
    expect(saying(/\[(global\S*)\] .*hello-prod-unhealthy-us-east-2"/g)).toEqual([
      'global/app/alarms',
    ]);
    expect(saying(/\[(global\S*)\] .*"\/mock\/us-east-2"/g)).toEqual(['global/app/record']);
    // CloudFront knows the origins of all, and chooses from the two that serve.
    const origins = saying(/\[global\/shared\/edge\] .* domain_name += "([\w-]+)\.origin\./g);
    expect(origins).toEqual(expect.arrayContaining(['eu-central-1', 'eu-west-1', 'us-east-2']));
    const [, regions = ''] =
      /\[global\/shared\/edge\] .* const regions = (\{.*\});/.exec(said) ?? [];
    expect(Object.keys(JSON.parse(regions))).toEqual(['eu-west-1', 'us-east-2']);
  },
  LIMIT,
);

testLong(
  'prod, as it is applied, keeps all it has when a region is added',
  async () => {
    const grown = await plantTree();
    try {
      await grown.all('prod', 'apply');
      await addRegion(
        'prod/eu-central-1',
        'prod/us-west-2',
        (text) => text.replace('10.48.', '10.64.'),
        grown,
      );
      const plans = Object.entries(readPlans(await grown.all('prod', 'plan')));
      const changed = plans.filter(
        ([unit, plan]) => !unit.startsWith('us-west-2/') && plan !== 'none',
      );
      // Who may do what there, copies of images and secrets, the origin, and which regions reports name.
      expect(changed.map(([unit]) => unit).sort()).toEqual([
        'eu-central-1/shared/alerting',
        'eu-west-1/app/database',
        'eu-west-1/shared/alerting',
        'global/shared/alerting',
        'global/shared/delivery',
        'global/shared/edge',
        'global/shared/registry',
      ]);
      for (const plan of plans)
        expect(plan).toEqual([plan[0], expect.stringMatching(/^none$| 0 to destroy$/)]);
      const added = plans.filter(([unit]) => unit.startsWith('us-west-2/'));
      expect(added).toHaveLength(11);
      for (const plan of added)
        expect(plan).toEqual([plan[0], expect.stringMatching(/^[1-9]\d* to add, 0 .* 0 /)]);
    } finally {
      await grown[Symbol.asyncDispose]();
    }
  },
  LONG_LIMIT,
);

testWithSources(
  'an environment beside dev and prod',
  async () => {
    const live = join(tree.folder, 'live');
    cpSync(join(live, 'dev/environment.hcl'), join(live, 'staging/environment.hcl'));
    await tree.edit('live/staging/environment.hcl', (text) =>
      text
        .replaceAll(ENVIRONMENTS.dev, '222233334444')
        .replaceAll('dev.', 'staging.')
        .replace('dnssec = false', 'dnssec = true'),
    );
    await addRegion('dev/global', 'staging/global', (text) => text);
    await addRegion('dev/eu-west-1', 'staging/eu-west-1', (text) =>
      text.replace('10.16.', '10.80.'),
    );
    await tree.terragrunt('222233334444', 'staging', 'stack', 'generate');
    const { succeeded, said } = await tree.terragrunt(
      '222233334444',
      'staging',
      ...['run', '--all', '--filter', './*/shared/*', 'plan'],
    );
    expect([succeeded, succeeded ? '' : said]).toEqual([true, '']);
    const plans = readPlans(said);
    expect(Object.keys(plans)).toContain('global/shared/dns');
    expect(said).toMatch(
      /\[global\/shared\/dns\] .*aws_route53_hosted_zone_dnssec.* will be created/,
    );
    for (const [unit, plan] of Object.entries(plans))
      expect([unit, plan]).toEqual([unit, expect.stringMatching(/^[1-9]\d* to add, 0 .* 0 /)]);
  },
  LIMIT,
);
