import { expect, test } from 'bun:test';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../../../service/image/run.ts';
import { pushManifests } from '../manifests.ts';
import { startRegistry } from './registry.ts';

const CRANE = join(import.meta.dir, '../../crane/crane');

test('renders are pulled as they were pushed, once for a version', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'hello-manifests-'));
  try {
    await using registry = await startRegistry();
    const repository = `${registry.host}/hello/manifests`;
    const identity = { version: '1.0.0', commit: 'abcdef0', created: 1_700_000_000 };
    const renders = { dev: 'kind: Service\n', prod: 'kind: Deployment\n' };
    const push = (changed = renders) =>
      pushManifests(join(folder, 'oci'), repository, identity, changed);

    const digest = await push();
    expect(await push()).toBe(digest);
    const manifest = JSON.parse(
      new TextDecoder().decode(await run([CRANE, 'manifest', `${repository}@${digest}`])),
    );
    // Argo CD takes one layer, of this type among others.
    expect(manifest.layers).toEqual([
      expect.objectContaining({ mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip' }),
    ]);
    const layer = await run([CRANE, 'blob', `${repository}@${manifest.layers[0].digest}`]);
    await Bun.write(join(folder, 'layer.tgz'), layer);
    await run(['tar', '-xzf', join(folder, 'layer.tgz'), '-C', folder]);
    for (const [environment, text] of Object.entries(renders))
      expect(await Bun.file(join(folder, environment, 'hello.yaml')).text()).toBe(text);

    await expect(push({ ...renders, prod: 'kind: Job\n' })).rejects.toThrow(
      `${repository}:1.0.0 is ${digest}, this one is sha256:`,
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}, 120_000);
