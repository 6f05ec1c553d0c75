import { expect, test } from 'bun:test';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { git } from '../../git.ts';
import { rehearse } from '../../rehearsal.ts';
import { publish } from '../../release/publish.ts';
import { writeImage } from '../../release/test/images.ts';
import { startRegistry } from '../../release/test/registry.ts';
import { startSigstore, tokenOf } from '../../release/test/sigstore.ts';
import { filesOf } from '../environment.ts';
import { ISSUER, SIGNER } from '../signature.ts';

test('an image is proposed for dev by a branch and a pull request that merges itself', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'hello-propose-'));
  try {
    await using clone = await rehearse();
    await using registry = await startRegistry();
    await using sigstore = await startSigstore(folder);
    const origin = join(folder, 'origin.git');
    await git(folder, 'init', '--quiet', '--bare', origin);
    await clone.git('remote', 'add', 'origin', origin);
    for (const file of filesOf('dev'))
      await clone.edit(file, (text) =>
        text.replace('registry.example.com/hello', `${registry.host}/hello`),
      );
    await clone.commit('Name the registry');

    // Stands in for GitHub's program: notes how it is called, and says that no pull request is open.
    const calls = join(folder, 'calls');
    mkdirSync(join(folder, 'bin'));
    const gh = join(folder, 'bin/gh');
    writeFileSync(gh, `#!/bin/sh\necho "$@" >> '${calls}'\n[ "$2" != list ] || echo 0\n`);
    chmodSync(gh, 0o755);

    writeImage(join(folder, 'image'), '1.0.0');
    const digest = await publish(
      join(folder, 'image'),
      `${registry.host}/hello`,
      ['1.0.0'],
      [
        ...['--trusted-root', sigstore.trustedRoot, '--signing-config', sigstore.signingConfig],
        ...['--identity-token', tokenOf({ iss: ISSUER, sub: SIGNER })],
      ],
    );
    const propose = () =>
      clone.bun(['tools/promote/propose.ts', digest], {
        PATH: `${join(folder, 'bin')}:${process.env.PATH}`,
        SIGSTORE_TRUSTED_ROOT: sigstore.trustedRoot,
      });
    expect(await propose()).toMatchObject({ status: 0 });
    expect(await git(origin, 'log', '-1', '--format=%s by %an', 'promote/dev')).toBe(
      `Promote ${digest.slice(0, 19)} to dev by github-actions[bot]`,
    );
    expect((await Bun.file(calls).text()).trim().split('\n')).toEqual([
      'auth setup-git',
      'pr list --head promote/dev --state open --json number --jq length',
      'pr create --head promote/dev --base main --fill',
      'workflow run ci.yaml --ref promote/dev',
      'workflow run promotion.yaml --ref promote/dev',
      'pr merge promote/dev --auto --squash',
    ]);

    // Dev has it by now: there is nothing to propose.
    rmSync(calls);
    expect(await propose()).toMatchObject({ status: 0 });
    expect(await Bun.file(calls).exists()).toBe(false);
  } finally {
    rmSync(folder, { recursive: true });
  }
}, 120_000);
