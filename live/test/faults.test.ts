/** What `run --all apply` leaves that was stopped, killed, denied, locked out, throttled; and what was changed by hand. */
import { afterAll, beforeAll, expect, setDefaultTimeout } from 'bun:test';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Glob } from 'bun';
import { testWithSources, WITHOUT_SOURCES } from '../../modules/tests/sources.ts';
import type { Resource } from '../../tools/aws-simulation/simulation.ts';
import { testInOrder } from './in-order.ts';
import { LONG_LIMIT, testLong } from './long.ts';
import { stopAfter } from './stop.ts';
import { LIMIT, plantTree, readPlans, type Tree } from './tree.ts';

setDefaultTimeout(LIMIT);

let tree: Tree;
beforeAll(async () => {
  if (WITHOUT_SOURCES) return;
  tree = await plantTree();
  // A wait between tries would prove nothing more.
  await tree.edit('live/root.hcl', (text) =>
    text.replace(/sleep_interval_sec = \d+/, 'sleep_interval_sec = 1'),
  );
});
afterAll(() => tree?.[Symbol.asyncDispose]());

/** Result of each unit by its path, from Terragrunt's own report. */
const apply = async (...words: string[]) => {
  const file = join(tree.folder, 'build/report.json');
  const run = await tree.terragrunt(
    'dev',
    'dev',
    ...['run', '--all'],
    ...words,
    '--report-file',
    file,
    'apply',
  );
  const report: { Name: string; Result: string }[] = await Bun.file(file).json();
  rmSync(file);
  const results = report.map(
    ({ Name, Result }) => [Name.replace(/^.*live\/dev\//, ''), Result] as const,
  );
  return {
    ...run,
    /** Units of a result. */
    which: (wanted: string) =>
      results.flatMap(([name, result]) => (result === wanted ? [name] : [])).sort(),
  };
};

/** Applies, and stops the run once so many units were changed; whether it did. */
const stopAtUnit = (tree: Tree, units: number, signal: 'SIGINT' | 'SIGKILL') => {
  let changed = 0;
  return stopAfter(
    tree,
    'dev',
    ['run', '--all', 'apply'],
    signal,
    (line) => /Apply complete! Resources: [1-9]/.test(line) && ++changed >= units,
  );
};

/** Every resource that a state has, as `type region id`. */
const inStates = (tree: Tree): string[] =>
  [
    ...new Glob('*/*/*/*.tfstate').scanSync({
      cwd: join(tree.folder, 'build/state'),
      absolute: true,
    }),
  ]
    .map((file) => readFileSync(file, 'utf8'))
    // Empty from when it is locked until something is in it.
    .flatMap((text) => (text ? JSON.parse(text).resources : []))
    .filter(({ mode, type }) => mode === 'managed' && type.startsWith('aws_'))
    .flatMap(({ type, instances }) =>
      instances.map(({ attributes }: Resource) => nameOf(type, attributes)),
    )
    .sort();

/** What the account has that was asked for, not made along with something, as `type region id`. */
const inAccount = async (tree: Tree): Promise<string[]> =>
  (await tree.simulation.resources())
    .filter(({ made_by }) => !made_by)
    .map(({ type, attributes }) => nameOf(type, attributes))
    .sort();

const nameOf = (type: string, { region = '', id }: Resource['attributes']): string =>
  `${type} ${region} ${id}`;

/** Takes away what was made and is in no state, as a person does; what it was. */
const removeStrays = async (tree: Tree): Promise<string[]> => {
  const known = new Set(inStates(tree));
  const account = await tree.simulation.resources();
  const strays = account.filter(
    ({ made_by, type, attributes }) => !made_by && !known.has(nameOf(type, attributes)),
  );
  for (const { file, id } of strays)
    for (const each of [
      file,
      ...account.filter(({ made_by }) => made_by === id).map((r) => r.file),
    ])
      rmSync(each, { force: true });
  return strays.map(({ type, attributes }) => nameOf(type, attributes));
};

/** Nothing is half there, in no state, or twice. */
const expectWhole = async (tree: Tree) => {
  const states = inStates(tree);
  expect(states.length).toBeGreaterThan(200);
  expect(new Set(states).size).toBe(states.length);
  expect(await inAccount(tree)).toEqual(states);
};

/** Changes a resource behind Terraform's back. */
const changeByHand = ({ file }: Resource, change: Resource['attributes']): void => {
  const { attributes, ...rest } = JSON.parse(readFileSync(file, 'utf8'));
  writeFileSync(file, JSON.stringify({ ...rest, attributes: { ...attributes, ...change } }));
};

const find = async (type: string, id: string): Promise<Resource> => {
  const found = (await tree.simulation.resources()).find(
    (resource) => resource.type === type && resource.id.startsWith(id),
  );
  if (!found) throw new Error(`no ${type} ${id}`);
  return found;
};

const interrupt = async () => {
  const { said } = await stopAtUnit(tree, 3, 'SIGINT');
  expect(said).toContain('Interrupt received');
  expect(said).toContain('Run Summary');
};

const kill = async () => {
  const { stopped, said } = await stopAtUnit(tree, 3, 'SIGKILL');
  expect(stopped).toBe(true);
  expect(said).not.toContain('Run Summary');
  await removeStrays(tree);
};

const deny = async () => {
  tree.simulation.faults({ deny: ['create aws_eks_cluster'] });
  const { succeeded, said, which } = await apply();
  expect(succeeded).toBe(false);
  expect(said).toContain('AccessDeniedException: not authorized to create aws_eks_cluster');
  expect(said).toMatch(/Failed\s+1\b[\s\S]*Early Exits\s+3\b/);
  expect(which('failed')).toEqual(['eu-west-1/shared/cluster']);
  expect(which('early exit')).toEqual([
    'eu-west-1/app/identity',
    'eu-west-1/shared/gitops',
    'eu-west-1/shared/observability',
  ]);
};

/** Locks a state as another run does, until the function is through. */
const whileLocked = async <Result>(unit: string, use: () => Promise<Result>): Promise<Result> => {
  const lock = `
import fcntl, sys
state = open(sys.argv[1], "r+")
fcntl.lockf(state, fcntl.LOCK_EX)
print("locked", flush=True)
sys.stdin.read()`;
  const holder = Bun.spawn(
    ['python3', '-c', lock, join(tree.folder, `build/state/dev/${unit}.tfstate`)],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  try {
    // Not to its end, which would take the pipe from what is still being written.
    await holder.stdout.getReader().read();
    return await use();
  } finally {
    await holder.stdin.end();
    await holder.exited;
  }
};

const lock = async () => {
  tree.simulation.faults({});
  const unit = 'eu-west-1/shared/cluster';
  const before = await tree.simulation.resources();
  const { succeeded, said, which } = await whileLocked(unit, () => apply('--filter', `./${unit}`));
  expect(succeeded).toBe(false);
  expect(said).toContain('Error acquiring the state lock');
  expect(which('failed')).toEqual([unit]);
  expect(await tree.simulation.resources()).toEqual(before);
};

const throttle = async () => {
  tree.simulation.faults({ throttle: 25 });
  const { succeeded, said, which } = await apply();
  expect([succeeded, succeeded ? '' : said.slice(-20_000)]).toEqual([true, '']);
  expect(said).toContain('ThrottlingException');
  expect(which('failed')).toEqual([]);
  await expectWhole(tree);
};

const drift = async () => {
  tree.simulation.faults({});
  const alarm = await find('aws_cloudwatch_metric_alarm', 'hello-dev-database-memory');
  rmSync(alarm.file);
  const cluster = await find('aws_rds_cluster', 'hello-dev');
  changeByHand(cluster, { backup_retention_period: 9 });

  const app = ['--filter', './eu-west-1/app/*'];
  const plan = async () => readPlans(await tree.all('dev', ...app, 'plan'));
  const changes = Object.entries(await plan()).filter(([, change]) => change !== 'none');
  expect(Object.fromEntries(changes)).toEqual({
    'eu-west-1/app/database': '0 to add, 1 to change, 0 to destroy',
    'eu-west-1/app/alarms': '1 to add, 0 to change, 0 to destroy',
  });
  await tree.all('dev', ...app, 'apply');
  expect(new Set(Object.values(await plan()))).toEqual(new Set(['none']));
  await expectWhole(tree);
};

testInOrder('dev:', [
  ['a run that is interrupted says where it stopped', interrupt],
  ['one that is killed ends at once, with all that it started', kill],
  ['a call that is denied is named, as are the units that were not tried', deny],
  ['a state that another run has locked is left alone', lock],
  ['what is throttled is tried again, and completes what all the others left', throttle],
  ['what was changed or deleted by hand is found, and mended', drift],
]);

testWithSources(
  'a destroy that was denied half-way gets to its end by the same command',
  async () => {
    // Keys stay for some days, so the account is another one.
    await using other = await plantTree();
    const run = (...words: string[]) =>
      other.terragrunt(
        'dev',
        'dev',
        ...['run', '--all', '--feature', 'destroy=dev'],
        ...['network', 'cluster'].flatMap((unit) => ['--filter', `./eu-west-1/shared/${unit}`]),
        ...words,
      );
    const applied = await run('apply');
    expect([applied.succeeded, applied.succeeded ? '' : applied.said]).toEqual([true, '']);
    other.simulation.faults({ deny: ['delete aws_vpc'] });
    const denied = await run('destroy');
    expect(denied.succeeded).toBe(false);
    expect(denied.said).toContain('not authorized to delete aws_vpc');
    expect(inStates(other).length).toBeGreaterThan(0);
    other.simulation.faults({});
    const again = await run('destroy');
    expect([again.succeeded, again.succeeded ? '' : again.said.slice(-20_000)]).toEqual([true, '']);
    expect(inStates(other)).toEqual([]);
  },
  LIMIT,
);

for (const [signal, title] of [
  ['SIGINT', 'interrupted'],
  ['SIGKILL', 'killed'],
] as const)
  testLong(
    `a run that is ${title} at each third unit gets to its end`,
    async () => {
      await using other = await plantTree();
      let stops = 0;
      while ((await stopAtUnit(other, 3, signal)).stopped) {
        stops++;
        const strays = await removeStrays(other);
        if (signal === 'SIGINT') expect(strays).toEqual([]);
      }
      expect(stops).toBeGreaterThan(5);
      await expectWhole(other);
      expect(new Set(Object.values(readPlans(await other.all('dev', 'plan'))))).toEqual(
        new Set(['none']),
      );
    },
    LONG_LIMIT,
  );
