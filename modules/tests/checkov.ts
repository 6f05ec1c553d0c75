/** What checkov finds in the modules' code and in a plan, and what is said beside the line of each finding. */
import { join } from 'node:path';
import { Glob } from 'bun';

const ROOT = join(import.meta.dir, '../..');
const CHECKOV = join(ROOT, 'tools/checkov/checkov');

/** A comment `#checkov:skip=ID:reason` in a block of a module. */
interface Skip {
  /** Of the repository, such as `modules/app/database`. */
  readonly folder: string;
  /** The block, such as `aws_lambda_function.rotation`, `module.cluster`. */
  readonly block: string;
  readonly check: string;
  readonly reason: string;
}

interface Finding {
  readonly check_id: string;
  readonly check_name: string;
  readonly resource: string;
  readonly file_path: string;
}

interface Report {
  readonly results?: {
    readonly failed_checks: readonly Finding[];
    readonly skipped_checks: readonly Finding[];
    readonly parsing_errors: readonly string[];
  };
}

/** Why checkov can't be used here; undefined when it can. */
export const withoutCheckov = (): string | undefined =>
  Bun.spawnSync(['python3', '-m', 'pip', '--version'], { stdio: ['ignore', 'ignore', 'ignore'] })
    .exitCode === 0
    ? undefined
    : 'there is no python3 with pip';

const scan = async (...subject: readonly string[]) => {
  const child = Bun.spawn([CHECKOV, ...subject, '--compact', '--output=json'], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const output = await new Response(child.stdout).text();
  const { results } = JSON.parse(output) as Report;
  if (!results || results.parsing_errors.length > 0) throw new Error(`checkov: ${output}`);
  return results;
};

/** Every comment in the modules' code. */
export const skips = async (): Promise<Skip[]> => {
  const all: Skip[] = [];
  for (const file of new Glob('modules/**/*.tf').scanSync({ cwd: ROOT })) {
    let block = '';
    for (const line of (await Bun.file(join(ROOT, file)).text()).split('\n')) {
      const [, kind, ...labels] = /^(\w+) "([^"]+)"(?: "([^"]+)")? \{$/.exec(line) ?? [];
      if (kind) block = [...(kind === 'module' ? [kind] : []), ...labels].filter(Boolean).join('.');
      const [, check = '', reason = ''] = /#checkov:skip=(\w+)(?::(.*))?$/.exec(line) ?? [];
      if (check) all.push({ folder: file.replace(/\/[^/]+$/, ''), block, check, reason });
    }
  }
  return all;
};

/**
 * Scans the code of the modules, and a plan of the root that calls them.
 * @param folders of the modules that the root calls, by the name of the call
 * @returns a line for each finding that no comment tells of, for each comment without a reason, and for each that
 * nothing is found for
 */
export const unexplained = async (
  plan: string,
  folders: Readonly<Record<string, string>>,
): Promise<string[]> => {
  const comments = await skips();
  const used = new Set<Skip>();
  const told = (folder: string, block: string, check: string): boolean => {
    const found = comments.filter(
      (skip) => skip.folder === folder && skip.block === block && skip.check === check,
    );
    for (const skip of found) used.add(skip);
    return found.length > 0;
  };

  const code = await scan('--directory=modules', '--framework=terraform');
  for (const { file_path, resource, check_id } of code.skipped_checks)
    told(folderOf(file_path), blockOf(resource), check_id);
  const planned = await scan(`--file=${plan}`, '--framework=terraform_plan');
  const failures = [
    ...code.failed_checks,
    ...planned.failed_checks.filter(({ resource, check_id }) => {
      const [, call = '', rest = ''] = /^module\.([\w-]+)\.(.*)$/.exec(resource) ?? [];
      return !told(folders[call] ?? '', blockOf(rest), check_id);
    }),
  ];
  return [
    ...failures.map(
      ({ check_id, check_name, resource }) => `${resource}: ${check_id} ${check_name}`,
    ),
    ...comments
      .filter(({ reason }) => reason.trim().length < 10)
      .map(({ folder, block, check }) => `${folder} ${block}: ${check} has no reason`),
    ...comments
      .filter((skip) => !used.has(skip))
      .map(
        ({ folder, block, check }) =>
          `${folder} ${block}: ${check} is not found, its comment can go`,
      ),
  ];
};

const folderOf = (file: string): string => `modules${file.replace(/\/[^/]+$/, '')}`;

/** The block of a module's code that an address comes from. */
const blockOf = (address: string): string =>
  address
    .replace(/^data\./, '')
    .split('.')
    .slice(0, 2)
    .join('.')
    .replace(/\[.*/, '');
