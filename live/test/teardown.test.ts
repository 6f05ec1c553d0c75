/** What clusters leave in AWS holds up a destroy: refused before anything is gone, and taken away as the runbook says. */
import { expect, setDefaultTimeout, test } from 'bun:test';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Glob } from 'bun';
import { testWithSources } from '../../modules/tests/sources.ts';
import type { Resource } from '../../tools/aws-simulation/simulation.ts';
import { isKept } from './kept.ts';
import { LONG_LIMIT, testLong } from './long.ts';
import { openShell, readSteps, type Shell } from './runbook.ts';
import { ENVIRONMENTS, LIMIT, plantTree, readPlans, type Tree } from './tree.ts';

setDefaultTimeout(LIMIT);

const ROOT = join(import.meta.dir, '../..');
const page = readFileSync(join(ROOT, 'docs/runbooks/teardown.md'), 'utf8');
const steps = readSteps(page);

const blocksOf = (title: string): readonly string[] =>
  steps.find((step) => step.title === title)?.blocks ?? [];

type Environment = keyof typeof ENVIRONMENTS;

/** The page's shell, in an environment's folder, with stand-ins for `aws` and `kubectl`. */
const openPage = (tree: Tree, environment: Environment): Shell => {
  const programs = join(tree.folder, 'build/programs');
  const clusters = join(tree.folder, 'build/clusters');
  for (const folder of [programs, clusters]) mkdirSync(folder, { recursive: true });
  const kubectl = join(programs, 'kubectl');
  const program = join(import.meta.dir, 'argo-cd.ts');
  writeFileSync(kubectl, `#!/bin/sh\nexec "${process.execPath}" "${program}" "$@"\n`);
  chmodSync(kubectl, 0o755);
  const variables = tree.simulation.environment;
  return openShell(join(tree.folder, 'live', environment), {
    ...variables,
    AWS_SIMULATION_ACCOUNT_ID: ENVIRONMENTS[environment],
    CLUSTERS: clusters,
    PATH: [
      programs,
      ...['terragrunt', 'opentofu', 'bun'].map((tool) => join(ROOT, 'tools', tool)),
      variables.PATH,
    ].join(':'),
  });
};

/** Makes what the controllers of a cluster make: the load balancer with all it holds, its records, a volume; how each is named. */
const leaveBehind = async (
  { simulation }: Tree,
  environment: Environment,
  inRegion: string,
): Promise<string[]> => {
  const account = ENVIRONMENTS[environment];
  const found = await simulation.resources();
  const all = (type: string, has: (attributes: Resource['attributes']) => boolean = () => true) =>
    found
      .filter(
        (resource) => resource.type === type && ['global', inRegion].includes(resource.region),
      )
      .filter(({ attributes }) => has(attributes));
  const network = all('aws_vpc')[0]?.id;
  const zone = all('aws_route53_zone')[0]?.id;
  const subnets = all('aws_subnet', ({ vpc_id }) => vpc_id === network).map(({ id }) => id);
  const security_groups = all('aws_security_group', ({ name }) => /-load-balancer$/.test(name)).map(
    ({ id }) => id,
  );
  const certificate_arn = all('aws_acm_certificate')[0]?.id;
  const web_acl_arn = all('aws_wafv2_web_acl')[0]?.attributes.arn;
  expect([network, zone, subnets.length]).toEqual([
    expect.stringMatching(/^vpc-/),
    expect.stringMatching(/^Z/),
    9,
  ]);
  const put = (type: string, id: string, attributes: object, more: object = {}) => {
    const cluster = `${environment}-${inRegion}`;
    const resource = { type, id, region: inRegion, cluster, ...more, attributes };
    const folder = join(simulation.accounts, account, resource.region, type);
    mkdirSync(folder, { recursive: true });
    const name = encodeURIComponent(id).replaceAll('%3A', ':');
    writeFileSync(join(folder, `${name}.json`), JSON.stringify(resource));
    return id;
  };
  const tags_all = { 'eks:eks-cluster-name': `hello-${environment}` };
  const balancer = put(
    'aws_lb',
    `arn:aws:elasticloadbalancing:${inRegion}:${account}:loadbalancer/app/k8s-nginxgat-public/1`,
    { internal: false, vpc_id: network, subnets, security_groups, tags_all },
  );
  const along = { made_by: balancer, made_by_type: 'aws_lb' };
  put('aws_lb_listener', 'listener', { certificate_arn }, along);
  put('aws_network_interface', 'eni-1', { subnet_id: subnets[0], security_groups }, along);
  put('aws_wafv2_web_acl_association', 'association', { web_acl_arn }, along);
  const volume = put('aws_ebs_volume', 'vol-1', {
    tags_all: { ...tags_all, CSIVolumeName: 'pvc-1' },
  });
  // Goes with its node.
  put('aws_ebs_volume', 'vol-2', { tags_all });
  const domain = all('aws_route53_zone')[0]?.attributes.name;
  const origin = `${inRegion}.origin.hello.${domain}`;
  for (const [name, type] of [
    [origin, 'A'],
    [`a-${origin}`, 'TXT'],
  ])
    put(
      'aws_route53_record',
      `${zone}_${name}_${type}`,
      { zone_id: zone, name, type, ttl: 300, records: ['198.51.100.1'] },
      { region: 'global' },
    );
  return [
    `${inRegion}: load balancer ${balancer}`,
    `${inRegion}: volume ${volume}`,
    `${inRegion}: record ${origin}. A`,
    `${inRegion}: record a-${origin}. TXT`,
  ];
};

