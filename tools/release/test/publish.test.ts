import { expect, test } from 'bun:test';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../../../service/image/run.ts';
import { ISSUER, SIGNER } from '../../promote/signature.ts';
import { publish } from '../publish.ts';
import { writeImage } from './images.ts';
import { startRegistry } from './registry.ts';
import { startSigstore, tokenOf } from './sigstore.ts';

const ROOT = join(import.meta.dir, '../../..');
const CRANE = join(ROOT, 'tools/crane/crane');
const COSIGN = join(ROOT, 'tools/cosign/cosign');

test('an image is pushed by its digest, signed, and its bills of materials are attached', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'hello-publish-'));
  try {
    await using registry = await startRegistry();
    await using sigstore = await startSigstore(folder);
    const repository = `${registry.host}/hello`;
    const root = ['--trusted-root', sigstore.trustedRoot];
    const token = tokenOf({ iss: ISSUER, sub: SIGNER });
    const push = (image: string, ...tags: readonly string[]): Promise<string> =>
      publish(join(folder, image), repository, tags, [
        ...[...root, '--signing-config', sigstore.signingConfig],
        ...['--identity-token', token],
      ]);

    const digest = writeImage(join(folder, 'first'), '1.0.0');
    expect(await push('first', 'main', '1.0.0')).toBe(digest);
    for (const tag of ['main', '1.0.0']) {
      const present = await run([CRANE, 'digest', `${repository}:${tag}`]);
      expect(new TextDecoder().decode(present).trim()).toBe(digest);
    }

    const trust = [
      ...root,
      ...['--certificate-identity', SIGNER, '--certificate-oidc-issuer', ISSUER],
    ];
    // As SECURITY.md says, but for whom cosign trusts.
    const page = await Bun.file(join(ROOT, 'SECURITY.md')).text();
    const [, command = ''] = /^cosign (verify REPOSITORY@.*?)\n```/ms.exec(page) ?? [];
    const words = command
      .replace('REPOSITORY@sha256:DIGEST', `${repository}@${digest}`)
      .split(/[\s\\]+/);
    await run([COSIGN, ...words, ...root]);
    expect(page).toContain('`cosign verify-attestation --type cyclonedx` with the same options');
    for (const architecture of ['amd64', 'arm64']) {
      const platform = `linux/${architecture}`;
      const of = await run([CRANE, 'digest', '--platform', platform, `${repository}@${digest}`]);
      const attested = await run([
        ...[COSIGN, 'verify-attestation', '--type', 'cyclonedx', ...trust],
        `${repository}@${new TextDecoder().decode(of).trim()}`,
      ]);
      const own = await run([CRANE, 'digest', `${repository}:1.0.0-${architecture}`]);
      expect(own).toEqual(of);
      const { payload } = JSON.parse(new TextDecoder().decode(attested));
      const { predicate } = JSON.parse(Buffer.from(payload, 'base64').toString());
      expect(predicate).toEqual(
        await Bun.file(join(folder, 'first', `${architecture}.cdx.json`)).json(),
      );
    }

    // Again, as when a workflow is run again; then another build for a tag that is there.
    expect(await push('first', '1.0.0')).toBe(digest);
    writeImage(join(folder, 'second'), '1.0.1');
    await expect(push('second', '1.0.0')).rejects.toThrow(
      `${repository}:1.0.0 is ${digest}, this one is sha256:`,
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}, 120_000);
