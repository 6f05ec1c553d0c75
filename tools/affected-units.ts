/**
 * Prints the units of live/ that changes since a commit reach, a path a line, those that are no more with a `-` before it:
 *   bun tools/affected-units.ts [commit, by default HEAD]
 * Uncommitted changes count. Terragrunt 1.0 can't tell: it knows neither files that were deleted nor modules in modules.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, normalize, relative } from 'node:path';
import { Glob } from 'bun';
import { collect } from './collect.ts';
import { git } from './git.ts';

const ROOT = join(import.meta.dir, '..');

/** What makes units without being read by them: who changes it reaches all. */
const REACHES_ALL = /^(live\/(root|facts)\.hcl|stacks\/unit\/.*|modules\/providers\.lock\.hcl)$/;

/** What the archive of every Lambda function is packed by, and from beside its own folder. */
const PACKS = /^(bun\.lock|package\.json|tsconfig\.json|tools\/lambda\.ts|tools\/bun\/.*)$/;
const FUNCTION = /^modules\/[^/]+\/[^/]+\/[^/]+\/index\.ts$/;

export interface Unit {
  /** In `live/`, such as `dev/eu-west-1/shared/network`. */
  readonly path: string;
  readonly dependencies: readonly string[];
  /** Files of the repository that it reads. */
  readonly reading: readonly string[];
}

/** The units of a work tree, in the order of their dependencies, after their stacks were generated anew. */
export const findUnits = async (folder: string): Promise<Unit[]> => {
  // What a stack no longer has stays behind when it is generated anew.
  await git(folder, 'clean', '--quiet', '-fdX', 'live');
  await terragrunt(folder, 'stack', 'generate');
  const found: { type: string; path: string; dependencies?: string[]; reading?: string[] }[] =
    JSON.parse(await terragrunt(folder, 'find', '--json', '--dag', '--dependencies', '--reading'));
  return found
    .filter(({ type }) => type === 'unit')
    .map(({ path, dependencies = [], reading = [] }) => ({
      path,
      dependencies,
      reading: reading.map((file) => normalize(join('live', file))),
    }));
};

/** The units that changes since a commit reach, and those that are no more, each sorted; by those of now, where they are known. */
export const affectedUnits = async (
  folder: string,
  commit: string,
  units?: readonly Unit[],
): Promise<{ changed: string[]; removed: string[] }> => {
  const [differing, added] = await Promise.all([
    git(folder, 'diff', '--name-only', '--no-renames', commit),
    git(folder, 'ls-files', '--others', '--exclude-standard'),
  ]);
  const changes = `${differing}\n${added}`.split('\n').filter(Boolean);
  const before = mkdtempSync(join(tmpdir(), 'hello-before-'));
  try {
    await git(folder, 'worktree', 'add', '--quiet', '--detach', before, commit);
    const old = existsSync(join(before, 'live')) ? await findUnits(before) : [];
    const now = units ?? (await findUnits(folder));
    const paths = new Set(now.map(({ path }) => path));
    const known = new Set(old.map(({ path }) => path));
    const reached = new Set([
      ...reachedBy(changes, folder, now),
      ...reachedBy(changes, before, old),
    ]);
    for (const path of paths) if (!known.has(path)) reached.add(path);
    return {
      changed: [...reached].filter((path) => paths.has(path)).sort(),
      removed: [...known].filter((path) => !paths.has(path)).sort(),
    };
  } finally {
    await git(folder, 'worktree', 'remove', '--force', before);
    rmSync(before, { recursive: true, force: true });
  }
};

/** The units of a work tree that read one of these files, or whose modules do. */
function reachedBy(changes: readonly string[], folder: string, units: readonly Unit[]): string[] {
  const all = changes.some((file) => REACHES_ALL.test(file));
  const functions = changes.some((file) => PACKS.test(file));
  const files = new Set(changes);
  return units
    .filter(
      ({ reading }) =>
        all ||
        (functions && reading.some((file) => FUNCTION.test(file))) ||
        reading.some((file) => files.has(file)) ||
        calledModules(folder, reading).some((module) =>
          changes.some((file) => file.startsWith(`${module}/`) && isCode(file)),
        ),
    )
    .map(({ path }) => path);
}

/** Whether a file of a module makes a difference to what is applied. */
const isCode = (file: string): boolean => !/\/tests\/|\.md$/.test(file);

/** The modules of the repository that modules call, at any depth. */
function calledModules(folder: string, reading: readonly string[]): string[] {
  const modules = new Set(reading.filter((file) => file.endsWith('.tf')).map(dirname));
  const own = new Set(modules);
  for (const module of modules)
    for (const file of new Glob('*.tf').scanSync({ cwd: join(folder, module), absolute: true }))
      for (const [, source = ''] of readFileSync(file, 'utf8').matchAll(
        /^\s*source\s*=\s*"(\.\.?\/[^"]*)"/gm,
      ))
        modules.add(relative(folder, join(dirname(file), source)));
  return [...modules].filter((module) => !own.has(module));
}

/** Runs Terragrunt in the live/ of a work tree. */
async function terragrunt(folder: string, ...words: string[]): Promise<string> {
  const { status, output, errors } = await collect(
    [join(ROOT, 'tools/terragrunt/terragrunt'), ...words],
    {
      cwd: join(folder, 'live'),
      env: { ...process.env, TG_NON_INTERACTIVE: 'true', TG_NO_COLOR: 'true' },
    },
  );
  if (status !== 0)
    throw new Error(`terragrunt ${words.join(' ')} ended with ${status}\n${errors}`);
  return output;
}

if (import.meta.main) {
  const { changed, removed } = await affectedUnits(ROOT, process.argv[2] ?? 'HEAD');
  for (const path of changed) console.log(path);
  for (const path of removed) console.log(`-${path}`);
}
