/** The commit of a promotion: an environment's files with another digest. */
import { join } from 'node:path';
import { git } from '../git.ts';
import { type Change, changesOf, isOfImage, rendersOf, strangeImages } from './changes.ts';
import { type Promoted, type RunningImage, setDigest } from './environment.ts';

const ROOT = join(import.meta.dir, '../..');

interface Options {
  /** A work tree without changes; default: this one. */
  readonly root?: string;
  /** Default: as Git is set. */
  readonly author?: { readonly name: string; readonly email: string };
}

/**
 * Writes an image's digest into the files of an environment and commits them.
 * @returns what it changes in the objects
 * @throws Error when more than images would change, and leaves all as it was
 */
export const commitPromotion = async (
  environment: Promoted,
  { repository, digest }: RunningImage,
  { root = ROOT, author }: Options = {},
): Promise<Change[]> => {
  const before = await rendersOf(environment, root);
  try {
    await setDigest(environment, digest, root);
    const after = await rendersOf(environment, root);
    const changes = changesOf(before, after);
    const strange = [
      ...changes.filter((change) => !isOfImage(change)).map(({ where }) => where),
      ...strangeImages(after, `${repository}@${digest}`),
    ];
    if (strange.length > 0) throw new Error(`more than the image would change: ${strange}`);
    await git(
      root,
      ...(author ? ['-c', `user.name=${author.name}`, '-c', `user.email=${author.email}`] : []),
      ...['commit', '--all', '--quiet'],
      ...['--message', `Promote ${digest.slice(0, 19)} to ${environment}`],
      ...['--message', `${repository}@${digest}`],
    );
    return changes;
  } catch (error) {
    // The tree was clean, so nothing else is lost.
    await git(root, 'reset', '--hard', '--quiet');
    throw error;
  }
};
