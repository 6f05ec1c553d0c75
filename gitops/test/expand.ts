import { join } from 'node:path';
import type { KubernetesObject } from '../../tools/kubernetes/objects.ts';
import type { Cluster } from './clusters.ts';

const PROGRAM = join(import.meta.dir, '../../tools/application-sets/expand');

/** The secret by which Argo CD knows a cluster. */
const secretOf = ({ name, server, labels, annotations }: Cluster): object => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name, namespace: 'argocd', labels, annotations },
  data: { name: btoa(name), server: btoa(server) },
});

/**
 * The applications that Argo CD's own code makes of an ApplicationSet for the clusters that it knows.
 * @throws Error with what Argo CD says, where it refuses
 */
export const expand = (set: KubernetesObject, clusters: readonly Cluster[]): KubernetesObject[] => {
  const { exitCode, stdout, stderr } = Bun.spawnSync([PROGRAM], {
    stdin: Buffer.from(JSON.stringify({ set, secrets: clusters.map(secretOf) })),
  });
  if (exitCode !== 0) throw new Error(`${stderr}`.trim());
  const applications: KubernetesObject[] = JSON.parse(`${stdout}`) ?? [];
  // Without the status, which Go writes even where there is none.
  return applications.map(({ metadata, spec }) => ({
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata,
    spec,
  }));
};
