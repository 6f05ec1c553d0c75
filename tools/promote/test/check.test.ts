import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Rehearsal, rehearse } from '../../rehearsal.ts';
import { strangeImages } from '../changes.ts';
import { filesOf, NO_DIGEST, type Promoted } from '../environment.ts';
import { setImage } from './image.ts';

setDefaultTimeout(120_000);

const REPOSITORY = 'registry.example.net/hello';
const DIGEST = `sha256:${'1'.repeat(64)}`;
const NEXT = `sha256:${'2'.repeat(64)}`;

let clone: Rehearsal;
let base: string;

beforeAll(async () => {
  clone = await rehearse();
  await setImage(clone, REPOSITORY);
  await clone.git('commit', '--all', '--amend', '--no-edit', '--quiet');
  await setImage(clone, REPOSITORY, DIGEST);
  base = await clone.commit('Run an image');
});

afterAll(() => clone[Symbol.asyncDispose]());

/** A commit on main with a change, which the work tree hasn't, and with another of a file that has an owner. */
const propose = async (change: () => unknown, owned = true): Promise<string> => {
  await change();
  if (owned) await clone.edit('CHANGELOG.md', (text) => `${text}\n`);
  const commit = await clone.commit('Propose a change');
  await clone.git('reset', '--hard', '--quiet', base);
  return commit;
};

const replace = (file: string, from: string | RegExp, to: string) => () =>
  clone.edit(file, (text) => {
    const changed = text.replace(from, to);
    expect(changed).not.toBe(text);
    return changed;
  });

const check = (environment: Promoted, commit: string) =>
  clone.run('promote', ['--check', environment, 'main', commit]);

const both =
  (...changes: readonly (() => unknown)[]) =>
  async () => {
    for (const change of changes) await change();
  };

const SCHEMA = 'helm/hello/values.schema.json';

const overlay = (environment: Promoted) => filesOf(environment)[0];
const values = (environment: Promoted) => filesOf(environment)[1];

const everywhere = (environment: Promoted, from: string | RegExp, to: string) =>
  both(...filesOf(environment).map((file) => replace(file, from, to)));

/** Another object for all environments. */
const add = (name: string, text: string) =>
  both(
    () => writeFileSync(join(clone.folder, 'kustomize/base', name), text),
    replace('kustomize/base/kustomization.yaml', 'resources:', `resources:\n  - ${name}`),
  );

describe('the check lets pass', () => {
  test('a change of something else, which is reviewed', async () => {
    const commit = await propose(replace(values('dev'), 'replicaCount: 2', 'replicaCount: 3'));
    expect(await check('dev', commit)).toEqual({
      status: 0,
      output: 'dev runs what it ran\n',
      errors: '',
    });
    expect(await clone.git('worktree', 'list')).not.toContain('\n');
  });

  test('the first image to be taken back', async () => {
    const commit = await propose(everywhere('prod', DIGEST, NO_DIGEST));
    expect(await check('prod', commit)).toMatchObject({
      status: 0,
      output: 'prod would run no image\n',
    });
  });

  test('the name of the registry, before the first image', async () => {
    await everywhere('prod', DIGEST, NO_DIGEST)();
    const none = await clone.commit('Run none');
    await everywhere('prod', REPOSITORY, 'registry.example.org/hello')();
    const named = await clone.commit('Name the registry');
    await clone.git('reset', '--hard', '--quiet', base);
    expect(await clone.run('promote', ['--check', 'prod', none, named])).toMatchObject({
      status: 0,
      output: 'prod runs what it ran\n',
    });
  });
});

test('the image of a volume is an image', () => {
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'hello' },
    spec: { volumes: [{ name: 'models', image: { reference: 'other:1' } }] },
  };
  expect(strangeImages(new Map([['prod by Helm', [pod]]]), 'hello:1')).toEqual([
    'prod by Helm: Pod/hello.spec.volumes[0].image.reference is other:1, not hello:1',
  ]);
});

