/** What is refused, and what is left out unless it is named; no run here gets as far as AWS. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
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

test('two primary regions are refused', async () => {
  const file = 'live/prod/eu-central-1/terragrunt.stack.hcl';
  await tree.edit(file, (text) => text.replace('"standby"', '"primary"'));
  const { succeeded, said } = await tree.terragrunt('prod', 'prod/global/shared/dns', 'plan');
  await tree.edit(file, (text) => text.replace('"primary"', '"standby"'));
  expect(succeeded).toBe(false);
  expect(said).toMatch(/one\([\s\S]*facts\.hcl|facts\.hcl[\s\S]*one/);
});
