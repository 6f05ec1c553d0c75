/** The commands of docs/runbooks/roll-back.md for the cluster, as its page has them, by kubectl on production's Deployment. */
import { expect, setDefaultTimeout, test } from 'bun:test';
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { openShell, readSteps } from '../../live/test/runbook.ts';
import type { Fields, KubernetesObject } from '../../tools/kubernetes/objects.ts';
import { TIMEOUT_MILLISECONDS } from '../../tools/kubernetes/render.ts';
import { MINORS, schemaFaults } from '../../tools/kubernetes/schemas.ts';
import { filesOf } from '../../tools/promote/environment.ts';
import { startApiServer } from './api-server.ts';
import { serviceOf } from './render.ts';

setDefaultTimeout(TIMEOUT_MILLISECONDS);

const ROOT = join(import.meta.dir, '../..');
const MINOR = MINORS.at(-1) ?? '';
const DIGEST = `sha256:${'a'.repeat(64)}`;

/** What keeps the pods as Git says, as far as the commands know it. */
const CONTROLLER: Fields = {
  apiVersion: 'apps/v1',
  kind: 'StatefulSet',
  metadata: { name: 'argocd-application-controller', namespace: 'argocd' },
  spec: {
    ...{ replicas: 1, serviceName: 'argocd-application-controller' },
    selector: { matchLabels: { app: 'controller' } },
    template: {
      metadata: { labels: { app: 'controller' } },
      spec: { containers: [{ name: 'controller', image: 'controller' }] },
    },
  },
};

test('where minutes count, Argo CD stops, and the pods get the image before', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'hello-roll-back-'));
  try {
    const [deployment] = (await serviceOf('prod')).filter(({ kind }) => kind === 'Deployment');
    const through = {
      observedGeneration: 1,
      replicas: 1,
      updatedReplicas: 1,
      availableReplicas: 1,
    };
    const objects = [
      CONTROLLER,
      {
        ...deployment,
        metadata: { ...deployment?.metadata, namespace: 'hello', generation: 1 },
        status: through,
      },
    ] as KubernetesObject[];
    expect(schemaFaults(objects, MINOR)).toEqual([]);
    using server = startApiServer(folder, MINOR, objects);

    // As the revert left it.
    const [overlay = ''] = filesOf('prod');
    mkdirSync(join(folder, dirname(overlay)), { recursive: true });
    cpSync(join(ROOT, overlay), join(folder, overlay));
    const text = await Bun.file(join(folder, overlay)).text();
    await Bun.write(join(folder, overlay), text.replace(/sha256:[0-9a-f]{64}/, DIGEST));

    const steps = readSteps(await Bun.file(join(ROOT, 'docs/runbooks/roll-back.md')).text());
    const [byHand = '', again = ''] =
      steps.find(({ title }) => title === '3. Where minutes count')?.blocks ?? [];
    using shell = openShell(folder, {
      ...{ KUBECONFIG: server.config, KUBECACHEDIR: folder },
      PATH: `${join(ROOT, 'tools/kubectl')}:${process.env.PATH}`,
    });
    const image = (): string =>
      server.object('Deployment', 'hello').spec.template.spec.containers[0].image;
    const replicas = (): number =>
      server.object('StatefulSet', CONTROLLER.metadata.name).spec.replicas;
    const before = image();

    expect(await shell.run(byHand)).toContain('"hello" successfully rolled out');
    expect(image()).toBe(`${before.split('@')[0]}@${DIGEST}`);
    expect(image()).not.toBe(before);
    expect(replicas()).toBe(0);
    await shell.run(again);
    expect(replicas()).toBe(1);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
