import { expect, setDefaultTimeout, test } from 'bun:test';
import { join } from 'node:path';
import {
  deploymentOf,
  type KubernetesObject,
  nameOf,
  parseObjects,
  settingsOf,
} from '../../tools/kubernetes/objects.ts';
import { differences } from '../../tools/kubernetes/parity.ts';
import { brokenPromises } from '../../tools/kubernetes/promises/index.ts';
import {
  buildOverlay,
  CHART,
  overlayText,
  renderChart,
  TIMEOUT_MILLISECONDS,
  valuesFiles,
} from '../../tools/kubernetes/render.ts';
import { addOverlay, KUSTOMIZE, withCopy } from './support.ts';

setDefaultTimeout(TIMEOUT_MILLISECONDS);

/** The overlay of an active region that the page on GitOps adds, by its path. */
const page = await Bun.file(join(KUSTOMIZE, '../docs/gitops.md')).text();
const [, name = '', kustomization = ''] =
  /`kustomize\/overlays\/([\w-]+)\/kustomization\.yaml`:\n\n```yaml\n([\s\S]*?)```/.exec(page) ??
  [];

const names = (objects: readonly KubernetesObject[]): string[] =>
  objects.map(nameOf).map((named) => named.replace(/-[a-z0-9]{10}$/, ''));

test('an active region has what the primary has, but for the migration, and its own database', () =>
  withCopy(async (copy) => {
    expect(name).toBe('prod-active-ap-southeast-1');
    const prod = await buildOverlay('prod');
    const overlay = parseObjects(await overlayText(addOverlay(copy, name, kustomization)));
    expect(names(prod).filter((named) => !names(overlay).includes(named))).toEqual([
      ...['ServiceAccount/hello-migration', 'Job/hello-migration'],
      ...['NetworkPolicy/hello-migration', 'SecretProviderClass/hello-migration'],
    ]);
    const url = settingsOf(overlay).DATABASE_URL;
    expect(settingsOf(overlay)).toEqual({
      ...settingsOf(prod),
      DATABASE_URL: expect.stringContaining('.cluster-ro-'),
      DATABASE_TIMEOUT: '8000',
    });
    expect(deploymentOf(overlay).spec.replicas).toBe(deploymentOf(prod).spec.replicas);
    expect(brokenPromises(overlay)).toEqual([]);

    const chart = await renderChart({
      files: [...valuesFiles('prod'), join(CHART, 'values/prod-active.yaml')],
      values: { database: { url } },
    });
    expect(differences(chart, overlay)).toEqual([]);
  }));
