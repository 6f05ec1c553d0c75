/**
 * Makes the commit that moves an image to an environment:
 *   bun run promote dev sha256:…    what was built
 *   bun run promote prod            what dev runs
 *   bun run promote --check prod main    whether what differs from main could have come so
 * It shows what changes in the objects. `git revert` undoes it.
 */
import { join } from 'node:path';
import { git } from '../git.ts';
import type { Environment } from '../kubernetes/render.ts';
import { changesOf, isOfImage, rendersOf } from './changes.ts';
import {
  DIGEST,
  historyOf,
  imageAt,
  imageOf,
  NO_DIGEST,
  PROMOTED,
  type Promoted,
  setDigest,
} from './environment.ts';
import { verifySignature } from './signature.ts';

const ROOT = join(import.meta.dir, '../..');

/** The environments whose objects a promotion changes. */
const CHANGED: Record<Promoted, readonly Environment[]> = {
  dev: ['dev'],
  prod: ['prod', 'prod-standby'],
};

/** Something stands against a promotion. */
class Refusal extends Error {}

const digestFor = async (environment: Promoted, wanted: string | undefined): Promise<string> => {
  if (wanted !== undefined && !DIGEST.test(wanted))
    throw new Refusal(`"${wanted}" is no digest: give sha256: and 64 hexadecimal digits`);
  if (environment === 'dev') {
    if (wanted === undefined) throw new Refusal('which image? bun run promote dev sha256:…');
    return wanted;
  }
  const { digest } = await imageOf('dev');
  if (digest === NO_DIGEST) throw new Refusal('dev runs no image yet: promote one to dev first');
  if (wanted !== undefined && wanted !== digest)
    throw new Refusal(`dev runs ${digest}, not ${wanted}: promote it to dev first`);
  return digest;
};

const promote = async (environment: Promoted, wanted: string | undefined): Promise<void> => {
  if ((await git(ROOT, 'status', '--porcelain')) !== '')
    throw new Refusal('the work tree has changes: commit or stash them');
  const digest = await digestFor(environment, wanted);
  const present = await imageOf(environment);
  if (present.digest === digest) {
    console.log(`${environment} runs ${digest} already`);
    return;
  }
  const image = { ...present, digest };
  await verifySignature(image);
  const before = await rendersOf(CHANGED[environment]);
  try {
    await setDigest(environment, digest);
    const changes = changesOf(before, await rendersOf(CHANGED[environment]));
    for (const change of changes)
      console.log(`${change.where}\n  - ${change.before}\n  + ${change.after}`);
    const strange = changes.filter((change) => !isOfImage(change));
    if (strange.length > 0)
      throw new Error(`more than the image would change: ${strange.map(({ where }) => where)}`);
    await git(
      ROOT,
      ...[
        'commit',
        '--all',
        '--quiet',
        '--message',
        `Promote ${digest.slice(0, 19)} to ${environment}`,
      ],
      ...['--message', `${image.repository}@${digest}`],
    );
  } catch (error) {
    // The tree was clean, so nothing else is lost.
    await git(ROOT, 'reset', '--hard', '--quiet');
    throw error;
  }
  console.log(`${await git(ROOT, 'log', '-1', '--format=%h %s')}: open a pull request with it`);
};

/** Whether an image that differs from that at a commit is signed, and known to dev there or before unless it is dev's. */
const check = async (environment: Promoted, base: string): Promise<void> => {
  const image = await imageOf(environment);
  if (image.digest === (await imageAt(environment, base)).digest) {
    console.log(`${environment} runs what it ran`);
    return;
  }
  if (environment !== 'dev' && !(await historyOf('dev', base)).includes(image.digest))
    throw new Refusal(`${environment} would run ${image.digest}, which dev never ran at ${base}`);
  await verifySignature(image);
  console.log(`${environment} would run ${image.digest}, which is signed`);
};

const main = async (words: readonly string[]): Promise<void> => {
  const checks = words[0] === '--check';
  const [name, word, ...others] = checks ? words.slice(1) : words;
  const environment = PROMOTED.find((one) => one === name);
  if (!environment || others.length > 0 || (checks && !word))
    throw new Refusal(
      'usage: bun run promote dev DIGEST | prod [DIGEST] | --check ENVIRONMENT COMMIT',
    );
  return checks && word ? check(environment, word) : promote(environment, word);
};

await main(process.argv.slice(2)).catch((error: Error) => {
  console.error(error.message);
  process.exit(error instanceof Refusal ? 2 : 1);
});
