import type { Rehearsal } from '../../rehearsal.ts';
import { filesOf, imageOf, NO_DIGEST, PROMOTED, setDigest } from '../environment.ts';

/** Gives both environments of a copy an image, or none; what they ran doesn't matter. Without a commit. */
export const setImage = async (
  clone: Rehearsal,
  repository: string,
  digest = NO_DIGEST,
): Promise<void> => {
  for (const environment of PROMOTED) {
    const present = await imageOf(environment, clone.folder);
    for (const file of filesOf(environment))
      await clone.edit(file, (text) => text.replace(present.repository, repository));
    await setDigest(environment, digest, clone.folder);
  }
};
