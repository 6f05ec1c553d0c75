import {
  afterAll,
  beforeAll,
  beforeEach,
  describe,
  expect,
  setDefaultTimeout,
  test,
} from 'bun:test';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Result } from '../../collect.ts';
import { git } from '../../git.ts';
import { type Rehearsal, rehearse } from '../../rehearsal.ts';
import { filesOf, setDigest } from '../environment.ts';
import { setImage } from './image.ts';

setDefaultTimeout(120_000);

const DIGEST = `sha256:${'1'.repeat(64)}`;
const REPOSITORY = 'registry.example.net/hello';
const NEXT = `sha256:${'2'.repeat(64)}`;

const folder = mkdtempSync(join(tmpdir(), 'hello-propose-'));
const origin = join(folder, 'origin.git');
const calls = join(folder, 'calls');
const hook = join(origin, 'hooks/post-receive');
let clone: Rehearsal;
let first: string;

const program = (path: string, ...lines: readonly string[]): void =>
  writeFileSync(path, `#!/bin/sh\n${lines.join('\n')}\n`, { mode: 0o755 });

beforeAll(async () => {
  clone = await rehearse();
  await setImage(clone, REPOSITORY);
  first = await clone.commit('Name the registry');
  await git(folder, 'init', '--quiet', '--bare', origin);
  await clone.git('remote', 'add', 'origin', origin);
});

beforeEach(async () => {
  rmSync(calls, { force: true });
  rmSync(hook, { force: true });
  github({ open: '' });
  await clone.git('reset', '--hard', '--quiet', first);
  await clone.git('push', '--quiet', '--force', 'origin', 'main');
});

