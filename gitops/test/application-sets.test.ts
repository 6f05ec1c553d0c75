import { describe, expect, setDefaultTimeout, test } from 'bun:test';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Glob } from 'bun';
import {
  containers,
  deploymentOf,
  type Fields,
  type KubernetesObject,
  leaves,
  nameOf,
  ofKind,
  settingsOf,
} from '../../tools/kubernetes/objects.ts';
import { brokenPromises } from '../../tools/kubernetes/promises/index.ts';
import { buildOverlay, TIMEOUT_MILLISECONDS } from '../../tools/kubernetes/render.ts';
import { MINORS, schemaFaults } from '../../tools/kubernetes/schemas.ts';
import { type Cluster, clusterOf, INPUTS, places } from './clusters.ts';
import { expand } from './expand.ts';
import { rootsOf, serviceOf, setOf, start } from './render.ts';

setDefaultTimeout(TIMEOUT_MILLISECONDS);

const ROOT = join(import.meta.dir, '../..');
const UNIT = join(ROOT, 'stacks/units/shared/gitops.hcl');
const FACTS = join(ROOT, 'live/facts.hcl');

test('the first application brings projects and sets, and nothing else', () =>
  expect(start.map(nameOf).toSorted()).toEqual([
    'AppProject/app',
    'AppProject/default',
    'AppProject/platform',
    'ApplicationSet/application',
    'ApplicationSet/platform',
  ]));

/** For what Argo CD defines, which is the same on every Kubernetes, and takes long to read. */
const [MINOR = ''] = MINORS;

test('Argo CD takes them', () => expect(schemaFaults(start, MINOR)).toEqual([]));

test.each(['ignoreDifferences', 'ignoreApplicationDifferences', 'managedFieldsManagers'])(
  'no %s, which would freeze a field',
  (field) => expect(JSON.stringify(start)).not.toContain(field),
);

test('a label that is lost takes no application away', () => {
  for (const { spec } of ofKind(start, 'ApplicationSet'))
    expect(spec.syncPolicy).toEqual({ applicationsSync: 'create-update' });
});

describe.each(places)('%s', (place) => {
  const roots = rootsOf(place);

  test('has one application each of platform and service', () => {
    expect(roots.map(nameOf).toSorted()).toEqual(['Application/hello', 'Application/platform']);
    expect(schemaFaults(roots, MINOR)).toEqual([]);
  });

  test('heals itself, prunes, and takes back what it brought', () => {
    for (const { metadata, spec } of roots as Fields[]) {
      expect(metadata.finalizers).toEqual(['resources-finalizer.argocd.argoproj.io']);
      expect(spec.syncPolicy.automated).toEqual({ prune: true, selfHeal: true });
      expect(spec.syncPolicy.syncOptions).toContain('ServerSideApply=true');
      expect(spec.syncPolicy.retry).toMatchObject({ limit: -1, refresh: true });
    }
  });

  test('gets the overlay of its environment and role', () => {
    const service = roots.find(({ metadata }) => metadata.name === 'hello');
    expect(service?.spec.source.path).toBe(`kustomize/overlays/${place}`);
    expect(service?.spec.syncPolicy.syncOptions).toContain('PruneLast=true');
  });

  test("runs the overlay's digest from its region's registry, and all else as the overlay", async () => {
    const [objects, overlay] = await Promise.all([serviceOf(place), buildOverlay(place)]);
    const images = (all: readonly KubernetesObject[]) =>
      containers(all).map(({ container }) => container.image);
    expect(images(objects)).toEqual(
      images(overlay).map((image) =>
        image.replace(
          INPUTS[place].facts.pushed_image_repository,
          INPUTS[place].facts.image_repository,
        ),
      ),
    );
    expect(withoutImages(objects)).toEqual(withoutImages(overlay));
    expect(brokenPromises(objects)).toEqual([]);
    for (const minor of MINORS) expect(schemaFaults(objects, minor)).toEqual([]);
  });
});

/** Every value but the image, and the name of the Job that carries its hash. */
const withoutImages = (objects: readonly KubernetesObject[]): unknown[] =>
  objects.flatMap((object) =>
    leaves(object)
      .filter(({ path }) => !path.endsWith('.image'))
      .filter(({ path }) => object.kind !== 'Job' || path !== '.metadata.name')
      .map(({ path, value }) => `${object.kind}${path}=${value}`),
  );

test('a standby has everything of prod but instances', async () => {
  const [prod, standby] = await Promise.all([serviceOf('prod'), serviceOf('prod-standby')]);
  expect(deploymentOf(standby).spec.replicas).toBe(0);
  expect(settingsOf(standby)).toEqual(settingsOf(prod));
  expect(ofKind(standby, 'Job', 'HorizontalPodAutoscaler', 'PodDisruptionBudget')).toEqual([]);
  const kinds = (all: readonly KubernetesObject[]) => [...new Set(all.map(({ kind }) => kind))];
  expect(kinds(prod).filter((kind) => !kinds(standby).includes(kind))).toEqual([
    ...['PodDisruptionBudget', 'HorizontalPodAutoscaler', 'Job'],
  ]);
});

