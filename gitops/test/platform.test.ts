import { describe, expect, setDefaultTimeout, test } from 'bun:test';
import { X509Certificate } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type Fields,
  type KubernetesObject,
  leaves,
  ofKind,
  parseObjects,
} from '../../tools/kubernetes/objects.ts';
import { podPromises } from '../../tools/kubernetes/promises/pods.ts';
import { buildOverlay, ENVIRONMENTS, TIMEOUT_MILLISECONDS } from '../../tools/kubernetes/render.ts';
import { MINORS, schemaFaults } from '../../tools/kubernetes/schemas.ts';
import { INPUTS, places, REPOSITORY } from './clusters.ts';
import { mutations } from './mutations.ts';
import { broken } from './promises.ts';
import { componentsOf, render, rootsOf, start, versionHere, waveOf } from './render.ts';

setDefaultTimeout(TIMEOUT_MILLISECONDS);

const PLATFORM = join(import.meta.dir, '../platform');

const rendered = new Map(
  await Promise.all(
    places.map(async (place) => {
      const components = await componentsOf(place);
      const objects = await Promise.all(components.map(render));
      return [place, { components, objects: objects.flatMap((each) => each ?? []) }] as const;
    }),
  ),
);
const of = (place: (typeof places)[number]) =>
  rendered.get(place) ?? { components: [], objects: [] };
const { components, objects } = of('prod');

test('every folder is a component', () => {
  const folders = readdirSync(PLATFORM, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== 'templates')
    .map(({ name }) => name);
  expect(components.map(({ metadata }) => metadata.name).toSorted()).toEqual(folders.toSorted());
});

/** What must be healthy before what. */
test.each([
  ['namespaces', 'nginx-gateway-fabric'],
  ['namespaces', 'external-dns'],
  ['nodes', 'metrics-server'],
  ['gateway-api', 'nginx-gateway-fabric'],
  ['nginx-gateway-fabric', 'gateway'],
  ['gateway', 'external-dns'],
])('%s comes before %s', (first, second) => {
  const wave = (name: string) =>
    components.filter(({ metadata }) => metadata.name === name).map(waveOf)[0];
  expect(wave(first)).toBeLessThan(Number(wave(second)));
});

describe.each(places)('%s', (place) => {
  const here = of(place);

  test('has what Kubernetes and Argo CD take', () => {
    expect(schemaFaults(here.components, MINORS[0] ?? '')).toEqual([]);
    for (const minor of MINORS) {
      // Charts of others write empty times, which nobody compares.
      const faults = schemaFaults(here.objects.filter(isKnown), minor);
      expect(faults.filter((fault) => !fault.endsWith('creationTimestamp is null'))).toEqual([]);
    }
  });

  test('keeps its promises', () => expect(broken(here.objects)).toEqual([]));

  test('follows one revision, and pins every other', () => {
    for (const { spec } of here.components)
      expect(spec.source.targetRevision).toMatch(
        spec.source.repoURL === REPOSITORY ? /^main$/ : /^v?\d+\.\d+\.\d+$/,
      );
  });

  test('is allowed by its project', () => {
    const project = ofKind(start, 'AppProject').find(
      ({ metadata }) => metadata.name === 'platform',
    );
    const { sourceRepos, destinations } = project?.spec ?? {};
    const all = [...rootsOf(place), ...here.components].filter(
      ({ spec }) => spec.project === 'platform',
    );
    for (const { spec } of all) {
      expect(sourceRepos).toContain(spec.source.repoURL);
      expect(destinations).toContainEqual(spec.destination);
    }
    const allowed = namesOf(project?.spec.clusterResourceWhitelist);
    const [namespaced, wide] = partition(here.objects);
    expect(wide.filter((kind) => !allowed.includes(kind))).toEqual([]);
    const namespaces = destinations.map(({ namespace }: Fields) => namespace);
    expect(namespaced.filter((namespace) => !namespaces.includes(namespace))).toEqual([]);
  });
});

/** Definitions are no part of what an application may bring, and have no schema here. */
function isKnown({ kind }: KubernetesObject): boolean {
  return kind !== 'CustomResourceDefinition';
}

function namesOf(kinds: Fields[] = []): string[] {
  return kinds.map(({ group, kind }) => `${group}/${kind}`);
}

/** Namespaces that objects name, and kinds of those that name none and aren't their application's. */
function partition(all: readonly KubernetesObject[]): [string[], string[]] {
  const CLUSTER_WIDE =
    /^(Cluster|Namespace|CSIDriver|CustomResource|Node|Storage|Ingress(Class|ClassParams)$)/;
  return [
    all.flatMap(({ metadata }) => metadata.namespace ?? []),
    all
      .filter(({ kind }) => CLUSTER_WIDE.test(kind))
      .map(({ apiVersion, kind }) => `${apiVersion.replace(/\/?v[^/]*$/, '')}/${kind}`),
  ];
}