afterAll(async () => {
  await clone[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

/** Stands in for GitHub's program: notes how it is called, and says which pull request is open, and its head. */
const github = ({ open, head = '' }: { open: string; head?: string }): void =>
  program(
    join(folder, 'gh'),
    `echo "$@" | tr '\\n' ' ' | sed 's/ $//' >> '${calls}'; echo >> '${calls}'`,
    `case "$2" in list) echo '${open}' ;; view) echo '${head}' ;; esac`,
  );

const called = async (): Promise<string[]> =>
  (await Bun.file(calls).exists()) ? (await Bun.file(calls).text()).trim().split('\n') : [];

const ENVIRONMENT = {
  PATH: `${folder}:${process.env.PATH}`,
  GITHUB_SERVER_URL: 'https://github.com',
  GITHUB_REPOSITORY: 'example/hello',
  GITHUB_RUN_ID: '7',
};

const propose = (digest: string, built: string): Promise<Result> =>
  clone.bun(['tools/promote/propose.ts', digest, built], ENVIRONMENT);

const proposed = (...words: readonly string[]) => git(origin, 'log', '-1', ...words, 'promote/dev');

const commitOf = ({ status, output, errors }: Result): string => {
  expect({ status, errors }).toMatchObject({ status: 0 });
  return output.trim().replace('commit=', '');
};

/** A commit of main on GitHub, whose file another than the clone's branch may have. */
const push = async (file: string): Promise<string> => {
  await clone.edit(file, (text) => `${text}\n`);
  const commit = await clone.commit(`Change ${file}`);
  await clone.git('push', '--quiet', 'origin', 'main');
  return commit;
};

describe('an image is proposed for dev', () => {
  test("by a commit on main's newest, and a pull request", async () => {
    const main = await push('README.md');
    await clone.git('reset', '--hard', '--quiet', first);
    const commit = commitOf(await propose(DIGEST, first));
    expect(await proposed('--format=%H %P')).toBe(`${commit} ${main}`);
    expect(await proposed('--format=%s by %an')).toBe(
      `Promote ${DIGEST.slice(0, 19)} to dev by github-actions[bot]`,
    );
    expect((await proposed('--format=', '--name-only')).split('\n').toSorted()).toEqual(
      [...filesOf('dev')].toSorted(),
    );
    expect(await called()).toEqual([
      'auth setup-git',
      'pr list --head promote/dev --state open --json number --jq .[].number',
      `pr create --head promote/dev --base main --title Promote ${DIGEST.slice(0, 19)} to dev --body ${REPOSITORY}@${DIGEST}`,
    ]);
    expect(await clone.git('worktree', 'list')).not.toContain('\n');
  });

  test('in place of an earlier one that waits', async () => {
    await propose(DIGEST, first);
    github({ open: '5' });
    const built = await push('service/src/app.ts');
    commitOf(await propose(NEXT, built));
    expect(await proposed('--format=%b')).toEndWith(NEXT);
    expect((await called()).at(-1)).toStartWith(
      `pr edit 5 --title Promote ${NEXT.slice(0, 19)} to dev`,
    );
  });

  test('on what was merged while it was made', async () => {
    const earlier = commitOf(await propose(DIGEST, first));
    await clone.git('push', '--quiet', 'origin', '--delete', 'promote/dev');
    const built = await push('service/src/app.ts');
    // GitHub merges the earlier proposal just before it gets the branch with this one.
    const merge = `git rev-parse merged 2> /dev/null || { git update-ref refs/heads/main $(git commit-tree -p main -m Merge $(git merge-tree --write-tree main ${earlier})) && git update-ref refs/tags/merged main; }`;
    await git(origin, 'config', 'user.name', 'GitHub');
    await git(origin, 'config', 'user.email', 'github@example.com');
    program(hook, merge);
    const commit = commitOf(await propose(NEXT, built));
    expect(await proposed('--format=%P')).toBe(await git(origin, 'rev-parse', 'merged'));
    expect(await proposed('--format=', '--patch')).toContain(`-    digest: ${DIGEST}`);
    expect(await proposed('--format=%H')).toBe(commit);
  });

  test('not in place of a newer one that came first', async () => {
    const newer = await push('service/src/app.ts');
    await clone.git('push', '--quiet', '--force', 'origin', `${first}:main`);
    await clone.git('reset', '--hard', '--quiet', first);
    const before = join(clone.folder, '.git/hooks/post-commit');
    program(
      before,
      'unset $(git rev-parse --local-env-vars)',
      `git -C '${origin}' update-ref refs/heads/main ${newer}`,
      `git -C '${origin}' update-ref refs/heads/promote/dev ${newer}`,
    );
    const { status, output, errors } = await propose(DIGEST, first);
    rmSync(before);
    expect({ status, output }).toEqual({ status: 0, output: '' });
    expect(errors).toContain('whose image is proposed when it is built');
    expect(await proposed('--format=%H')).toBe(newer);
  });

  test('not when main has something newer to build, or dev has it', async () => {
    const newer = await push('service/src/app.ts');
    expect(await propose(DIGEST, first)).toMatchObject({
      status: 0,
      output: '',
      errors: expect.stringContaining(
        'Change service/src/app.ts, whose image is proposed when it is built\n',
      ),
    });
    await setDigest('dev', DIGEST, clone.folder);
    await clone.commit('Promote');
    await clone.git('push', '--quiet', 'origin', 'main');
    expect(await propose(DIGEST, newer)).toMatchObject({
      status: 0,
      output: '',
      errors: `dev runs ${DIGEST} already\n`,
    });
    expect(new Set(await called())).toEqual(new Set(['auth setup-git']));
  });

  test('not of a commit that main does not have', async () => {
    await clone.edit('README.md', (text) => `${text}\n`);
    const strange = await clone.commit('Not reviewed');
    expect(await propose(DIGEST, strange)).toMatchObject({
      status: 1,
      output: '',
      errors: expect.stringContaining(`${strange} is not on main`),
    });
    expect(await called()).toEqual(['auth setup-git']);
  });
});

describe('a proposal', () => {
  const merge = (...words: readonly string[]): Promise<Result> =>
    clone.bun(['tools/promote/merge.ts', ...words], ENVIRONMENT);

  const status = (context: string, state: string) =>
    `api --silent repos/example/hello/statuses/${first} -f context=${context} -f state=${state} -f target_url=https://github.com/example/hello/actions/runs/7 -f description=Judged by the run that proposed it`;

  test('is merged when both workflows allow it, by the statuses that the rules of main ask for', async () => {
    github({ open: '5', head: first });
    expect(await merge(first, 'success', 'success')).toMatchObject({ status: 0 });
    expect(await called()).toEqual([
      status('ci', 'success'),
      status('promotion (dev)', 'success'),
      status('promotion (prod)', 'success'),
      'pr view promote/dev --json headRefOid --jq .headRefOid',
      `pr merge promote/dev --auto --squash --match-head-commit ${first}`,
    ]);
  });

  test('waits when one does not', async () => {
    for (const result of ['failure', 'cancelled', 'skipped'])
      expect(await merge(first, 'success', result)).toMatchObject({
        status: 1,
        errors: `promotion (dev) ended with ${result}\npromotion (prod) ended with ${result}\n`,
      });
    expect((await called()).slice(0, 3)).toEqual([
      status('ci', 'success'),
      status('promotion (dev)', 'failure'),
      status('promotion (prod)', 'failure'),
    ]);
    expect((await called()).filter((call) => call.startsWith('pr'))).toEqual([]);
  });

  test('gives way to a newer one', async () => {
    github({ open: '5', head: 'f'.repeat(40) });
    expect(await merge(first, 'success', 'success')).toMatchObject({ status: 0 });
    expect((await called()).filter((call) => call.startsWith('pr merge'))).toEqual([]);
  });

  test('needs all results', async () => {
    expect(await merge(first, 'success')).toMatchObject({ status: 2 });
    expect(await called()).toEqual([]);
  });
});