/** The overlay that a cluster gets in a region, with a role. */
const overlayIn = (environment: string, region: string, role: string): string => {
  const { labels, ...cluster } = clusterOf('prod');
  const [application] = expand(setOf('application'), [
    { ...cluster, labels: { ...labels, environment, region, role } },
  ]);
  return application?.spec.source.path;
};

test('a standby that becomes primary gets the instances', () => {
  expect(overlayIn('prod', 'eu-central-1', 'primary')).toBe('kustomize/overlays/prod');
});

test("an active region gets that region's overlay", () => {
  expect(overlayIn('prod', 'eu-central-1', 'active')).toBe(
    'kustomize/overlays/prod-active-eu-central-1',
  );
});

test('each region of the live tree has the overlay of its role', () => {
  const regions = [...new Glob('*/*/terragrunt.stack.hcl').scanSync(join(ROOT, 'live'))]
    .map((file) => file.split('/'))
    .filter(([, region]) => region !== 'global');
  expect(regions.length).toBeGreaterThan(2);
  for (const [environment = '', region = '', file = ''] of regions) {
    const text = readFileSync(join(ROOT, 'live', environment, region, file), 'utf8');
    const role = /role +=\s*"(\w+)"/.exec(text)?.[1] ?? '';
    const overlay = overlayIn(environment, region, role);
    expect({ region, there: existsSync(join(ROOT, `${overlay}/kustomization.yaml`)) }).toEqual({
      region,
      there: true,
    });
  }
});

test('the project that an application without one is in allows nothing', () => {
  const project = ofKind(start, 'AppProject').find(({ metadata }) => metadata.name === 'default');
  // Each list is said, or the one that Argo CD made it with would stay.
  expect(project?.spec).toMatchObject({
    sourceRepos: [],
    sourceNamespaces: [],
    destinations: [],
    clusterResourceWhitelist: [],
    namespaceResourceBlacklist: [{ group: '*', kind: '*' }],
  });
});

test('the first application may bring what it has, and no more', async () => {
  const module = await Bun.file(join(ROOT, 'modules/shared/gitops/main.tf')).text();
  const allowed = [...module.matchAll(/\{ group = "argoproj\.io", kind = "(\w+)" \}/g)];
  expect(new Set(start.map(({ kind }) => kind))).toEqual(new Set(allowed.map(([, kind]) => kind)));
});

test('the project of the service allows what it has, and no more', async () => {
  const objects = (await Promise.all(places.map(serviceOf))).flat();
  const project = ofKind(start, 'AppProject').find(({ metadata }) => metadata.name === 'app');
  const kinds = new Set(
    objects.map(({ apiVersion, kind }) => `${apiVersion.replace(/\/?v[^/]*$/, '')}/${kind}`),
  );
  expect(project?.spec.clusterResourceWhitelist).toEqual([]);
  expect(
    project?.spec.namespaceResourceWhitelist
      .map(({ group, kind }: Fields) => `${group}/${kind}`)
      .toSorted(),
  ).toEqual([...kinds].toSorted());
  expect(objects.flatMap(({ metadata }) => metadata.namespace ?? [])).toEqual([]);
});

describe('the expansion', () => {
  const without = (fact: string): Cluster => {
    const { annotations, ...rest } = clusterOf('prod');
    const { [fact]: _left, ...others } = annotations;
    return { ...rest, annotations: others };
  };

  test.each(Object.keys(INPUTS.prod.facts))('refuses a cluster without %s', (fact) =>
    expect(() =>
      ['application', 'platform'].map((name) => expand(setOf(name), [without(fact)])),
    ).toThrow(`map has no entry for key "${fact}"`),
  );

  test('leaves out what Terraform did not tell of', () =>
    expect(expand(setOf('platform'), [{ ...clusterOf('prod'), labels: {} }])).toEqual([]));

  test.each([
    ['a field that Argo CD lacks', 'strategi', {}, 'unknown field "strategi"'],
    ['a field of another type', 'templatePatch', {}, 'templatePatch of type string'],
    ['no field of a map', 'template', { metadata: { name: '{{ .metadata.x }}' } }, 'no entry'],
  ])('refuses %s', (_what, field, value, message) => {
    const set = structuredClone(setOf('platform'));
    set.spec[field] = value;
    expect(() => expand(set, [clusterOf('prod')])).toThrow(message);
  });
});

test('the live tree tells every fact that is read', () => {
  const read = [...JSON.stringify(start).matchAll(/\.metadata\.annotations\.(\w+)/g)].map(
    ([, name]) => name,
  );
  const own = ['zones', 'repository_url', 'repository_revision'];
  const facts = /facts = \{\n([\s\S]*?)\n {2}\}/.exec(readFileSync(UNIT, 'utf8'))?.[1] ?? '';
  const told = [...facts.matchAll(/^\s*(\w+)\s*=/gm)].map(([, name]) => name);
  expect([...new Set(read)].filter((name) => ![...own, ...told].includes(name))).toEqual([]);
});

test('the live tree and the projects name one repository', () => {
  const [, url] = /repository_url = "(.*)"/.exec(readFileSync(FACTS, 'utf8')) ?? [];
  for (const { metadata, spec } of ofKind(start, 'AppProject'))
    if (metadata.name !== 'default') expect(spec.sourceRepos).toContain(`${url}.git`);
});