test('the cluster-wide kinds that are allowed are those of the components', () => {
  // Of charts that can't be rendered here, read in their templates.
  const ofOthers = [
    ...['admissionregistration.k8s.io/ValidatingAdmissionPolicy'],
    ...['admissionregistration.k8s.io/ValidatingAdmissionPolicyBinding'],
    ...['apiregistration.k8s.io/APIService', 'gateway.networking.k8s.io/GatewayClass'],
  ];
  const project = ofKind(start, 'AppProject').find(({ metadata }) => metadata.name === 'platform');
  const [, wide] = partition(objects);
  expect(namesOf(project?.spec.clusterResourceWhitelist).toSorted()).toEqual(
    [...new Set([...wide, ...ofOthers])].toSorted(),
  );
});

test.each(mutations)('a promise sees %s', (_what, change, violation) => {
  const copy = structuredClone(objects);
  expect(broken(change(copy) ?? copy).join('\n')).toContain(violation);
});

test('External DNS is restricted', () => {
  const dns = objects.filter(
    ({ kind, metadata }) => kind === 'Deployment' && metadata.name === 'external-dns',
  );
  expect(dns).toHaveLength(1);
  expect(podPromises['Pod Security restricted'](dns)).toEqual([]);
});

test.each(places)('the listener of %s admits the route of its overlay', async (place) => {
  const [gateway] = ofKind(of(place).objects, 'Gateway');
  const [listener] = gateway?.spec.listeners ?? [];
  expect(listener.hostname).toBe(ENVIRONMENTS[place].listener);
  const [route] = ofKind(await buildOverlay(place), 'HTTPRoute');
  expect(route?.spec.hostnames[0]).toEndWith(listener.hostname.slice(1));
  expect(route?.spec.parentRefs[0]).toMatchObject({
    name: gateway?.metadata.name,
    namespace: gateway?.metadata.namespace,
    sectionName: listener.name,
  });
});

test('the database is trusted by the root certificates of each region', () => {
  const [authority] = ofKind(objects, 'ConfigMap').filter(
    ({ metadata }) => metadata.name === 'database-certificate-authority',
  );
  const certificates = (
    authority?.data['ca.pem'].match(/-----BEGIN[\s\S]*?END CERTIFICATE-----/g) ?? []
  ).map((pem: string) => new X509Certificate(pem));
  for (const region of new Set(places.map((place) => INPUTS[place].region)))
    expect(
      certificates.filter(({ subject }: X509Certificate) =>
        subject.includes(`RDS ${region} Root CA`),
      ),
    ).toHaveLength(3);
  for (const certificate of certificates) {
    expect(certificate.verify(certificate.publicKey)).toBe(true);
    expect(Number(certificate.validTo.slice(-8, -4))).toBeGreaterThan(2060);
  }
});

const [recorded] = parseObjects(
  readFileSync(join(import.meta.dir, 'charts.yaml'), 'utf8'),
) as unknown as Record<string, { version: string; values: string[] }>[];

const charts: [chart: string, source: Fields][] = components
  .filter(({ spec }) => spec.source.chart)
  .map(({ spec }) => [spec.source.chart, spec.source]);

test.each(charts.filter(([chart]) => versionHere(chart)))(
  'the chart %s is rendered in the version that is pinned',
  (chart, { targetRevision }) => expect(versionHere(chart)).toBe(targetRevision),
);

describe.each(charts.filter(([chart]) => !versionHere(chart)))('the chart %s', (chart, source) => {
  test.skip('is rendered (no package carries it: its values are checked against charts.yaml)', () => {});

  test('knows the values that are set', () => {
    const { version, values = [] } = recorded?.[chart] ?? {};
    expect(version).toBe(source.targetRevision);
    const set = leaves(source.helm.valuesObject).map(({ path }) => path.slice(1));
    const isKnownValue = (path: string) =>
      values.some((value) => path === value || /^[.[]/.test(path.replace(value, '')));
    expect(set.filter((path) => !isKnownValue(path))).toEqual([]);
  });
});

test('a fact of the wrong form is refused, by its name', async () => {
  const [platform] = rootsOf('prod').filter(({ metadata }) => metadata.name === 'platform');
  for (const [fact, value] of Object.entries<string>({
    webAclArn: 'arn:aws:wafv2:us-east-1:123456789012:global/webacl/hello/1',
    zones: '',
    role: 'secondary',
    podsSecurityGroupId: 'subnet-1',
  })) {
    const copy = structuredClone(platform as KubernetesObject);
    copy.spec.source.helm.valuesObject[fact] = value;
    expect(render(copy)).rejects.toThrow(fact);
  }
});
