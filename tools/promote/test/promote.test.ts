import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Result } from '../../collect.ts';
import { type Rehearsal, rehearse } from '../../rehearsal.ts';
import { digestAt, publish } from '../../release/publish.ts';
import { writeImage } from '../../release/test/images.ts';
import { type Registry, startRegistry } from '../../release/test/registry.ts';
import { type Sigstore, startSigstore, tokenOf } from '../../release/test/sigstore.ts';
import { filesOf, NO_DIGEST } from '../environment.ts';
import { ISSUER, SIGNER } from '../signature.ts';
import { setImage } from './image.ts';

setDefaultTimeout(120_000);

const folder = mkdtempSync(join(tmpdir(), 'hello-promote-'));
let clone: Rehearsal;
let registry: Registry;
let sigstore: Sigstore;
let repository: string;

beforeAll(async () => {
  [clone, registry, sigstore] = await Promise.all([
    rehearse(),
    startRegistry(),
    startSigstore(folder),
  ]);
  repository = `${registry.host}/hello`;
  await setImage(clone, repository);
  await clone.commit('Name the registry');
});

afterAll(async () => {
  await Promise.all([clone, registry, sigstore].map((one) => one[Symbol.asyncDispose]()));
  rmSync(folder, { recursive: true });
});

/** Builds and publishes an image, signed by a workflow; its digest. */
const build = async (version: string, signer = SIGNER): Promise<string> => {
  const image = join(folder, version);
  writeImage(image, version);
  return publish(
    image,
    repository,
    [version],
    [
      ...['--trusted-root', sigstore.trustedRoot, '--signing-config', sigstore.signingConfig],
      ...['--identity-token', tokenOf({ iss: ISSUER, sub: signer })],
    ],
  );
};

const promote = (...words: readonly string[]): Promise<Result> =>
  clone.run('promote', words, { SIGSTORE_TRUSTED_ROOT: sigstore.trustedRoot });