/** Resources in the states of dev. */
const inStates = (tree: Tree): number =>
  [
    ...new Glob('dev/*/*/*.tfstate').scanSync({
      cwd: join(tree.folder, 'build/state'),
      absolute: true,
    }),
  ].flatMap((file) => JSON.parse(readFileSync(file, 'utf8')).resources ?? []).length;

test.each([
  [['staging'], 2, 'there is no environment "staging"'],
  [['dev', 'eu-north-1'], 2, 'dev has no region "eu-north-1": use eu-west-1'],
  // Not knowing is no reason to go on.
  [['dev'], 1, ': no credentials'],
] as const)('what is left of %p is not told', (words, status, message) => {
  const programs = mkdtempSync(join(tmpdir(), 'hello-aws-'));
  const aws = join(programs, 'aws');
  writeFileSync(aws, '#!/bin/sh\necho "no credentials" >&2\nexit 253\n');
  chmodSync(aws, 0o755);
  const { exitCode, stderr } = Bun.spawnSync(
    [process.execPath, join(ROOT, 'tools/leftovers.ts'), ...words],
    { env: { ...process.env, PATH: `${programs}:${process.env.PATH}` } },
  );
  rmSync(programs, { recursive: true });
  expect([exitCode, stderr.toString()]).toEqual([status, expect.stringContaining(message)]);
});

/** Takes away what a cluster left, as the page says; `lines` is how it is told. */
const takeLeftovers = async (shell: Shell, lines: readonly string[]) => {
  for (const [title, left] of [
    ['2. The load balancer and its records', lines.slice(1, 2)],
    ['3. Volumes', []],
  ] as const) {
    for (const block of blocksOf(title)) await shell.run(block);
    const said = await shell.run(
      'bun ../../tools/leftovers.ts "$environment" "$AWS_REGION" || true',
    );
    expect(said.trim().split('\n').filter(Boolean)).toEqual([...left]);
  }
};

/** What is in the account but for what the page says stays. */
const thatIsLeft = async (tree: Tree): Promise<Resource[]> =>
  (await tree.simulation.resources()).filter((resource) => !isKept(resource));

const DESTROY = ['--feature', 'destroy=dev'];
const ANYWAY = [...DESTROY, '--feature', 'leftovers=true'];

