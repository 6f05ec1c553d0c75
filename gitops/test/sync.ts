/**
 * Why Argo CD would show an application as OutOfSync after a sync, or sync it again and again: the causes that are known
 * from its issues, without a cluster. What the API server fills in is read in the schemas.
 */
import {
  type Fields,
  type KubernetesObject,
  leaves,
  nameOf,
  ofKind,
} from '../../tools/kubernetes/objects.ts';
import { missingDefaults } from '../../tools/kubernetes/schemas.ts';

/** Fields that the API server or a controller owns; Argo CD leaves out `creationTimestamp`. */
const SERVERS = /^\.(status\b|metadata\.(resourceVersion|uid|generation|managedFields|selfLink)\b)/;

/** What `kubectl apply` of a client remembers, which server-side apply doesn't write. */
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/** Lists that are compared whole, below which the API server fills in `protocol`: ports of policies. */
const protocolsOf = ({ kind, spec }: KubernetesObject): string[] =>
  kind !== 'NetworkPolicy'
    ? []
    : [...(spec.ingress ?? []), ...(spec.egress ?? [])]
        .flatMap(({ ports = [] }: Fields) => ports)
        .filter(({ protocol }: Fields) => !protocol)
        .map(({ port }: Fields) => `port ${port} has no protocol`);

/** The sizes of Go: `1000m` comes back as `1`, `1024Mi` as `1Gi`. */
const UNITS = ['Ki', 'Mi', 'Gi', 'Ti'];

const isCanonical = (quantity: string): boolean => {
  const [, number, unit = ''] = /^([0-9.]+)([A-Za-z]*)$/.exec(quantity) ?? [];
  if (number === undefined || number.includes('.')) return false;
  if (unit === 'm') return Number(number) % 1000 !== 0;
  return !UNITS.slice(0, -1).includes(unit) || Number(number) % 1024 !== 0;
};

const quantitiesOf = (object: KubernetesObject): string[] =>
  leaves(object)
    .filter(({ path }) => /\.(requests|limits)\.(cpu|memory|storage)$/.test(path))
    .filter(({ value }) => !isCanonical(String(value)))
    .map(({ path, value }) => `${path} ${value} is written another way`);

const emptyOf = (object: KubernetesObject): string[] =>
  leaves(object)
    .filter(({ path, value }) => value === null && path !== '.metadata.creationTimestamp')
    .map(({ path }) => `${path} is null, which is not kept`);

const ownFaults = (object: KubernetesObject): string[] => [
  ...missingDefaults(object).map((path) => `${path} is filled in`),
  ...protocolsOf(object),
  ...quantitiesOf(object),
  ...emptyOf(object),
  ...leaves(object)
    .filter(({ path }) => SERVERS.test(path))
    .map(({ path }) => `${path} is the server's`),
  ...(object.metadata.annotations?.[LAST_APPLIED] ? ['it remembers a client'] : []),
  ...(object.stringData ? ['stringData comes back as data'] : []),
  ...(object.kind === 'Job' && object.spec.ttlSecondsAfterFinished !== undefined
    ? ['it is deleted when it is done, and made again']
    : []),
];

/** Numbers of pods that an autoscaler changes back. */
const scaledTwice = (objects: readonly KubernetesObject[]): string[] =>
  ofKind(objects, 'HorizontalPodAutoscaler').flatMap(({ spec: { scaleTargetRef } }) =>
    objects
      .filter(
        ({ kind, metadata }) =>
          kind === scaleTargetRef.kind && metadata.name === scaleTargetRef.name,
      )
      .filter(({ spec }) => spec.replicas !== undefined)
      .map((object) => `${nameOf(object)}: replicas are the autoscaler's`),
  );

/** Two applications, or one, with the same object. */
const ownedTwice = (objects: readonly KubernetesObject[]): string[] => {
  const names = objects.map((object) => `${object.metadata.namespace ?? ''}/${nameOf(object)}`);
  return names
    .filter((name, index) => names.indexOf(name) !== index)
    .map((name) => `${name} twice`);
};

/** What would be OutOfSync of an application's objects, a line each. */
export const outOfSync = (objects: readonly KubernetesObject[]): string[] => [
  ...objects.flatMap((object) => ownFaults(object).map((fault) => `${nameOf(object)}: ${fault}`)),
  ...scaledTwice(objects),
  ...ownedTwice(objects),
];