/** What the clone renders, by a process of its own tools, without what only Helm or Kustomize knows. */
const renders = async (): Promise<Record<string, string>> => {
  const program = `import { rendersOf } from './tools/promote/changes.ts';
    const renders = [...(await rendersOf('dev')), ...(await rendersOf('prod'))];
    console.log(JSON.stringify(Object.fromEntries(renders)));`;
  const child = Bun.spawn([process.execPath, '-e', program], {
    cwd: clone.folder,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const objects = (await new Response(child.stdout).json()) as Record<string, unknown>;
  return Object.fromEntries(
    Object.entries(objects).map(([way, rendered]) => [way, JSON.stringify(rendered)]),
  );
};

/** The digests that each way of each environment runs. */
const running = (rendered: Record<string, string>): Record<string, string[]> =>
  Object.fromEntries(
    Object.entries(rendered).map(([way, text]) => [
      way,
      [...new Set(text.match(/sha256:[0-9a-f]{64}/g))],
    ]),
  );

const everywhere = (dev: string, prod: string) => ({
  'dev by Kustomize': [dev],
  'dev by Helm': [dev],
  'prod by Kustomize': [prod],
  'prod by Helm': [prod],
  'prod-standby by Kustomize': [prod],
  'prod-standby by Helm': [prod],
});

test('an image goes from build to dev to prod, a bad one too, and is rolled back by a revert', async () => {
  expect(await clone.bun(['tools/promote/keep.ts', 'dev'])).toMatchObject({
    status: 0,
    output: 'dev runs no image yet\n',
  });
  const good = await build('1.0.0');
  const start = await renders();
  expect(running(start)).toEqual(everywhere(NO_DIGEST, NO_DIGEST));
  expect(await promote('prod')).toMatchObject({
    status: 2,
    errors: expect.stringContaining('dev runs no image yet'),
  });

  expect(await promote('dev', good)).toMatchObject({ status: 0 });
  const toDev = await renders();
  expect(running(toDev)).toEqual(everywhere(good, NO_DIGEST));
  // Prod's objects are what they were, to the letter.
  for (const way of Object.keys(start).filter((name) => name.startsWith('prod')))
    expect(toDev[way]).toBe(start[way] ?? '');

  const promoted = await promote('prod');
  expect(promoted).toMatchObject({ status: 0 });
  expect(promoted.output).toContain('prod by Kustomize: Deployment/hello.spec.template');
  expect(promoted.output).toContain(`- ${repository}@${NO_DIGEST}\n  + ${repository}@${good}`);
  const whole = await renders();
  expect(running(whole)).toEqual(everywhere(good, good));
  expect((await clone.git('show', '--format=', '--numstat', 'HEAD')).split('\n')).toEqual([
    '1\t1\thelm/hello/values/prod.yaml',
    '1\t1\tkustomize/overlays/prod/kustomization.yaml',
  ]);
  expect(await promote('--check', 'dev', 'HEAD~')).toMatchObject({
    status: 0,
    output: 'dev runs what it ran\n',
  });
  expect(await promote('--check', 'prod', 'HEAD~')).toMatchObject({
    status: 0,
    output: `prod would run ${good}, which is signed\n`,
  });
  expect(await promote('prod')).toMatchObject({
    status: 0,
    output: expect.stringContaining(`prod runs ${good} already`),
  });

  // What runs gets a tag that the registry's lifecycle leaves alone, once.
  const kept = `${repository}:deployed-${good.slice(7, 19)}`;
  for (const environment of ['dev', 'dev', 'prod'])
    expect(await clone.bun(['tools/promote/keep.ts', environment])).toMatchObject({
      status: 0,
      output: `${kept} stays\n`,
    });
  expect(await digestAt(kept)).toBe(good);
  expect(await clone.bun(['tools/promote/keep.ts', 'local'])).toMatchObject({ status: 2 });

  const bad = await build('1.0.1');
  expect(await promote('dev', bad)).toMatchObject({ status: 0 });
  expect(await promote('prod', good)).toMatchObject({
    status: 2,
    errors: expect.stringContaining(`dev runs ${bad}, not ${good}`),
  });
  expect(await promote('prod', bad)).toMatchObject({ status: 0 });
  expect(running(await renders())).toEqual(everywhere(bad, bad));

  await clone.git('revert', '--no-edit', 'HEAD');
  await clone.git('revert', '--no-edit', 'HEAD~2');
  expect(await renders()).toEqual(whole);
  // A rollback passes: dev ran it before.
  expect(await promote('--check', 'prod', 'HEAD~2')).toMatchObject({
    status: 0,
    output: `prod would run ${good}, which is signed\n`,
  });
});

describe('refuses, and changes nothing', () => {
  const refused = async (words: readonly string[], fault: string): Promise<void> => {
    const head = await clone.git('rev-parse', 'HEAD');
    const { status, errors } = await promote(...words);
    expect(errors).toContain(fault);
    expect(status).not.toBe(0);
    expect(await clone.git('rev-parse', 'HEAD')).toBe(head);
    expect(await clone.git('status', '--porcelain')).toBe('');
  };

  test('what is no promotion', async () => {
    await refused([], 'usage: bun run promote');
    await refused(['--check', 'prod'], 'usage: bun run promote');
    await refused(['local'], 'usage: bun run promote');
    await refused(['dev'], 'which image?');
    await refused(['dev', '1.0.0'], '"1.0.0" is no digest');
  });

  test('an image that is not there, is not signed, or by another workflow or branch', async () => {
    await refused(['dev', `sha256:${'1'.repeat(64)}`], 'is not signed by');
    const image = join(folder, 'unsigned');
    const unsigned = writeImage(image, '2.0.0');
    const push = Bun.spawnSync(
      ['tools/crane/crane', 'push', join(image, 'oci'), `${repository}:unsigned`],
      { cwd: clone.folder, stdio: ['ignore', 'ignore', 'ignore'] },
    );
    expect(push.success).toBe(true);
    await refused(['dev', unsigned], 'no signatures found');
    for (const [version, signer] of [
      ['2.0.1', SIGNER.replace('image.yaml', 'other.yaml')],
      ['2.0.2', SIGNER.replace('refs/heads/main', 'refs/heads/feature')],
      ['2.0.3', SIGNER.replace(/[^/]+(?=\/\.github)/, 'fork')],
    ] as const)
      await refused(['dev', await build(version, signer)], `got "${signer}"`);
  });

  test('a work tree with changes', async () => {
    await clone.edit('LICENSE', (text) => `${text}\n`);
    const { status, errors } = await promote('prod');
    expect({ status, errors }).toEqual({
      status: 2,
      errors: 'the work tree has changes: commit or stash them\n',
    });
    await clone.git('restore', '.');
  });

  test('an environment whose overlay and values differ', async () => {
    const head = await clone.git('rev-parse', 'HEAD');
    await clone.edit('helm/hello/values/dev.yaml', (text) =>
      text.replace(/sha256:[0-9a-f]+/, `sha256:${'2'.repeat(64)}`),
    );
    await clone.commit('Change the values alone');
    await refused(['prod'], 'make them equal');
    await clone.git('reset', '--hard', '--quiet', head);
  });

  test('by the check, an image in prod that dev never ran, or that is not signed', async () => {
    const base = await clone.git('rev-parse', 'HEAD');
    const past = await build('3.0.0');
    for (const file of filesOf('prod'))
      await clone.edit(file, (text) => text.replace(/sha256:[0-9a-f]{64}/, past));
    await clone.commit('Pass dev by');
    await refused(['--check', 'prod', base], `prod would run ${past}, which dev never ran`);
    // Not even when dev gets it in the same pull request.
    for (const file of filesOf('dev'))
      await clone.edit(file, (text) => text.replace(/sha256:[0-9a-f]{64}/, past));
    await clone.commit('Let dev run it too');
    await refused(['--check', 'prod', base], `prod would run ${past}, which dev never ran`);
    await clone.git('reset', '--hard', '--quiet', base);
    for (const file of filesOf('dev'))
      await clone.edit(file, (text) => text.replace(/[0-9a-f]{64}/, '3'.repeat(64)));
    await clone.commit('Run in dev what nobody signed');
    await refused(['--check', 'dev', base], 'is not signed by');
    await clone.git('reset', '--hard', '--quiet', base);
  });
});
