/** What is refused, and what is left out unless it is named; no run here gets as far as AWS. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test';
import { cpSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { LIMIT, plantTree, type Tree } from './tree.ts';

setDefaultTimeout(LIMIT);

let tree: Tree;
beforeAll(async () => {
  tree = await plantTree();
  const { succeeded, said } = await tree.terragrunt('dev', '', 'stack', 'generate');
  if (!succeeded) throw new Error(said);
});
afterAll(() => tree[Symbol.asyncDispose]());

/** What is said in one line, without Terragrunt's own at its beginning. */
const oneLine = (said: string): string => said.replaceAll(/\s+/g, ' ');

test('run --all from live/ takes no unit of prod, and all with the feature', async () => {
  // Providers alone would be initialised: a command that none understands ends each unit early.
  const queued = async (...feature: string[]) => {
    const report = join(tree.folder, 'build/report.json');
    await tree.terragrunt(
      'dev',
      '',
      ...['run', '--all', ...feature, '--report-file', report, '--', 'version'],
    );
    const units: { Name: string; Result: string }[] = await Bun.file(report).json();
    rmSync(report);
    return new Set(
      units
        .filter(({ Result }) => Result !== 'excluded')
        .map(({ Name }) => Name.replace(/^.*live\//, '').split('/')[0]),
    );
  };
  expect(await queued()).toEqual(new Set(['dev']));
  expect(await queued('--feature', 'production=true')).toEqual(new Set(['dev', 'prod']));
});

test('credentials of another account are refused', async () => {
  const { succeeded, said } = await tree.terragrunt(
    '999999999999',
    'dev/global/shared/dns',
    'plan',
  );
  expect(succeeded).toBe(false);
  expect(oneLine(said)).toContain('AWS account ID not allowed: 999999999999');
});

test('an apply never carries a mock: what it depends on must be applied', async () => {
  const { succeeded, said } = await tree.terragrunt('dev', 'dev/eu-west-1/shared/cluster', 'apply');
  expect(succeeded).toBe(false);
  expect(said).toContain('shared/network/terragrunt.hcl is a dependency of');
  expect(said).toContain('detected no outputs');
  expect(await tree.simulation.resources()).toEqual([]);
});

test('nor does an apply of a plan that was kept, since none is kept on mocks', async () => {
  for (const words of [
    ['plan', '-out=plan'],
    ['plan', '-out', 'plan'],
    ['run', '--all', '--out-dir', join(tree.folder, 'build/plans'), 'plan'],
  ]) {
    const { succeeded, said } = await tree.terragrunt(
      'dev',
      'dev/eu-west-1/shared/cluster',
      ...words,
    );
    expect([words, succeeded]).toEqual([words, false]);
    expect(said).toContain('detected no outputs');
  }
});

test('a function that is not packed is said so', async () => {
  const archive = join(tree.folder, 'modules/shared/edge/rotation.zip');
  const packed = await Bun.file(archive).bytes();
  rmSync(archive);
  const { succeeded, said } = await tree.terragrunt('dev', 'dev/global/shared/edge', 'plan');
  await Bun.write(archive, packed);
  expect(succeeded).toBe(false);
  expect(said).toContain('A Lambda function of shared/edge is not packed: run bun run build');
});

test('a destroy is refused however it is spelt', async () => {
  const folder = 'dev/global/shared/dns';
  for (const words of [
    ['destroy'],
    ['plan', '-destroy'],
    ['plan', '-destroy=true'],
    ['plan', '--destroy'],
    ['apply', '--destroy=true'],
  ]) {
    const { succeeded, said } = await tree.terragrunt('dev', folder, ...words);
    expect([words, succeeded]).toEqual([words, false]);
    expect(said).toContain('Nothing of dev is destroyed without --feature destroy=dev');
  }
  tree.simulation.environment.TF_CLI_ARGS_plan = '-destroy';
  const { succeeded, said } = await tree.terragrunt('dev', folder, 'plan');
  delete tree.simulation.environment.TF_CLI_ARGS_plan;
  expect(succeeded).toBe(false);
  expect(oneLine(said)).toMatch(/TF_CLI_ARGS_plan=-destroy.* Unset that variable/);
});

test('a destroy goes on where what a unit needs is gone already', async () => {
  const { succeeded, said } = await tree.terragrunt(
    'dev',
    'dev/eu-west-1/shared/cluster',
    ...['destroy', '--feature', 'destroy=dev'],
  );
  expect([succeeded, succeeded ? '' : said]).toEqual([true, '']);
  expect(said).toContain('Resources: 0 destroyed');
});

const STANDBY = 'prod/eu-central-1/terragrunt.stack.hcl';
test.each([
  [
    'role = "standby"',
    'role = "standbye"',
    'role = "standbye" is unknown: use primary, standby or',
  ],
  ['role = "standby"', 'role = "active"', 'database_instances = 0, but role is active: set 1 or'],
  ['range = "10.48.0.0/16"', '', 'range is missing: set it'],
  ['database_instances', 'instances', 'database_instances is missing: set it'],
  ['zones = ', 'instances = 3\n  zones = ', 'instances = 3 is unknown: use role, range, zones, '],
])('a region whose %p became %p is refused', async (from, to, fault) => {
  const unaligned = (text: string) => text.replaceAll(/ += /g, ' = ');
  const original = await Bun.file(join(tree.folder, 'live', STANDBY)).text();
  await tree.edit(`live/${STANDBY}`, (text) => unaligned(text).replace(from, to));
  const { succeeded, said } = await tree.terragrunt('prod', 'prod/global/shared/dns', 'plan');
  await tree.edit(`live/${STANDBY}`, () => original);
  expect(succeeded).toBe(false);
  expect(oneLine(said)).toContain(`live/${STANDBY}: ${fault}`);
});

test.each([
  ['eu-central-1', '"standby"', '"primary"', 'in 2 regions (eu-central-1, eu-west-1): give it to'],
  ['eu-west-1', '"primary"', '"standby"', 'in 0 regions (): give it to'],
])('not exactly one primary is refused: %s, %s as %s', async (region, from, to, fault) => {
  const file = `live/prod/${region}/terragrunt.stack.hcl`;
  await tree.edit(file, (text) => text.replace(from, to));
  const { succeeded, said } = await tree.terragrunt('prod', 'prod/global/shared/dns', 'plan');
  await tree.edit(file, (text) => text.replace(to, from));
  expect(succeeded).toBe(false);
  expect(oneLine(said)).toContain(`live/prod/*/terragrunt.stack.hcl: role = "primary" ${fault}`);
});

test('a region in the place of global is refused', async () => {
  const folder = join(tree.folder, 'live/prod/us-east-1');
  cpSync(
    join(tree.folder, 'live', dirname(STANDBY), 'terragrunt.stack.hcl'),
    join(folder, 'terragrunt.stack.hcl'),
  );
  const { succeeded, said } = await tree.terragrunt('prod', 'prod/global/shared/dns', 'plan');
  rmSync(folder, { recursive: true });
  expect(succeeded).toBe(false);
  expect(oneLine(said)).toContain('live/prod/us-east-1: use another region');
});