describe('the check refuses', () => {
  for (const [what, environment, change, sentence] of [
    [
      'a second entry for the image',
      'dev',
      replace(
        overlay('dev'),
        'configMapGenerator:',
        `  - name: ${REPOSITORY}\n    newName: other.example.com/hello\nconfigMapGenerator:`,
      ),
      'dev by Kustomize: Deployment/hello.spec.template.spec.containers[0].image is other.example.com/hello',
    ],
    [
      'a patch of the image',
      'prod',
      replace(
        overlay('prod'),
        'patches:\n',
        `patches:
  - target: { kind: Deployment }
    patch: |
      - op: replace
        path: /spec/template/spec/containers/0/image
        value: other:1\n`,
      ),
      'prod-standby by Kustomize: Deployment/hello.spec.template.spec.containers[0].image is other:1',
    ],
    [
      "a base whose image isn't the environment's",
      'dev',
      replace('kustomize/base/deployment.yaml', /image: hello\b/, 'image: other:1'),
      'dev by Kustomize: Deployment/hello.spec.template.spec.containers[0].image is other:1',
    ],
    [
      'a tag beside the digest',
      'dev',
      replace(overlay('dev'), '    digest:', '    newTag: 1.0.0\n    digest:'),
      `is ${REPOSITORY}:1.0.0@${DIGEST}, not ${REPOSITORY}@${DIGEST}`,
    ],
    [
      'another registry',
      'prod',
      everywhere('prod', REPOSITORY, 'other.example.com/hello'),
      `prod would take its image from other.example.com/hello, not ${REPOSITORY}`,
    ],
    [
      'an object of another kind with an image',
      'dev',
      add(
        'cron-job.yaml',
        `apiVersion: batch/v1
kind: CronJob
metadata: { name: other }
spec: { jobTemplate: { spec: { template: { spec: { containers: [{ name: a, image: hello }], initContainers: [{ name: b, image: other:2 }] } } } } }
`,
      ),
      'dev by Kustomize: CronJob/other.spec.jobTemplate.spec.template.spec.initContainers[0].image is other:2',
    ],
    [
      "the chart's image",
      'dev',
      replace('helm/hello/templates/_pod.tpl', /image: \{\{.*\}\}/, 'image: other:3'),
      'dev by Helm: Deployment/hello.spec.template.spec.containers[0].image is other:3',
    ],
    [
      'another image in an active region',
      'prod',
      both(
        replace('kustomize/overlays/prod-standby/kustomization.yaml', /$/, ' '),
        () =>
          clone.git('mv', 'kustomize/overlays/prod-standby', 'kustomize/overlays/prod-active-x'),
        () => clone.git('restore', '--staged', '--worktree', 'kustomize/overlays/prod-standby'),
        replace(
          'kustomize/overlays/prod-active-x/kustomization.yaml',
          /components:.*/,
          `images: [{ name: ${REPOSITORY}, newTag: 1.0.0 }]`,
        ),
      ),
      'prod-active-x by Kustomize: Deployment/hello',
    ],
    [
      'more than an image in a promotion',
      'prod',
      both(
        everywhere('prod', DIGEST, NEXT),
        replace(overlay('prod'), 'SAMPLER_ARG=0.1', 'SAMPLER_ARG=1'),
      ),
      'changes: a promotion brings an image and nothing else',
    ],
    [
      'an address in place of a file',
      'prod',
      replace(overlay('prod'), '../../base', 'https://127.0.0.1:1/base.yaml'),
      `${overlay('prod')} loads https://127.0.0.1:1/base.yaml, which is no path within kustomize/`,
    ],
    [
      'a repository in place of a folder',
      'dev',
      replace('kustomize/base/kustomization.yaml', 'service.yaml', 'github.com/example/hello'),
      'kustomize/base/kustomization.yaml loads github.com/example/hello, which is no path',
    ],
    [
      'a file from outside',
      'prod',
      replace('kustomize/base/kustomization.yaml', 'settings.env', '../../../../etc/passwd'),
      'loads ../../../../etc/passwd, which is no path within kustomize/',
    ],
    [
      'a chart or a program that Kustomize would run',
      'prod',
      replace(overlay('prod'), 'images:', 'generators: [generator.yaml]\nimages:'),
      `${overlay('prod')} has generators, which isn't among what this check knows`,
    ],
    [
      'a field in other letters',
      'prod',
      replace(
        overlay('prod'),
        'patches:\n',
        'patches:\n  - Path: https://127.0.0.1:1/patch.yaml\n',
      ),
      `${overlay('prod')} has patches.Path, which isn't among what this check knows`,
    ],
    [
      'an address behind an alias',
      'prod',
      replace(
        overlay('prod'),
        'patches:\n',
        'x: &x { path: "https://127.0.0.1:1/patch.yaml" }\npatches:\n  - <<: *x\n',
      ),
      `${overlay('prod')} loads https://127.0.0.1:1/patch.yaml, which is no path within kustomize/`,
    ],
    [
      'a file of parameters for Argo CD',
      'prod',
      () =>
        writeFileSync(
          join(clone.folder, 'kustomize/overlays/prod/.argocd-source-hello.yaml'),
          `kustomize: { images: ['${REPOSITORY}=other:1'] }`,
        ),
      'kustomize/overlays/prod/.argocd-source-hello.yaml would let Argo CD render something else',
    ],
    [
      'a link',
      'prod',
      () => symlinkSync('/etc/passwd', join(clone.folder, 'helm/hello/templates/other.yaml')),
      'helm/hello/templates/other.yaml is a link',
    ],
    [
      'a schema that refers to another',
      'dev',
      replace(SCHEMA, '"#/$defs/labels"', '"file:///etc/passwd"'),
      `${SCHEMA} refers to file:///etc/passwd, which is outside of it`,
    ],
    [
      'a schema of a dialect that Helm would fetch',
      'dev',
      replace(SCHEMA, 'https://json-schema.org/draft/2020-12/schema', 'https://127.0.0.1:1/schema'),
      `${SCHEMA} refers to https://127.0.0.1:1/schema, which is outside of it`,
    ],
    ['a schema that is none', 'dev', replace(SCHEMA, '{', ''), `${SCHEMA} is no JSON: `],
    [
      'a chart within the chart',
      'prod',
      () => Bun.write(join(clone.folder, 'helm/hello/charts/other/Chart.yaml'), 'name: other\n'),
      'helm/hello/charts/other/Chart.yaml is of another chart',
    ],
    [
      'an image in a commit that changes the check',
      'prod',
      both(
        everywhere('prod', DIGEST, NEXT),
        replace('tools/promote/check.ts', 'const base =', "return 'fine';\n  const base ="),
        replace('tools/promote/environment.ts', /^/, 'process.exit(0);\n'),
      ),
      `prod would run ${NEXT}, which dev never ran at main`,
    ],
  ] as const satisfies readonly (readonly [string, Promoted, () => unknown, string])[])
    test(what, async () => {
      const { status, output, errors } = await check(environment, await propose(change));
      expect(errors).toContain(sentence);
      expect({ status, output }).toEqual({ status: 2, output: '' });
    });

  test('a change of dev that nobody has to approve, but for its digest', async () => {
    const change = replace(overlay('dev'), 'count: 2', 'count: 3');
    const { status, errors } = await check('dev', await propose(change, false));
    expect({ status, errors }).toEqual({
      status: 2,
      errors: `${overlay('dev')} changes in more than its digest, and nobody has to approve that: change a file with an owner too, such as CHANGELOG.md\n`,
    });
    expect(await check('dev', await propose(everywhere('dev', DIGEST, NEXT), false))).toMatchObject(
      {
        status: 1,
        errors: expect.stringContaining('is not signed by'),
      },
    );
  });

  test('no image where two ran', async () => {
    await everywhere('prod', DIGEST, NEXT)();
    const second = await clone.commit('Run a second image');
    await everywhere('prod', NEXT, NO_DIGEST)();
    const none = await clone.commit('Run none');
    await clone.git('reset', '--hard', '--quiet', base);
    expect(await clone.run('promote', ['--check', 'prod', second, none])).toEqual({
      status: 2,
      output: '',
      errors: `prod would run no image: that takes back the first one alone, and others ran before ${NEXT}\n`,
    });
  });

  test('a text that looks like the digest, in a value of many lines', async () => {
    const objects = (digest: string) => `objects: |\n  digest: ${digest}\n`;
    await replace(values('dev'), /$/, objects(DIGEST))();
    const reviewed = await clone.commit('Add objects');
    await replace(values('dev'), objects(DIGEST), objects(NEXT))();
    const changed = await clone.commit('Change them');
    await clone.git('reset', '--hard', '--quiet', base);
    expect(await clone.run('promote', ['--check', 'dev', reviewed, changed])).toMatchObject({
      status: 2,
      errors: expect.stringContaining(`${values('dev')} changes in more than its digest`),
    });
  });
});
