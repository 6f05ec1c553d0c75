/**
 * Makes the commit that moves an image to an environment:
 *   bun run promote dev sha256:…    what was built
 *   bun run promote prod            what dev runs
 *   bun run promote --check prod main [COMMIT]    whether what differs from main could have come so; default: HEAD
 * It shows what changes in the objects. `git revert` undoes it.
 */
import { join } from 'node:path';
import { git } from '../git.ts';
import { check } from './check.ts';
import { commitPromotion } from './commit.ts';
import { DIGEST, imageOf, NO_DIGEST, PROMOTED, type Promoted } from './environment.ts';
import { Refusal } from './refusal.ts';
import { verifySignature } from './signature.ts';

const ROOT = join(import.meta.dir, '../..');

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
  for (const { where, before, after } of await commitPromotion(environment, image))
    console.log(`${where}\n  - ${before}\n  + ${after}`);
  console.log(`${await git(ROOT, 'log', '-1', '--format=%h %s')}: open a pull request with it`);
};

const main = async (words: readonly string[]): Promise<void> => {
  const checks = words[0] === '--check';
  const [name, word, commit, ...others] = checks ? words.slice(1) : words;
  const environment = PROMOTED.find((one) => one === name);
  if (!environment || others.length > 0 || (checks ? !word : commit !== undefined))
    throw new Refusal(
      'usage: bun run promote dev DIGEST | prod [DIGEST] | --check ENVIRONMENT BRANCH [COMMIT]',
    );
  if (checks && word) console.log(await check(environment, word, commit ?? 'HEAD'));
  else await promote(environment, word);
};

await main(process.argv.slice(2)).catch((error: Error) => {
  console.error(error.message);
  process.exit(error instanceof Refusal ? 2 : 1);
});
