/** Our modules on the code of others, or on stand-ins of it. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Glob } from 'bun';
import { testWithSources } from '../../../modules/tests/sources.ts';
import { type Simulation, startSimulation } from '../simulation.ts';
import { codeHash, interfaces } from '../sources.ts';
import recorded from '../stand-ins.json';

const ROOT = join(import.meta.dir, '../../..');
const MODULES = [...new Glob('modules/*/*/versions.tf').scanSync({ cwd: ROOT })].map((file) =>
  file.replace('/versions.tf', ''),
);

// OpenTofu takes its time on a machine that others use too.
setDefaultTimeout(180_000);

let simulation: Simulation;
beforeAll(async () => {
  simulation = await startSimulation({ sources: [], registry: '' });
});
afterAll(() => simulation.stop());

test.each(MODULES)('%s is valid on stand-ins', async (module) => {
  const folder = simulation.root({});
  cpSync(join(ROOT, module), folder, { recursive: true });
  await simulation.run(folder, 'init');
  expect(await simulation.run(folder, 'validate')).toContain('The configuration is valid');
});

test('a module that passes what a stand-in does not take is not', async () => {
  const call = (argument: string) =>
    `module "this" {\n  source  = "terraform-aws-modules/kms/aws"\n  version = "4.2.0"\n  ${argument}\n}`;
  const validate = async (argument: string) => {
    const folder = simulation.root({ 'main.tf': call(argument) });
    await simulation.run(folder, 'init');
    return (await simulation.tofu(folder, 'validate')).stderr;
  };
  expect(await validate('description = "d"')).toBe('');
  expect(await validate('descriptoin = "d"')).toContain('Unsupported argument');
  expect(await validate('deletion_window_in_days = "soon"')).toContain('a number is required');
});

test('a folder without modules, or none, is told in words', () => {
  const cache = mkdtempSync(join(tmpdir(), 'modules-'));
  const copy = (from: string) => {
    const { exitCode, stderr } = Bun.spawnSync(
      [process.execPath, join(import.meta.dir, '../sources.ts'), 'copy', from],
      { env: { ...process.env, XDG_CACHE_HOME: cache } },
    );
    return `${exitCode} ${stderr}`;
  };
  try {
    expect(copy(cache)).toStartWith(`2 ${cache} has none of them: name the folder that holds`);
    expect(copy(join(cache, 'no'))).toBe(
      `2 FROM is ${join(cache, 'no')}, which is no folder: name one that exists\n`,
    );
  } finally {
    rmSync(cache, { recursive: true });
  }
});

test('what the cache lacks comes from a registry that can be reached', async () => {
  const asked: string[] = [];
  const registry = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    fetch: ({ url }) => {
      asked.push(new URL(url).pathname);
      return new Response(null, { status: 204, headers: { 'X-Terraform-Get': '/nowhere' } });
    },
  });
  const reached = await startSimulation({ sources: [], registry: registry.url.origin });
  const folder = reached.root({
    'main.tf':
      'module "this" {\n  source  = "terraform-aws-modules/kms/aws"\n  version = "4.2.0"\n}',
  });
  expect((await reached.tofu(folder, 'init')).stderr).toContain('/nowhere');
  expect(asked).toEqual(['/v1/modules/terraform-aws-modules/kms/aws/4.2.0/download']);
  await reached.stop();
  await registry.stop(true);
});

testWithSources(
  'the recorded interfaces are those of the sources',
  async () => expect(recorded as unknown).toEqual(await interfaces()),
  180_000,
);

test('the hash of the code knows every change in modules/, and nothing else', async () => {
  const folder = simulation.root({});
  rmSync(join(folder, 'modules'));
  const hashes = [await codeHash(folder)];
  for (const [path, text] of [
    ['modules/app/database/main.tf', 'version = "1"'],
    ['modules/app/database/main.tf', 'version = "2"'],
  ] as const) {
    await Bun.write(join(folder, path), text);
    hashes.push(await codeHash(folder));
  }
  expect(new Set(hashes).size).toBe(3);
  await Bun.write(join(folder, 'live/prod/terragrunt.hcl'), 'a = 1');
  await Bun.write(join(folder, 'modules/app/database/README.md'), 'text');
  expect(await codeHash(folder)).toBe(hashes.at(-1) as string);
});
