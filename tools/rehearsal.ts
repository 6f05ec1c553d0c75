/** A copy of the work tree as a Git repository of its own, in which tests rehearse what changes a repository. */
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { collect, type Result } from './collect.ts';
import { git } from './git.ts';

const ROOT = join(import.meta.dir, '..');

export interface Rehearsal extends AsyncDisposable {
  readonly folder: string;
  readonly git: (...command: readonly string[]) => Promise<string>;
  /** Runs a script of package.json. */
  readonly run: (
    script: string,
    words: readonly string[],
    environment?: Record<string, string>,
  ) => Promise<Result>;
  /** Runs Bun, with a program of the clone. */
  readonly bun: (words: readonly string[], environment?: Record<string, string>) => Promise<Result>;
  /** Changes a file by its text. */
  readonly edit: (file: string, change: (text: string) => string) => Promise<void>;
  /** Commits all changes; the commit. */
  readonly commit: (subject: string) => Promise<string>;
}

/** What is there now, committed or not, as the only commit of branch `main`. */
export const rehearse = async (): Promise<Rehearsal> => {
  const folder = mkdtempSync(join(tmpdir(), 'hello-rehearsal-'));
  const listed = await git(ROOT, 'ls-files', '-z', '--cached', '--others', '--exclude-standard');
  for (const file of listed.split('\0').filter(Boolean)) {
    if (!(await Bun.file(join(ROOT, file)).exists())) continue;
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    cpSync(join(ROOT, file), join(folder, file));
  }
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  const own = (...command: readonly string[]) => git(folder, ...command);
  await own('init', '--quiet', '--initial-branch=main');
  writeFileSync(join(folder, '.git/info/exclude'), '/node_modules\n');
  for (const [key, value] of [
    ['user.name', 'Rehearsal'],
    ['user.email', 'rehearsal@example.com'],
    ['commit.gpgsign', 'false'],
    ['tag.gpgsign', 'false'],
    ['gc.auto', '0'],
  ] as const)
    await own('config', key, value);
  const commit = async (subject: string): Promise<string> => {
    await own('add', '--all');
    await own('commit', '--quiet', '--message', subject);
    return own('rev-parse', 'HEAD');
  };
  await commit('The work tree');
  const bun: Rehearsal['bun'] = (words, environment) =>
    collect([process.execPath, ...words], {
      cwd: folder,
      env: { ...process.env, ...environment },
    });
  return {
    folder,
    git: own,
    commit,
    bun,
    run: (script, words, environment) => bun(['run', '--silent', script, ...words], environment),
    edit: async (file, change) => {
      const path = join(folder, file);
      await Bun.write(path, change(await Bun.file(path).text()));
    },
    [Symbol.asyncDispose]: async () => rmSync(folder, { recursive: true }),
  };
};
