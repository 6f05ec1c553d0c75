import { join } from 'node:path';
import { ENVIRONMENTS, type Tree } from '../../../live/test/tree.ts';

/** Runs a script of a tree's repository on the account of dev, with more variables. */
export const callIn = async (
  tree: Tree,
  settings: Record<string, string>,
  ...words: readonly string[]
) => {
  const { environment } = tree.simulation;
  const child = Bun.spawn([process.execPath, ...words], {
    cwd: tree.folder,
    env: {
      ...process.env,
      ...environment,
      ...settings,
      AWS_SIMULATION_ACCOUNT_ID: ENVIRONMENTS.dev,
      PATH: `${join(tree.folder, 'build/bin')}:${environment.PATH ?? process.env.PATH}`,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [status, output, errors] = await Promise.all([
    child.exited,
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ]);
  return { status, output, errors };
};
