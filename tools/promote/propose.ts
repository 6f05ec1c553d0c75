/**
 * Proposes an image for dev, in a workflow: `bun tools/promote/propose.ts DIGEST` pushes the commit of its promotion to a
 * branch, opens a pull request that merges itself, and starts the checks, which its token's pull requests don't.
 */
import { join } from 'node:path';
import { git } from '../git.ts';

const ROOT = join(import.meta.dir, '../..');

/** One for all: a newer image takes the place of one that waits. */
const BRANCH = 'promote/dev';

/** The workflows whose checks main asks for. */
const CHECKS = ['ci.yaml', 'promotion.yaml'];

const AUTHOR = {
  NAME: 'github-actions[bot]',
  EMAIL: '41898282+github-actions[bot]@users.noreply.github.com',
};

const call = async (...command: readonly string[]): Promise<string> => {
  const child = Bun.spawn([...command], {
    cwd: ROOT,
    env: {
      ...process.env,
      GIT_AUTHOR_NAME: AUTHOR.NAME,
      GIT_AUTHOR_EMAIL: AUTHOR.EMAIL,
      GIT_COMMITTER_NAME: AUTHOR.NAME,
      GIT_COMMITTER_EMAIL: AUTHOR.EMAIL,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const output = await new Response(child.stdout).text();
  console.log(output.trim());
  if ((await child.exited) !== 0) throw new Error(`${command.slice(0, 3).join(' ')} failed`);
  return output.trim();
};

const propose = async (digest: string): Promise<void> => {
  const before = await git(ROOT, 'rev-parse', 'HEAD');
  await call(process.execPath, 'tools/promote/promote.ts', 'dev', digest);
  if ((await git(ROOT, 'rev-parse', 'HEAD')) === before) return;
  await call('gh', 'auth', 'setup-git');
  await call('git', 'push', '--force', 'origin', `HEAD:refs/heads/${BRANCH}`);
  const open = await call(
    ...['gh', 'pr', 'list', '--head', BRANCH, '--state', 'open', '--json', 'number'],
    ...['--jq', 'length'],
  );
  if (open === '0')
    await call(...['gh', 'pr', 'create', '--head', BRANCH, '--base', 'main', '--fill']);
  for (const check of CHECKS) await call('gh', 'workflow', 'run', check, '--ref', BRANCH);
  await call('gh', 'pr', 'merge', BRANCH, '--auto', '--squash');
};

const [digest, ...others] = process.argv.slice(2);
if (!digest || others.length > 0) {
  console.error('usage: bun tools/promote/propose.ts DIGEST');
  process.exit(2);
}
await propose(digest);
