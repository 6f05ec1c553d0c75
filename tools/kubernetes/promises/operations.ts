import { basename, dirname } from 'node:path';
import {
  deploymentOf,
  environmentOf,
  type Fields,
  type KubernetesObject,
  leaves,
  nameOf,
  ofKind,
  podTemplates,
  serverOf,
  settingsOf,
} from '../objects.ts';
import { missingDefaults } from '../schemas.ts';
import { type Promised, unless } from './promise.ts';

/** Names of Services and Jobs, and values of labels: the strictest limits among the kinds. */
const NAME = /^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/;
const LABEL = /^([A-Za-z0-9]([-\w.]{0,61}[A-Za-z0-9])?)?$/;

const validNames: Promised = (objects) => {
  const names = objects.map(nameOf);
  return [
    ...objects.flatMap((object) => [
      ...unless(NAME.test(object.metadata.name), `${nameOf(object)} is no name`),
      ...leaves(object)
        .filter(({ path }) => /\.(labels|matchLabels)\./.test(path))
        .flatMap(({ path, value }) =>
          unless(LABEL.test(value), `${nameOf(object)}${path}: ${value} is no label`),
        ),
    ]),
    ...names
      .filter((name, index) => names.indexOf(name) !== index)
      .map((name) => `${name} is there twice`),
  ];
};

const labelled: Promised = (objects) =>
  objects.flatMap((object) =>
    ['app.kubernetes.io/name', 'app.kubernetes.io/instance'].flatMap((label) =>
      unless(object.metadata.labels?.[label], `${nameOf(object)} has no label ${label}`),
    ),
  );

/** Names of values that are secret, but for paths of files. */
const SECRET_NAME = /(PASSWORD|SECRET|TOKEN|PRIVATE_KEY|HEADERS)$/i;

const noSecretValue: Promised = (objects) => [
  ...ofKind(objects, 'Secret').map((object) => `${nameOf(object)} is in the render`),
  ...objects.flatMap((object) =>
    leaves(object).flatMap(({ path, value }) =>
      unless(
        !/:\/\/[^/@\s]*:[^/@\s]+@/.test(value),
        `${nameOf(object)}${path}: a URL with a password`,
      ),
    ),
  ),
  ...ofKind(objects, 'ConfigMap').flatMap((object) =>
    Object.keys(object.data ?? {}).flatMap((key) =>
      unless(!SECRET_NAME.test(key), `${nameOf(object)}: ${key}`),
    ),
  ),
  ...podTemplates(objects).flatMap(({ of, spec }) =>
    spec.containers
      .flatMap(({ env = [] }: Fields) => env)
      .flatMap(({ name, value }: Fields) =>
        unless(value === undefined || !SECRET_NAME.test(name), `${of}: ${name} has a value`),
      ),
  ),
];

/** What the volumes of a pod's credentials name. */
const credentialsOf = (spec: Fields): string[] =>
  (spec.volumes ?? []).flatMap(({ secret, csi, projected }: Fields) => [
    ...(secret ? [`Secret/${secret.secretName}`] : []),
    ...(csi ? [`SecretProviderClass/${csi.volumeAttributes?.secretProviderClass}`] : []),
    ...(projected?.sources ?? []).flatMap((source: Fields) =>
      source.secret ? [`Secret/${source.secret.name}`] : [],
    ),
  ]);

/** Jobs of the release; `helm test` and other hooks are pods of their own. */
const migrationsOf = (objects: readonly KubernetesObject[]): KubernetesObject[] =>
  ofKind(objects, 'Job');

const migratedOnce: Promised = (objects) => {
  const serving = deploymentOf(objects).spec.template.spec;
  const { MIGRATE: migrate = 'true' } = settingsOf(objects);
  return migrationsOf(objects).flatMap((job) => {
    const { spec } = job.spec.template;
    const shared = credentialsOf(spec).filter((name) => credentialsOf(serving).includes(name));
    const [container = {}] = spec.containers;
    return [
      ...unless(migrate === 'false', 'the serving pods migrate beside the Job'),
      ...unless(Bun.deepEquals(container.args, ['migrate']), `${nameOf(job)} doesn't migrate`),
      ...unless(
        environmentOf(objects, container).DATABASE_URL === settingsOf(objects).DATABASE_URL,
        `${nameOf(job)} migrates another database than serves`,
      ),
      ...unless(
        container.image === serverOf(objects).image,
        `${nameOf(job)} migrates with another image than serves`,
      ),
      ...unless(
        job.spec.ttlSecondsAfterFinished === undefined,
        `${nameOf(job)} vanishes, so that Argo CD makes it anew for ever`,
      ),
      ...unless(
        /-[a-z0-9]{10}$/.test(job.metadata.name),
        `${nameOf(job)}: no hash, and a Job's template can't change`,
      ),
      ...unless(spec.restartPolicy === 'Never', `${nameOf(job)} restarts in place`),
      ...unless(
        spec.serviceAccountName !== serving.serviceAccountName,
        `${nameOf(job)} has the serving pods' account`,
      ),
      ...shared.map((name) => `serving pods and ${nameOf(job)} share ${name}`),
    ];
  });
};

