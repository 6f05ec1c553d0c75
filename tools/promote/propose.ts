/**
 * Proposes an image for dev, in a workflow: `bun tools/promote/propose.ts DIGEST COMMIT`, of which it was built, puts the
 * commit of its promotion on main's newest, pushes it to a branch and opens a pull request. It prints `commit=` and that
 * commit for the jobs that check it; nothing when dev has the image, or main has something newer to build.
 */
import { join } from 'node:path';
import { git } from '../git.ts';
import { gh } from '../github.ts';
import { workflows } from '../workflows.ts';
import { BRANCH } from './branch.ts';
import { commitPromotion } from './commit.ts';
import { filesOf, imageOf } from './environment.ts';
import { checkOut } from './tree.ts';

const ROOT = join(import.meta.dir, '../..');
const MAIN = 'refs/remotes/origin/main';
const REFERENCE = `refs/heads/${BRANCH}`;

/** How often it begins anew when another promotion to dev is merged or proposed meanwhile. */
const ATTEMPTS = 5;

/** As GitHub calls a workflow. */
const AUTHOR = {
  name: 'github-actions[bot]',
  email: '41898282+github-actions[bot]@users.noreply.github.com',
};

const fetchMain = async (): Promise<string> => {
  await git(ROOT, 'fetch', '--quiet', 'origin', `+refs/heads/main:${MAIN}`);
  return git(ROOT, 'rev-parse', MAIN);
};

/** The newest commit of main after another that an image is built of; empty when there is none. */
const newerBuild = async (built: string, main: string): Promise<string> => {
  const push = (await workflows()).get('image.yaml')?.workflow.on.push as {
    readonly paths: readonly string[];
  };
  const paths = push.paths.map((path) => `:(top,glob)${path}`);
  return git(ROOT, 'log', '-1', '--format=%h %s', `${built}..${main}`, '--', ...paths);
};

const changedDev = async (from: string, to: string): Promise<boolean> =>
  (await git(ROOT, 'diff', '--name-only', from, to, '--', ...filesOf('dev'))) !== '';

/** The commit that is proposed; empty when there is none. */
const proposed = async (): Promise<string> =>
  (await git(ROOT, 'ls-remote', 'origin', REFERENCE)).slice(0, 40);

/** Whether a commit took the place of the one that was proposed: not when another came first. */
const push = async (commit: string, before: string): Promise<boolean> => {
  const lease = `--force-with-lease=${REFERENCE}:${before}`;
  try {
    await git(ROOT, 'push', '--quiet', lease, 'origin', `${commit}:${REFERENCE}`);
    return true;
  } catch (error) {
    if ((await proposed()) === before) throw error;
    return false;
  }
};

const openPullRequest = async (commit: string): Promise<void> => {
  const title = await git(ROOT, 'log', '-1', '--format=%s', commit);
  const body = await git(ROOT, 'log', '-1', '--format=%b', commit);
  const number = await gh(
    ...['pr', 'list', '--head', BRANCH, '--state', 'open', '--json', 'number'],
    ...['--jq', '.[].number'],
  );
  const words = ['--title', title, '--body', body];
  await (number === ''
    ? gh('pr', 'create', '--head', BRANCH, '--base', 'main', ...words)
    : gh('pr', 'edit', number, ...words));
};

/** @returns the promotion's commit; undefined when there is nothing to propose */
const propose = async (digest: string, built: string): Promise<string | undefined> => {
  await gh('auth', 'setup-git');
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const before = await proposed();
    const main = await fetchMain();
    if ((await git(ROOT, 'merge-base', built, main)) !== (await git(ROOT, 'rev-parse', built)))
      throw new Error(`${built} is not on main`);
    const newer = await newerBuild(built, main);
    if (newer !== '') {
      console.error(`main has ${newer}, whose image is proposed when it is built`);
      return undefined;
    }
    await using tree = await checkOut(ROOT, main);
    const present = await imageOf('dev', tree.folder);
    if (present.digest === digest) {
      console.error(`dev runs ${digest} already`);
      return undefined;
    }
    await commitPromotion('dev', { ...present, digest }, { root: tree.folder, author: AUTHOR });
    const commit = await git(tree.folder, 'rev-parse', 'HEAD');
    if (!(await push(commit, before))) continue;
    // From here on the pull request of an earlier image can't be merged; until here it could.
    if (await changedDev(main, await fetchMain())) continue;
    await openPullRequest(commit);
    return commit;
  }
  throw new Error(`dev changed ${ATTEMPTS} times while its promotion was made`);
};

const [digest, built, ...others] = process.argv.slice(2);
if (!digest || !built || others.length > 0) {
  console.error('usage: bun tools/promote/propose.ts DIGEST COMMIT');
  process.exit(2);
}
const commit = await propose(digest, built);
if (commit) console.log(`commit=${commit}`);
