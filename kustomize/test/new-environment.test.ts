import { expect, setDefaultTimeout, test } from 'bun:test';
import { join } from 'node:path';
import { ofKind, parseObjects } from '../../tools/kubernetes/objects.ts';
import { differences } from '../../tools/kubernetes/parity.ts';
import { brokenPromises } from '../../tools/kubernetes/promises/index.ts';
import {
  CHART,
  overlayText,
  renderChart,
  runTool,
  TIMEOUT_MILLISECONDS,
} from '../../tools/kubernetes/render.ts';
import { MINORS, schemaFaults } from '../../tools/kubernetes/schemas.ts';
import { addOverlay, KUSTOMIZE, withCopy } from './support.ts';

setDefaultTimeout(TIMEOUT_MILLISECONDS);

const page = await Bun.file(join(KUSTOMIZE, '../docs/kubernetes.md')).text();

/** The environment that the page for operators adds: its kustomization, and the values of the same for Helm. */
const [, kustomization = ''] = /`kustomization\.yaml`:\n\n```yaml\n([\s\S]*?)```/.exec(page) ?? [];
const [, flags = ''] =
  /helm upgrade --install hello helm\/hello -n hello (--set replicaCount[\s\S]*?)```/.exec(page) ??
  [];

test('an environment is one file of ten lines', () => {
  expect(kustomization.trim().split('\n').length).toBeLessThanOrEqual(10);
});

test("the page's overlay is the page's command, and keeps the promises", () =>
  withCopy(async (copy) => {
    const overlay = parseObjects(await overlayText(addOverlay(copy, 'mine', kustomization)));
    const set = flags.replaceAll('\\\n', ' ').trim().split(/\s+/);
    expect(set.length).toBeGreaterThan(8);
    const chart = parseObjects(await runTool('helm/helm', ['template', 'hello', CHART, ...set]));
    expect(differences(chart, overlay)).toEqual([]);
    expect(brokenPromises(overlay)).toEqual([]);
    for (const minor of MINORS) expect(schemaFaults(overlay, minor)).toEqual([]);
  }));

test('credentials of the External Secrets Operator are the same both ways', () =>
  withCopy(async (copy) => {
    const text = kustomization.replace('credentials-secret', 'credentials-external-secret');
    expect(text).not.toBe(kustomization);
    const overlay = parseObjects(await overlayText(addOverlay(copy, 'mine', text)));
    const credentials = (key: string) => ({
      from: 'externalSecret',
      externalSecret: { key, store: 'hello' },
    });
    const chart = await renderChart({
      values: {
        replicaCount: 2,
        database: {
          url: 'postgres://database.example.com:5432/hello',
          credentials: credentials('hello/database/application'),
        },
        migration: { credentials: credentials('hello/database/migration') },
      },
    });
    expect(differences(chart, overlay)).toEqual([]);
    expect(brokenPromises(overlay)).toEqual([]);
    for (const minor of MINORS) expect(schemaFaults(overlay, minor)).toEqual([]);
  }));

test('MySQL is the same both ways, its port let through', () =>
  withCopy(async (copy) => {
    const text = kustomization
      .replace('../../components/migration,', '$& ../../components/mysql,')
      .replace('postgres://database.example.com:5432', 'mysql://database.example.com');
    expect(text).toContain('components/mysql');
    const overlay = parseObjects(await overlayText(addOverlay(copy, 'mine', text)));
    const credentials = (name: string) => ({ from: 'secret', secret: { name } });
    const chart = await renderChart({
      values: {
        replicaCount: 2,
        database: {
          url: 'mysql://database.example.com/hello',
          credentials: credentials('hello-database'),
        },
        migration: { credentials: credentials('hello-migration-database') },
      },
    });
    expect(differences(chart, overlay)).toEqual([]);
    expect(JSON.stringify(ofKind(overlay, 'NetworkPolicy')).match(/"port":3306/g)).toHaveLength(2);
  }));
