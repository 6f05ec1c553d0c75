/** The pull request by which dev gets an image, in a workflow: its branch, and GitHub's program. */
import { join } from 'node:path';

const ROOT = join(import.meta.dir, '../..');

/** One for all: a newer image takes the place of one that waits. */
export const BRANCH = 'promote/dev';

/**
 * What `gh` prints, with the token that it finds in GH_TOKEN.
 * @throws Error when it fails, after what it said
 */
export const gh = async (...words: readonly string[]): Promise<string> => {
  const child = Bun.spawn(['gh', ...words], { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] });
  const [status, output] = await Promise.all([child.exited, new Response(child.stdout).text()]);
  if (status !== 0) throw new Error(`gh ${words.slice(0, 2).join(' ')} failed`);
  return output.trim();
};
