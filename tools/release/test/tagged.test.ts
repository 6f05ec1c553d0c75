import { expect, test } from 'bun:test';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../../../service/image/run.ts';
import { ISSUER, SIGNER } from '../../promote/signature.ts';
import { rehearse } from '../../rehearsal.ts';
import { digestAt, publish } from '../publish.ts';
import { writeImage } from './images.ts';
import { startRegistry } from './registry.ts';
import { startSigstore, tokenOf } from './sigstore.ts';
import { tellSomething } from './unreleased.ts';

const VERSION = '987.654.322';

test('a tagged commit gives its image the version, and publishes chart, notes and renders', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'hello-tagged-'));
  try {
    await using clone = await rehearse();
    await using registry = await startRegistry();
    await using sigstore = await startSigstore(folder);
    const repository = `${registry.host}/hello/service`;
    const identity = tokenOf({ iss: ISSUER, sub: SIGNER });
    // As SECURITY.md says of the chart.
    const releaser = SIGNER.replace(
      'image.yaml@refs/heads/main',
      `release.yaml@refs/tags/v${VERSION}`,
    );
    const tagged = (tag: string, charts = 'hello') =>
      clone.bun(['tools/release/tagged.ts', tag, repository, `${registry.host}/${charts}`], {
        SIGSTORE_SIGNING_CONFIG: sigstore.signingConfig,
        SIGSTORE_TRUSTED_ROOT: sigstore.trustedRoot,
        SIGSTORE_ID_TOKEN: tokenOf({ iss: ISSUER, sub: releaser }),
      });
    await tellSomething(clone);
    await clone.commit('Tell something');
    expect(await clone.run('release', [VERSION])).toMatchObject({ status: 0 });
    const commit = await clone.git('rev-parse', 'HEAD');

    expect(await tagged('v1.4.0')).toMatchObject({
      status: 1,
      errors: `the tag is v1.4.0, package.json says ${VERSION}\n`,
    });
    expect(await tagged(`v${VERSION}`)).toMatchObject({
      status: 1,
      errors: expect.stringContaining(`${repository}:${commit} is not there: run again`),
    });

    writeImage(join(folder, 'image'), VERSION);
    const digest = await publish(
      join(folder, 'image'),
      repository,
      [commit],
      [
        ...['--trusted-root', sigstore.trustedRoot, '--signing-config', sigstore.signingConfig],
        ...['--identity-token', identity],
      ],
    );
    expect(await tagged(`v${VERSION}`)).toMatchObject({ status: 0 });
    expect(await digestAt(`${repository}:${VERSION}`)).toBe(digest);

    const crane = (...words: readonly string[]) =>
      run([join(clone.folder, 'tools/crane/crane'), ...words]);
    const chart = await digestAt(`${registry.host}/hello/hello:${VERSION}`);
    await run([
      ...[join(clone.folder, 'tools/cosign/cosign'), 'verify'],
      ...['--trusted-root', sigstore.trustedRoot],
      ...['--certificate-identity', releaser, '--certificate-oidc-issuer', ISSUER],
      `${registry.host}/hello/hello@${chart}`,
    ]);
    const built = (name: string): Promise<string> =>
      Bun.file(join(clone.folder, 'build/release', name)).text();
    const notes = await built('notes.md');
    expect(notes).toStartWith('- ');
    expect(notes).toContain(`Image: \`${repository}@${digest}\``);
    expect(notes).toContain(`Chart: \`${registry.host}/hello/hello@${chart}\``);
    const manifests = `${registry.host}/hello/manifests:${VERSION}`;
    expect(notes).toContain(`Manifests: \`${manifests.split(':').slice(0, 2).join(':')}@sha256:`);
    await run([
      ...[join(clone.folder, 'tools/cosign/cosign'), 'verify'],
      ...['--trusted-root', sigstore.trustedRoot],
      ...['--certificate-identity', releaser, '--certificate-oidc-issuer', ISSUER],
      `${registry.host}/hello/manifests@${await digestAt(manifests)}`,
    ]);
    expect(await built('hello-local.yaml')).toContain(`image: hello:${VERSION}`);
    expect(notes).toContain('| linux/amd64 | 0 MB |');

    // Again: all is there, and no tag is pushed twice, which a registry with immutable ones refuses.
    const pushed = registry.pushedTags();
    expect(pushed.filter((tag) => tag.endsWith(`/${VERSION}`))).toHaveLength(3);
    expect(await tagged(`v${VERSION}`)).toMatchObject({ status: 0 });
    expect(registry.pushedTags()).toEqual(pushed);
    expect(await built('notes.md')).toBe(notes);

    // Another account's registry gets the same chart; one that has another chart of the version keeps it.
    await crane('copy', manifests, `${registry.host}/other/hello:${VERSION}`);
    expect(await tagged(`v${VERSION}`, 'other')).toMatchObject({
      status: 1,
      errors: `${registry.host}/other/hello:${VERSION} is there, and another chart\n`,
    });
    expect(await tagged(`v${VERSION}`, 'third')).toMatchObject({ status: 0 });
    expect(await digestAt(`${registry.host}/third/hello:${VERSION}`)).toBe(chart ?? '');
    expect(await clone.git('status', '--porcelain')).toBe('');
  } finally {
    rmSync(folder, { recursive: true });
  }
}, 240_000);
