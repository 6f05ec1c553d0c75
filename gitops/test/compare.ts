import { join } from 'node:path';
import type { Fields, KubernetesObject } from '../../tools/kubernetes/objects.ts';
import { definitions } from '../../tools/kubernetes/schemas.ts';

const PROGRAM = join(import.meta.dir, '../../tools/application-sets/compare');

// Built before any test, whose time is limited.
if (!Bun.spawnSync([PROGRAM], { stdio: ['ignore', 'ignore', 'inherit'] }).success)
  throw new Error("tools/application-sets/compare can't be run");

/** An object in Git, and what others write in the one of the cluster, as a merge patch. */
export interface Kept {
  readonly object: KubernetesObject;
  readonly written?: Fields;
}

/** What differs for Argo CD: what the API server has, and what it would have after another sync. */
export interface Difference {
  readonly live: Fields;
  readonly wanted: Fields;
}

/**
 * What Argo CD's own code calls OutOfSync of objects that it has just applied, by Kubernetes' own types and defaults and
 * those of the definitions here; null for each that isn't.
 * @throws Error for a kind without a definition
 */
export const compared = (kept: readonly Kept[]): (Difference | null)[] => {
  const { exitCode, stdout, stderr } = Bun.spawnSync([PROGRAM], {
    stdin: Buffer.from(JSON.stringify({ objects: kept, definitions })),
  });
  if (exitCode !== 0) throw new Error(`${stderr}`.trim());
  return JSON.parse(`${stdout}`);
};
