import type { Rehearsal } from '../../rehearsal.ts';

/** A version above the present one, that no lock file and no page has by accident. */
export const NEXT = '987.654.321';

/** Lets the changelog of a copy have something to release, without a commit. */
export const tellSomething = (clone: Rehearsal): Promise<void> =>
  clone.edit('CHANGELOG.md', (text) =>
    text.replace('## Unreleased\n', '## Unreleased\n\n- One more thing.\n'),
  );
