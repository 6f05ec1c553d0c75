import { type Fields, isHook, type KubernetesObject, leaves, nameOf, ofKind } from './objects.ts';

/** A difference between the chart's objects and an overlay's that is meant, and how it is taken away. */
interface Tolerated {
  readonly difference: string;
  readonly reason: string;
  readonly without: (objects: readonly KubernetesObject[]) => readonly KubernetesObject[];
}

const withoutMetadata =
  (field: 'labels' | 'annotations', ...keys: string[]) =>
  (objects: readonly KubernetesObject[]): KubernetesObject[] =>
    objects.map((object) => ({
      ...object,
      metadata: { ...object.metadata, [field]: without(object.metadata[field], keys) },
    }));

/** A map without some keys; undefined if nothing is left, since an empty map says the same as none. */
const without = (map: Record<string, string> = {}, keys: readonly string[]) => {
  const left = Object.entries(map).filter(([key]) => !keys.includes(key));
  return left.length > 0 ? Object.fromEntries(left) : undefined;
};

export const TOLERATED: readonly Tolerated[] = [
  {
    difference: 'labels helm.sh/chart and app.kubernetes.io/managed-by',
    reason: 'they say that Helm made the object',
    without: withoutMetadata('labels', 'helm.sh/chart', 'app.kubernetes.io/managed-by'),
  },
  {
    difference: 'annotation helm.sh/resource-policy',
    reason: 'it tells Helm, which removes what a release made, to keep the data',
    without: withoutMetadata('annotations', 'helm.sh/resource-policy'),
  },
  {
    difference: 'objects of `helm test`',
    reason: 'kubectl knows no tests',
    without: (objects) => objects.filter((object) => !isHook(object)),
  },
  {
    difference: 'annotation checksum/settings of the pods',
    reason: 'it restarts them after a change of settings, as the hashed name of the ConfigMap does',
    without: (objects) =>
      objects.map((object) => {
        if (object.kind !== 'Deployment') return object;
        const copy = structuredClone(object);
        const { metadata } = copy.spec.template;
        metadata.annotations = without(metadata.annotations, ['checksum/settings']);
        return copy;
      }),
  },
  {
    difference: 'hashes at the end of names of ConfigMaps and Jobs',
    reason: 'each way makes its own',
    without: (objects) => {
      const names = ofKind(objects, 'ConfigMap', 'Job').map(({ metadata }) => metadata.name);
      const bare = new Map(names.map((name) => [name, name.replace(/-[a-z0-9]{10}$/, '')]));
      return JSON.parse(JSON.stringify(objects), (_key, value) => bare.get(value) ?? value);
    },
  },
];

/** Values by their path, lists of named things by name, whose order says nothing; what is not there is left out. */
const flatten = (object: KubernetesObject): Map<string, Fields> =>
  new Map(
    leaves(byName(JSON.parse(JSON.stringify(object)))).map(({ path, value }) => [path, value]),
  );

const byName = (value: Fields): Fields => {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value) && value.length === 0) return '[]';
  if (Array.isArray(value) && value.every((item) => typeof item?.name === 'string'))
    return Object.fromEntries(value.map((item) => [`(${item.name})`, byName(item)]));
  if (Array.isArray(value)) return value.map(byName);
  const entries = Object.entries(value);
  return entries.length === 0
    ? '{}'
    : Object.fromEntries(entries.map(([key, child]) => [key, byName(child)]));
};

/** Where the chart's objects and an overlay's differ beyond what is tolerated, a line each. */
export const differences = (
  chart: readonly KubernetesObject[],
  overlay: readonly KubernetesObject[],
  tolerated: readonly Tolerated[] = TOLERATED,
): string[] => {
  const [one, other] = [chart, overlay].map((objects) => {
    const bare = tolerated.reduce((left, { without }) => without(left), objects);
    return new Map(bare.map((object) => [nameOf(object), object]));
  }) as [Map<string, KubernetesObject>, Map<string, KubernetesObject>];
  return [...new Set([...one.keys(), ...other.keys()])].toSorted().flatMap((name) => {
    const [left, right] = [one.get(name), other.get(name)];
    if (!left || !right) return `${name}: only in ${left ? 'the chart' : 'the overlay'}`;
    return differencesOf(left, right).map((line) => `${name}${line}`);
  });
};

const differencesOf = (left: KubernetesObject, right: KubernetesObject): string[] => {
  const [one, other] = [flatten(left), flatten(right)];
  return [...new Set([...one.keys(), ...other.keys()])]
    .filter((path) => one.get(path) !== other.get(path))
    .map((path) => `${path}: chart ${say(one.get(path))}, overlay ${say(other.get(path))}`);
};

const say = (value: Fields): string => (value === undefined ? 'nothing' : JSON.stringify(value));
