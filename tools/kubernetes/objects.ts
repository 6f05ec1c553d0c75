import { parseAllDocuments } from 'yaml';

/** What lies below an object's known fields: as many shapes as Kubernetes has kinds. */
// biome-ignore lint/suspicious/noExplicitAny: schemas.ts checks the shapes
export type Fields = any;

/** An object as it is applied to a cluster. */
export interface KubernetesObject {
  apiVersion: string;
  kind: string;
  metadata: {
    name: string;
    namespace?: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
  };
  [field: string]: Fields;
}

/** The objects of a YAML stream, read as Kubernetes does: YAML 1.1, where 0444 is octal and a key given twice an error. */
export const parseObjects = (text: string): KubernetesObject[] =>
  [...parseAllDocuments(text, { version: '1.1', merge: true })].flatMap((document) => {
    const [error] = document.errors;
    if (error) throw error;
    const object = document.toJS();
    return object === null ? [] : [object];
  });

/** Kind and name, as in messages of kubectl. */
export const nameOf = ({ kind, metadata }: KubernetesObject): string => `${kind}/${metadata.name}`;

/** Whether Helm makes the object for a moment only, as for `helm test`. */
export const isHook = ({ metadata }: KubernetesObject): boolean =>
  metadata.annotations?.['helm.sh/hook'] !== undefined;

export const ofKind = (
  objects: readonly KubernetesObject[],
  ...kinds: string[]
): KubernetesObject[] => objects.filter(({ kind }) => kinds.includes(kind));

/** The serving pods' Deployment. */
export const deploymentOf = (objects: readonly KubernetesObject[]): KubernetesObject => {
  const [deployment, ...others] = ofKind(objects, 'Deployment');
  if (!deployment || others.length > 0)
    throw new Error(`${others.length + (deployment ? 1 : 0)} Deployments, 1 expected`);
  return deployment;
};

/** The serving container. */
export const serverOf = (objects: readonly KubernetesObject[]): Fields =>
  deploymentOf(objects).spec.template.spec.containers.find(
    ({ name }: Fields) => name === 'hello',
  ) ?? {};

export interface PodTemplate {
  /** Where it is, for messages. */
  readonly of: string;
  readonly labels: Record<string, string>;
  readonly spec: Fields;
}

/** Every kind of pod that the objects bring about, pods of `helm test` too. */
export const podTemplates = (objects: readonly KubernetesObject[]): PodTemplate[] =>
  objects.flatMap((object) => {
    const { kind, metadata, spec } = object;
    const of = nameOf(object);
    if (kind === 'Pod') return { of, labels: metadata.labels ?? {}, spec };
    if (kind !== 'Deployment' && kind !== 'Job') return [];
    return { of, labels: spec.template.metadata?.labels ?? {}, spec: spec.template.spec };
  });

/** Every container of every pod, with where it is. */
export const containers = (
  objects: readonly KubernetesObject[],
): { of: string; container: Fields }[] =>
  podTemplates(objects).flatMap(({ of, spec }) =>
    [...(spec.initContainers ?? []), ...spec.containers].map((container: Fields) => ({
      of: `${of}, container ${container.name}`,
      container,
    })),
  );

/** Whether a label selector of `matchLabels` alone selects the labels; an empty one selects everything. */
export const selects = (selector: Fields, labels: Record<string, string>): boolean =>
  Object.entries(selector?.matchLabels ?? {}).every(([key, value]) => labels[key] === value);

/** The service's settings, as the serving container has them. */
export const settingsOf = (objects: readonly KubernetesObject[]): Record<string, string> =>
  environmentOf(objects, serverOf(objects));

/** A container's environment: the ConfigMaps that it reads, and what its `env` says over them. */
export const environmentOf = (
  objects: readonly KubernetesObject[],
  { env = [], envFrom = [] }: Fields,
): Record<string, string> => {
  const maps = envFrom.map(
    ({ configMapRef }: Fields) =>
      ofKind(objects, 'ConfigMap').find(({ metadata }) => metadata.name === configMapRef?.name)
        ?.data,
  );
  const own = env.map(({ name, value }: Fields) => [name, value]);
  return Object.assign({}, ...maps, Object.fromEntries(own));
};

/** Every value of an object with its path, objects and lists left out. */
export const leaves = (value: Fields, path = ''): { path: string; value: Fields }[] =>
  typeof value === 'object' && value !== null
    ? Object.entries(value).flatMap(([key, child]) =>
        leaves(child, Array.isArray(value) ? `${path}[${key}]` : `${path}.${key}`),
      )
    : [{ path, value }];