testWithSources(
  'a destroy is refused while a cluster left something, would break off at it, and goes through once it is deleted by hand',
  async () => {
    await using tree = await plantTree();
    using shell = openPage(tree, 'dev');
    const run = (...words: string[]) =>
      tree.terragrunt(
        'dev',
        'dev',
        ...['run', '--all'],
        ...['eu-west-1/shared/network', 'global/shared/dns'].flatMap((unit) => [
          '--filter',
          `./${unit}`,
        ]),
        ...words,
      );
    const applied = await run('apply');
    expect([applied.succeeded, applied.succeeded ? '' : applied.said]).toEqual([true, '']);
    const lines = await leaveBehind(tree, 'dev', 'eu-west-1');
    const before = await tree.simulation.resources();

    const refused = await run(...DESTROY, 'destroy');
    expect(refused.succeeded).toBe(false);
    for (const line of lines) expect(refused.said).toContain(line);
    expect(refused.said).not.toContain('vol-2');
    expect(refused.said).toContain('Nothing of dev is destroyed while that is there');
    expect(await tree.simulation.resources()).toEqual(before);

    const broken = await run(...ANYWAY, 'destroy');
    expect(broken.succeeded).toBe(false);
    for (const code of ['DependencyViolation', 'HostedZoneNotEmpty'])
      expect(broken.said.slice(-5000)).toContain(code);
    expect((await tree.simulation.resources()).length).toBeLessThan(before.length);

    for (const title of ['1. Settings of this shell', 'When the cluster is gone already'])
      for (const block of blocksOf(title)) await shell.run(block);
    const done = await run(...DESTROY, 'destroy');
    expect([done.succeeded, done.succeeded ? '' : done.said.slice(-20_000)]).toEqual([true, '']);
    expect(inStates(tree)).toBe(0);
  },
  LIMIT,
);

testLong(
  'an environment is taken down as the runbook says, and only what it names stays',
  async () => {
    await using tree = await plantTree();
    using shell = openPage(tree, 'dev');
    await tree.all('dev', 'apply');
    const lines = await leaveBehind(tree, 'dev', 'eu-west-1');
    const before = await tree.simulation.resources();
    for (const block of blocksOf('1. Settings of this shell')) await shell.run(block);
    await expect(shell.run(blocksOf('6. Destroy').join(''))).rejects.toThrow(lines[0]);
    expect(await tree.simulation.resources()).toEqual(before);

    await takeLeftovers(shell, lines);
    for (const title of ['4. Nothing is left', '5. Deletion protection', '6. Destroy'])
      for (const block of blocksOf(title)) await shell.run(block);
    expect(await thatIsLeft(tree)).toEqual([]);
  },
  LONG_LIMIT,
);

testLong(
  'a standby is taken down alone, and production is then applied without it',
  async () => {
    await using tree = await plantTree();
    await tree.all('prod', 'apply');
    const standby = 'eu-central-1';
    const lines = await leaveBehind(tree, 'prod', standby);
    using shell = openPage(tree, 'prod');
    const [alone = ''] = /(?<=For one region alone, a standby, `)[^`]+/.exec(page) ?? [];
    expect(alone).toContain(`AWS_REGION=${standby} `);
    const settings = blocksOf('1. Settings of this shell')
      .join('')
      .replace('environment=dev', 'environment=prod')
      .replace("AWS_REGION=eu-west-1 places='./*'", alone);
    await shell.run(settings);
    /** What other regions have, and what of `global` says that it isn't the standby's. */
    const others = async () =>
      (await tree.simulation.resources())
        .filter(({ region }) => region !== standby)
        .filter(
          ({ region, attributes: { tags_all: tags } }) =>
            region !== 'global' || (tags && tags.region !== standby),
        )
        .map(({ file }) => file);
    await takeLeftovers(shell, lines);
    const before = await others();
    for (const title of ['4. Nothing is left', '5. Deletion protection', '6. Destroy'])
      for (const block of blocksOf(title)) await shell.run(block);
    const left = async () =>
      (await thatIsLeft(tree)).filter(({ region, made_by }) => region === standby && !made_by);
    // Copies of images, and keys of replicas: other regions' units have them.
    const copies = await left();
    expect(copies.filter(({ type }) => !/^aws_(ecr_|kms_(key|alias)$)/.test(type))).toEqual([]);
    expect(copies.map(({ attributes }) => attributes.tags_all?.region)).not.toContain(standby);
    expect(await others()).toEqual(before);

    for (const block of blocksOf('7. After one region')) await shell.run(block);
    expect(new Set(Object.values(readPlans(await tree.all('prod', 'plan'))))).toEqual(
      new Set(['none']),
    );
    expect(await left()).toEqual([]);
  },
  LONG_LIMIT,
);
