/** The files of a commit in a folder of their own, which goes with it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { git } from '../git.ts';

export interface Checkout extends AsyncDisposable {
  readonly folder: string;
}

/** @param paths those that are there; default: all */
export const checkOut = async (
  repository: string,
  commit: string,
  ...paths: readonly string[]
): Promise<Checkout> => {
  const folder = mkdtempSync(join(tmpdir(), 'hello-promotion-'));
  const remove = async (): Promise<void> => {
    rmSync(folder, { recursive: true });
    await git(repository, 'worktree', 'prune');
  };
  try {
    await git(repository, 'worktree', 'add', '--no-checkout', '--detach', folder, commit);
    await git(folder, 'checkout', '--quiet', commit, '--', ...(paths.length > 0 ? paths : ['.']));
  } catch (error) {
    await remove();
    throw error;
  }
  return { folder, [Symbol.asyncDispose]: remove };
};
