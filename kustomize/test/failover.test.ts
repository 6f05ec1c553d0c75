import { expect, setDefaultTimeout, test } from 'bun:test';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ofKind, parseObjects, settingsOf } from '../../tools/kubernetes/objects.ts';
import { differences } from '../../tools/kubernetes/parity.ts';
import { brokenPromises } from '../../tools/kubernetes/promises/index.ts';
import {
  overlayText,
  renderChart,
  TIMEOUT_MILLISECONDS,
  valuesFiles,
} from '../../tools/kubernetes/render.ts';
import { withCopy } from './support.ts';

setDefaultTimeout(TIMEOUT_MILLISECONDS);

test('the standby copy that is put into service is the same both ways, and migrates its own database', () =>
  withCopy(async (copy) => {
    const folder = join(copy, 'overlays/prod-standby');
    const file = join(folder, 'kustomization.yaml');
    const text = readFileSync(file, 'utf8');
    const promoted = text.replace('  - ../../components/standby\n', '');
    expect(promoted).not.toBe(text);
    writeFileSync(file, promoted);
    const overlay = parseObjects(await overlayText(folder));
    const chart = await renderChart({
      files: valuesFiles('prod-standby'),
      values: {
        replicaCount: 1,
        autoscaling: { enabled: true },
        podDisruptionBudget: { enabled: true },
        migration: { by: 'job' },
      },
    });
    expect(differences(chart, overlay)).toEqual([]);
    expect(brokenPromises(overlay)).toEqual([]);
    const url = 'postgres://database.prod-standby.example.com:5432/hello';
    expect(settingsOf(overlay).DATABASE_URL).toBe(url);
    expect(ofKind(overlay, 'Job')[0]?.spec.template.spec.containers[0].env).toContainEqual({
      name: 'DATABASE_URL',
      value: url,
    });
  }));
