import { expect, setDefaultTimeout, test } from 'bun:test';
import {
  type Fields,
  type KubernetesObject,
  nameOf,
  ofKind,
} from '../../tools/kubernetes/objects.ts';
import { TIMEOUT_MILLISECONDS } from '../../tools/kubernetes/render.ts';
import { compared } from './compare.ts';
import { componentsOf, render, rootsOf, serviceOf } from './render.ts';
import { outOfSync } from './sync.ts';

setDefaultTimeout(TIMEOUT_MILLISECONDS);

const applications = [...rootsOf('prod'), ...(await componentsOf('prod'))];
const renders = await Promise.all(
  applications.map(
    async (application): Promise<[string, KubernetesObject[]]> => [
      application.metadata.name,
      (await render(application)) ?? [],
    ],
  ),
);
const service = renders.find(([name]) => name === 'hello')?.[1] ?? [];
/** Definitions are others', and Argo CD has always known them. */
const isOurs = ({ kind }: KubernetesObject) => kind !== 'CustomResourceDefinition';

test.each(renders.filter(([, objects]) => objects.length > 0))(
  'after a sync nothing of %s is OutOfSync',
  (_name, objects) => expect(outOfSync(objects.filter(isOurs))).toEqual([]),
);

test('Argo CD itself sees nothing OutOfSync', async () => {
  const brought = [...applications, ...renders.flatMap(([, objects]) => objects)].filter(isOurs);
  const objects = [...brought, ...(await serviceOf('prod-standby'))];
  expect(objects.length).toBeGreaterThan(50);
  const differences = compared(objects.map((object) => ({ object })));
  expect(
    objects.flatMap((object, index) =>
      differences[index] ? [[nameOf(object), differences[index]]] : [],
    ),
  ).toEqual([]);
});

test('Argo CD itself leaves the number of pods to the autoscaler', () => {
  const [deployment] = ofKind(service, 'Deployment');
  if (!deployment) throw new Error('no Deployment');
  const written = { spec: { replicas: 7 } };
  const counted = { ...deployment, spec: { ...deployment.spec, replicas: 3 } };
  const [without, withNumber] = compared([
    { object: deployment, written },
    { object: counted, written },
  ]);
  expect(without).toBeNull();
  expect(withNumber?.wanted.spec.replicas).toBe(3);
});

test.each([
  [
    'a default in a list that is compared whole',
    ({ spec }: Fields) => delete spec.rules[0].backendRefs[0].weight,
  ],
  ['the group of a parent', ({ spec }: Fields) => delete spec.parentRefs[0].group],
])('Argo CD itself sees %s', (_cause, edit) => {
  const [route] = structuredClone(ofKind(service, 'HTTPRoute'));
  if (!route) throw new Error('no HTTPRoute');
  edit(route);
  expect(compared([{ object: route }])).toEqual([
    expect.objectContaining({ wanted: expect.anything() }),
  ]);
});

test('no two of them bring the same object', () => {
  const all = renders.flatMap(([, objects]) => objects.filter(isOurs));
  expect(outOfSync(all).filter((fault) => fault.endsWith(' twice'))).toEqual([]);
});

test('nor is the standby', async () =>
  expect(outOfSync(await serviceOf('prod-standby'))).toEqual([]));

test('a second render is the same, or each would be a sync', async () => {
  for (const application of applications)
    expect((await render(application)) ?? []).toEqual(
      renders.find(([name]) => name === application.metadata.name)?.[1] ?? [],
    );
});

const change =
  (kind: string, edit: (object: Fields) => unknown) =>
  (objects: KubernetesObject[]): KubernetesObject[] => {
    const object = ofKind(objects, kind)[0];
    if (!object) throw new Error(`no ${kind}`);
    edit(object);
    return objects;
  };

/** Causes that users of Argo CD reported, each reproduced. */
const CAUSES: readonly [string, (objects: KubernetesObject[]) => KubernetesObject[], string][] = [
  [
    'a default in a list that is compared whole (argo-cd #22151)',
    change('HTTPRoute', ({ spec }) => delete spec.rules[0].backendRefs[0].weight),
    '.spec.rules[0].backendRefs[0].weight is filled in',
  ],
  [
    'the group of a parent (argo-helm #3538)',
    change('HTTPRoute', ({ spec }) => delete spec.parentRefs[0].group),
    '.spec.parentRefs[0].group is filled in',
  ],
  [
    'the number of pods beside an autoscaler (formbricks #7916)',
    change('Deployment', ({ spec }) => Object.assign(spec, { replicas: 3 })),
    "replicas are the autoscaler's",
  ],
  [
    'a port without its protocol',
    change('NetworkPolicy', ({ spec }) => delete spec.egress[0].ports[0].protocol),
    'has no protocol',
  ],
  [
    'a quantity in another form',
    change('Deployment', ({ spec }) => {
      spec.template.spec.containers[0].resources.requests.cpu = '1000m';
    }),
    'cpu 1000m is written another way',
  ],
  [
    'a null',
    change('Service', ({ spec }) => Object.assign(spec, { clusterIP: null })),
    '.spec.clusterIP is null',
  ],
  [
    'a status',
    change('Deployment', (object) => Object.assign(object, { status: { replicas: 1 } })),
    ".status.replicas is the server's",
  ],
  [
    'what a client remembers',
    change('Service', ({ metadata }) => {
      metadata.annotations = { 'kubectl.kubernetes.io/last-applied-configuration': '{}' };
    }),
    'it remembers a client',
  ],
  [
    'a Job that is deleted when it is done',
    change('Job', ({ spec }) => Object.assign(spec, { ttlSecondsAfterFinished: 60 })),
    'made again',
  ],
  [
    'a Secret of text',
    (objects) => [
      ...objects,
      { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'a' }, stringData: { a: 'b' } },
    ],
    'stringData comes back as data',
  ],
  [
    'an object of two applications',
    (objects) => [...objects, ...ofKind(objects, 'Service')],
    'Service/hello twice',
  ],
];

test.each(CAUSES)('%s is seen', (_cause, edit, fault) =>
  expect(outOfSync(edit(structuredClone(service))).join('\n')).toContain(fault),
);

test('what is removed from Git is pruned but what holds data', () => {
  const kept = renders
    .flatMap(([, objects]) => objects)
    .filter(({ metadata }) => metadata.annotations?.['argocd.argoproj.io/sync-options'])
    .map(nameOf);
  expect(kept.every((name) => name.startsWith('Namespace/'))).toBe(true);
  const unpruned = applications.filter(({ spec }) => !spec.syncPolicy.automated.prune);
  expect(unpruned.map(({ metadata }) => metadata.name)).toEqual(['gateway-api']);
  expect(unpruned.flatMap(({ metadata }) => (metadata as Fields).finalizers ?? [])).toEqual([]);
});
