/** The commands of docs/delivery.md and docs/runbooks/roll-back.md for people, as the page has them, in a clone whose origin and registry are on this machine. */
import { expect, test } from 'bun:test';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { openShell, readSteps } from '../../live/test/runbook.ts';
import { git } from '../git.ts';
import { ISSUER, SIGNER } from '../promote/signature.ts';
import { setImage } from '../promote/test/image.ts';
import { rehearse } from '../rehearsal.ts';
import { publish } from '../release/publish.ts';
import { writeImage } from '../release/test/images.ts';
import { startRegistry } from '../release/test/registry.ts';
import { startSigstore, tokenOf } from '../release/test/sigstore.ts';
import { NEXT, tellSomething } from '../release/test/unreleased.ts';

const PAGE = readFileSync(join(import.meta.dir, '../../docs/delivery.md'), 'utf8');
const ROLL_BACK = readFileSync(join(import.meta.dir, '../../docs/runbooks/roll-back.md'), 'utf8');

/** The blocks of commands of a section, from the top. */
const blocksOf = (title: string): string[] => {
  const section = PAGE.split(/^## /m).find((text) => text.startsWith(`${title}\n`)) ?? '';
  return [...section.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, block = '']) => block);
};

test('a login to the registry, a promotion, the way back and a release are what the pages say', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'hello-delivery-'));
  try {
    await using clone = await rehearse();
    await using registry = await startRegistry();
    await using sigstore = await startSigstore(folder);
    const origin = join(folder, 'origin.git');
    await git(folder, 'init', '--quiet', '--bare', '--initial-branch=main', origin);
    await clone.git('remote', 'add', 'origin', origin);
    const repository = `${registry.host}/hello`;
    await setImage(clone, repository);
    await tellSomething(clone);
    await clone.commit('Name the registry');
    writeImage(join(folder, 'image'), '1.0.0');
    const digest = await publish(
      join(folder, 'image'),
      repository,
      ['1.0.0'],
      [
        ...['--trusted-root', sigstore.trustedRoot, '--signing-config', sigstore.signingConfig],
        ...['--identity-token', tokenOf({ iss: ISSUER, sub: SIGNER })],
      ],
    );
    const environment = { SIGSTORE_TRUSTED_ROOT: sigstore.trustedRoot };
    expect(await clone.run('promote', ['dev', digest], environment)).toMatchObject({ status: 0 });
    await clone.git('push', '--quiet', 'origin', 'main');

    // Stands in for AWS's program, which has no server here to ask: knows the one call, and its answer.
    const aws = join(folder, 'bin/aws');
    mkdirSync(dirname(aws));
    writeFileSync(
      aws,
      '#!/bin/sh\n[ "$*" = "ecr get-login-password --region eu-west-1" ] && echo word || exit 252\n',
    );
    chmodSync(aws, 0o755);
    using shell = openShell(clone.folder, {
      ...environment,
      DOCKER_CONFIG: folder,
      PATH: `${dirname(aws)}:${dirname(process.execPath)}:${process.env.PATH}`,
    });

    expect(['Promote', 'Release'].map((title) => blocksOf(title).length)).toEqual([2, 1]);
    const [login = '', promotion = ''] = blocksOf('Promote');
    await shell.run(login.replace('REGION', 'eu-west-1').replace('REGISTRY', registry.host));
    expect(await Bun.file(join(folder, 'config.json')).json()).toMatchObject({
      auths: { [registry.host]: { auth: btoa('AWS:word') } },
    });
    expect(await shell.run(promotion)).toContain('prod by Kustomize: Deployment/hello');
    const promoted = `Promote ${digest.slice(0, 19)} to prod`;
    expect(await git(origin, 'log', '--format=%s', 'main..promote-prod')).toBe(promoted);

    // Once main has it, the way back.
    await clone.git('push', '--quiet', 'origin', 'promote-prod:main');
    const [find = '', back = ''] = readSteps(ROLL_BACK).flatMap(({ blocks }) => blocks);
    const [commit = '', ...subject] = ((await shell.run(find)).split('\n')[0] ?? '').split(' ');
    expect(subject.join(' ')).toBe(promoted);
    await shell.run(back.replace('COMMIT', commit));
    expect(await git(origin, 'diff', '--name-only', 'main~', 'roll-back')).toBe('');

    const [release = ''] = blocksOf('Release');
    const said = await shell.run(release.replaceAll('VERSION', NEXT));
    expect(await git(origin, 'log', '--format=%s', `main..release-${NEXT}`)).toBe(
      `Release ${NEXT}`,
    );
    // When main has it: the tag, by the command that was printed.
    await clone.git('push', '--quiet', 'origin', `release-${NEXT}:main`);
    const [tag = ''] = /git tag .*/.exec(said) ?? [];
    await shell.run(tag.replace('COMMIT', `release-${NEXT}`));
    expect(await git(origin, 'rev-parse', `v${NEXT}^{commit}`)).toBe(
      await git(origin, 'rev-parse', 'main'),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}, 120_000);
