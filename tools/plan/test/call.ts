import { join } from 'node:path';
import { ENVIRONMENTS, type Tree } from '../../../live/test/tree.ts';
import { collect, type Result } from '../../collect.ts';

/** Runs a script of a tree's repository on the account of dev, with more variables. */
export const callIn = (
  tree: Tree,
  settings: Record<string, string>,
  ...words: readonly string[]
): Promise<Result> => {
  const { environment } = tree.simulation;
  return collect([process.execPath, ...words], {
    cwd: tree.folder,
    env: {
      ...process.env,
      ...environment,
      ...settings,
      AWS_SIMULATION_ACCOUNT_ID: ENVIRONMENTS.dev,
      PATH: `${join(tree.folder, 'build/bin')}:${environment.PATH ?? process.env.PATH}`,
    },
  });
};
