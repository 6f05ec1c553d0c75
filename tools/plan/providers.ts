/**
 * The providers that the modules take, by the hashes that their registry has of them for {@link PLATFORMS}:
 *
 *     bun tools/plan/providers.ts lock                 # writes modules/providers.lock.hcl, with the newest that the modules allow
 *     bun tools/plan/providers.ts drift [MODULE ...]   # tells what the registries have otherwise, in the issue "Drift in providers"
 *
 * Beside other hashes that is a module, such as `shared/dns`, by default each: one whose pins can't be
 * had any more, or that the real providers refuse.
 */
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Glob } from 'bun';
import { collect } from '../collect.ts';
import { tell } from './issue.ts';
import { failure } from './unit.ts';

const ROOT = join(import.meta.dir, '../..');
const TOFU = join(ROOT, 'tools/opentofu/tofu');
const MODULES = join(ROOT, 'modules');

/** Where people and pipelines run OpenTofu. */
const PLATFORMS = ['linux_amd64', 'linux_arm64', 'darwin_amd64', 'darwin_arm64'];

/** As live/root.hcl has it. */
const LOCK = 'modules/providers.lock.hcl';
const lock = Bun.file(join(ROOT, LOCK));

/** What OpenTofu calls it, beside the code. */
const LOCK_OF_CODE = '.terraform.lock.hcl';

const allModules = (): string[] =>
  [...new Glob('*/*/versions.tf').scanSync({ cwd: MODULES })].map(dirname).toSorted();

const work = mkdtempSync(join(tmpdir(), 'hello-providers-'));
/** Where OpenTofu keeps what it fetched, once for all modules. */
const packages = join(work, 'packages');
mkdirSync(packages);

/** Runs OpenTofu in a folder; what it said of its failure. */
const tofu = async (folder: string, ...words: readonly string[]): Promise<string | undefined> => {
  const { status, output, errors } = await collect([TOFU, ...words, '-no-color'], {
    cwd: folder,
    env: { ...process.env, TF_IN_AUTOMATION: 'true', TF_PLUGIN_CACHE_DIR: packages },
  });
  return status === 0 ? undefined : failure(output + errors);
};

/** A copy of the modules, and beside it a root that calls all of them, as far as OpenTofu asks it which providers they need. */
const copyModules = async (): Promise<string> => {
  const copies = join(work, 'modules');
  const isCode = (path: string) => !/\/(tests|\.terraform)$/.test(path);
  cpSync(MODULES, copies, { recursive: true, filter: isCode });
  const calls = allModules().map(
    (module, index) => `module "m${index}" {\n  source = "./modules/${module}"\n}\n`,
  );
  await Bun.write(join(work, 'main.tf'), calls.join(''));
  return copies;
};

/**
 * Asks the registries for the hashes of every provider, of ours and of modules that ours call, on every platform.
 * @returns the lock file, which has the versions and hashes of the given one
 * @throws Error when they aren't what the registries have
 */
const lockOf = async (given?: string): Promise<string> => {
  const file = Bun.file(join(work, LOCK_OF_CODE));
  if (given) await Bun.write(file, given);
  const platforms = PLATFORMS.map((platform) => `-platform=${platform}`);
  const failed = (await tofu(work, 'get')) ?? (await tofu(work, 'providers', 'lock', ...platforms));
  if (failed) throw new Error(failed);
  return file.text();
};

const part = (title: string, said: string): string => `### ${title}\n\n\`\`\`\n${said}\n\`\`\`\n`;

/** What the registry of the providers has otherwise than the lock file: to hashes of other platforms OpenTofu adds its own. */
const differingLock = async (): Promise<string[]> => {
  const given = (await lock.exists()) ? await lock.text() : undefined;
  const told = await lockOf(given).then(
    (now) => now.split('\n').filter((line) => !given?.split('\n').includes(line)),
    (error: Error) => [error.message],
  );
  const fault = given
    ? 'is not what the registry has'
    : 'is not there: commit what `bun tools/plan/providers.ts lock` makes';
  return told.length === 0 ? [] : [part(`${LOCK} ${fault}`, told.join('\n'))];
};

/** The modules that can't be had, or are no valid code to the real providers. */
const refusedModules = async (copies: string, modules: readonly string[]): Promise<string[]> => {
  const refused: string[] = [];
  // As lockOf left it: without one, OpenTofu would fetch the same packages for each module.
  const locked = Bun.file(join(work, LOCK_OF_CODE));
  for (const module of modules) {
    const folder = join(copies, module);
    if (await locked.exists()) await Bun.write(join(folder, LOCK_OF_CODE), locked);
    const failed =
      (await tofu(folder, 'init', '-backend=false', '-input=false')) ??
      (await tofu(folder, 'validate'));
    if (failed) refused.push(part(`modules/${module}`, failed));
  }
  return refused;
};

const drift = async (modules: readonly string[]): Promise<void> => {
  const copies = await copyModules();
  const parts = [...(await differingLock()), ...(await refusedModules(copies, modules))];
  const body = join(work, 'drift.md');
  await Bun.write(body, parts.join('\n'));
  await tell('Drift in providers', parts.length > 0 ? body : undefined);
  console.log(parts.join('\n') || 'providers: nothing differs');
};

const [command, ...modules] = process.argv.slice(2);
try {
  const unknown = modules.filter((module) => !allModules().includes(module));
  if (command === 'lock' && modules.length === 0) {
    await copyModules();
    await Bun.write(lock, await lockOf());
  } else if (command === 'drift' && unknown.length === 0)
    await drift(modules.length > 0 ? modules : allModules());
  else {
    console.error(
      'usage: bun tools/plan/providers.ts lock | drift [MODULE ...], such as shared/dns',
    );
    process.exitCode = 2;
  }
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
} finally {
  rmSync(work, { recursive: true });
}