const KINDS_THERE = ['ConfigMap', 'PersistentVolumeClaim', 'ServiceAccount', 'SecretProviderClass'];

/** What pods refer to under the name of an object of ours, of the kinds that are made here. */
const references = (spec: Fields): string[] => [
  `ServiceAccount/${spec.serviceAccountName}`,
  ...credentialsOf(spec),
  ...(spec.volumes ?? []).flatMap(({ configMap, persistentVolumeClaim }: Fields) => [
    ...(configMap ? [`ConfigMap/${configMap.name}`] : []),
    ...(persistentVolumeClaim ? [`PersistentVolumeClaim/${persistentVolumeClaim.claimName}`] : []),
  ]),
  ...spec.containers.flatMap(({ envFrom = [] }: Fields) =>
    envFrom.flatMap(({ configMapRef }: Fields) =>
      configMapRef ? [`ConfigMap/${configMapRef.name}`] : [],
    ),
  ),
];

/** What somebody else makes is named so that it can be told from ours. */
const isOurs = (objects: readonly KubernetesObject[], reference: string): boolean =>
  KINDS_THERE.some((kind) =>
    reference.startsWith(`${kind}/${deploymentOf(objects).metadata.name}`),
  );

const referencesResolve: Promised = (objects) => {
  const there = objects.map(nameOf);
  return podTemplates(objects).flatMap(({ of, spec }) =>
    references(spec)
      .filter((reference) => isOurs(objects, reference) && !there.includes(reference))
      .map((reference) => `${of} needs ${reference}, which isn't there`),
  );
};

/** The names of the files that a volume has, as far as the objects say them. */
const filesOf = (objects: readonly KubernetesObject[], volume: Fields = {}): string[] => {
  const { configMap, secret, csi } = volume;
  const provider = ofKind(objects, 'SecretProviderClass').find(
    ({ metadata }) => metadata.name === csi?.volumeAttributes.secretProviderClass,
  );
  return [
    ...((configMap ?? secret)?.items ?? []).map(({ path }: Fields) => path),
    ...[...(provider?.spec.parameters.objects ?? '').matchAll(/objectAlias: (\S+)/g)].map(
      ([, alias]) => alias,
    ),
  ];
};

/** In the pods of the migration too. */
const filesMounted: Promised = (objects) =>
  podTemplates(objects).flatMap(({ of, spec }) =>
    spec.containers.flatMap((container: Fields) =>
      Object.entries(environmentOf(objects, container))
        .filter(([name]) => name.endsWith('_FILE'))
        .flatMap(([name, path]) => {
          const mount = container.volumeMounts?.find(
            ({ mountPath }: Fields) => mountPath === dirname(path),
          );
          const volume = spec.volumes?.find((own: Fields) => own.name === mount?.name);
          return unless(
            filesOf(objects, volume).includes(basename(path)),
            `${of}: ${name} is ${path}, and nothing is there`,
          );
        }),
    ),
  );

/** A difference that the API server makes is one that GitOps sees for ever (argo-cd#22151). */
const defaultsWritten: Promised = (objects) =>
  objects.flatMap((object) =>
    missingDefaults(object).map((path) => `${nameOf(object)}${path} is left to the API server`),
  );

export const operationsPromises = {
  'valid names, each once': validNames,
  'every object is labelled': labelled,
  'no secret value': noSecretValue,
  'migrated once, by credentials of its own': migratedOnce,
  'references resolve': referencesResolve,
  'files are where settings look for them': filesMounted,
  'defaults are written out': defaultsWritten,
} satisfies Record<string, Promised>;
