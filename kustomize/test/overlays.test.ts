import { describe, expect, setDefaultTimeout, test } from 'bun:test';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  containers,
  deploymentOf,
  type Fields,
  type KubernetesObject,
  ofKind,
  parseObjects,
  serverOf,
} from '../../tools/kubernetes/objects.ts';
import {
  type Builder,
  buildOverlay,
  environments,
  hasKubectl,
  overlayOf,
  overlayText,
  TIMEOUT_MILLISECONDS,
} from '../../tools/kubernetes/render.ts';
import { KUSTOMIZE, overlays, withCopy } from './support.ts';

setDefaultTimeout(TIMEOUT_MILLISECONDS);

const testWithKubectl = test.skipIf(!hasKubectl);
const why = hasKubectl ? '' : ' (no kubectl here)';

const builders: Builder[] = hasKubectl ? ['kustomize', 'kubectl'] : ['kustomize'];

/** Every kustomization, by its path in `kustomize/`. */
const kustomizations: [path: string, fields: Fields][] = ['base', 'components', 'overlays']
  .flatMap((folder) =>
    readdirSync(join(KUSTOMIZE, folder), { recursive: true, encoding: 'utf8' }).map((name) =>
      join(folder, name),
    ),
  )
  .filter((path) => path.endsWith('kustomization.yaml'))
  .map((path) => [path, parseObjects(readFileSync(join(KUSTOMIZE, path), 'utf8'))[0]]);

test('there is an overlay for each environment', () =>
  expect(overlays()).toEqual(environments.toSorted()));

describe.each(environments)('%s', (environment) => {
  const folder = overlayOf(environment);

  test('is one file that fits on a screen', () => {
    expect(readdirSync(folder)).toEqual(['kustomization.yaml']);
    const text = readFileSync(join(folder, 'kustomization.yaml'), 'utf8');
    expect(text.split('\n').length).toBeLessThanOrEqual(60);
  });

  test('is built the same every time', async () =>
    expect(await overlayText(folder)).toBe(await overlayText(folder)));

  testWithKubectl(`is built the same by kubectl${why}`, async () =>
    expect(await overlayText(folder, 'kubectl')).toBe(await overlayText(folder)),
  );
});

/** What needs neither a plugin, nor Helm, nor a network. */
const PLAIN = [
  ...['apiVersion', 'kind', 'resources', 'components', 'configMapGenerator', 'replacements'],
  ...['patches', 'images', 'replicas', 'labels', 'configurations'],
];

test.each(kustomizations)('%s is plain and local', (_path, fields) => {
  expect(Object.keys(fields).filter((key) => !PLAIN.includes(key))).toEqual([]);
  const { resources = [], components = [] } = fields;
  expect([...resources, ...components].filter((path: string) => /:|github|^\//.test(path))).toEqual(
    [],
  );
});

test('every component is in use, in an environment or on a page for operators', async () => {
  const pages = ['kubernetes', 'gitops'].map((name) =>
    Bun.file(join(KUSTOMIZE, `../docs/${name}.md`)),
  );
  const page = (await Promise.all(pages.map((file) => file.text()))).join('');
  const used = kustomizations.flatMap(([, { components = [] }]) => components).join();
  const unused = readdirSync(join(KUSTOMIZE, 'components')).filter(
    (name) =>
      !used.includes(`components/${name}`) &&
      !page.includes(`components/${name}`) &&
      !page.includes(`\`${name}\``),
  );
  expect(unused).toEqual([]);
});

interface Change {
  readonly before: KubernetesObject[];
  readonly after: KubernetesObject[];
}

describe.each(builders)('a change, built by %s,', (builder) => {
  /** The objects of prod before and after a text in its kustomization is another. */
  const change = (from: string | RegExp, to: string): Promise<Change> =>
    withCopy(async (copy) => {
      const folder = join(copy, 'overlays/prod');
      const file = join(folder, 'kustomization.yaml');
      const before = parseObjects(await overlayText(folder, builder));
      const text = readFileSync(file, 'utf8');
      expect(text.match(new RegExp(from, 'g'))).toHaveLength(1);
      writeFileSync(file, text.replace(from, to));
      return { before, after: parseObjects(await overlayText(folder, builder)) };
    });

  const names = (objects: readonly KubernetesObject[], kind: string): string[] =>
    ofKind(objects, kind).map(({ metadata }) => metadata.name);

  test('of the image is one line, and migrates anew', async () => {
    const digest = `sha256:${'1'.repeat(64)}`;
    const { before, after } = await change(/sha256:[0-9a-f]{64}/, digest);
    for (const { container } of containers(after)) expect(container.image).toEndWith(digest);
    expect(names(after, 'Job')).not.toEqual(names(before, 'Job'));
    expect(names(after, 'ConfigMap')).toEqual(names(before, 'ConfigMap'));
  });

  test('of the database restarts the pods, and migrates anew', async () => {
    const { before, after } = await change(/(?<=postgres:\/\/)[^:]+/, 'other.example.com');
    expect(names(after, 'Job')).not.toEqual(names(before, 'Job'));
    expect(JSON.stringify(ofKind(after, 'Job'))).toContain('//other.example.com:5432/hello');
    expect(deploymentOf(after)).not.toEqual(deploymentOf(before));
  });

  test('of a setting restarts the pods, and has migrated', async () => {
    const { before, after } = await change(
      'OTEL_TRACES_SAMPLER_ARG=0.1',
      'OTEL_TRACES_SAMPLER_ARG=0.2',
    );
    const { name } = serverOf(after).envFrom[0].configMapRef;
    expect(names(after, 'ConfigMap')).toContain(name);
    expect(names(before, 'ConfigMap')).not.toContain(name);
    expect(names(after, 'Job')).toEqual(names(before, 'Job'));
  });

  test('of a host leaves the pods', async () => {
    const { before, after } = await change(/(?<=value: \[)hello\.[^\]]+/, 'greetings.example.com');
    expect(deploymentOf(after)).toEqual(deploymentOf(before));
    expect(after).not.toEqual(before);
  });
});

test('a base that is changed shows in every environment', async () => {
  await withCopy(async (copy) => {
    const file = join(copy, 'base/settings.env');
    writeFileSync(file, `${readFileSync(file, 'utf8')}LOG_LEVEL=debug\n`);
    for (const environment of environments) {
      const objects = parseObjects(await overlayText(join(copy, 'overlays', environment)));
      const own = await buildOverlay(environment);
      expect(JSON.stringify(ofKind(objects, 'ConfigMap'))).toContain('"LOG_LEVEL":"debug"');
      expect(deploymentOf(objects)).not.toEqual(deploymentOf(own));
    }
  });
});
