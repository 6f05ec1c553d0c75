import { DescribeClusterCommand } from '@aws-sdk/client-eks';
import type { Question } from '../ask.ts';
import { eks } from '../clients.ts';

/** Whether a cluster is well, by AWS's own account. */
export const cluster = (region: string, name: string): Question => ({
  title: `Cluster ${name} in ${region}`,
  ask: async (abortSignal) => {
    const found = await eks(region).send(new DescribeClusterCommand({ name }), { abortSignal });
    const { status, version, health } = found.cluster ?? {};
    return [
      `${status}, Kubernetes ${version}`,
      ...(health?.issues ?? []).map(({ code, message }) => `${code}: ${message}`),
    ];
  },
});
