import { dirname } from 'node:path';
import {
  deploymentOf,
  environmentOf,
  type Fields,
  isHook,
  nameOf,
  ofKind,
  podTemplates,
  selects,
  serverOf,
  settingsOf,
} from '../objects.ts';
import { peersOf } from './network.ts';
import { type Promised, unless } from './promise.ts';

/** The port of a URL, or that of its kind of database server; undefined without a server. */
export const databasePort = (url = ''): number | undefined => {
  const { protocol, port } = URL.parse(url) ?? {};
  const usual = { 'postgres:': 5432, 'postgresql:': 5432, 'mysql:': 3306 }[protocol ?? ''];
  return usual && (Number(port) || usual);
};

/** As far as policies tell: those of serving pods and those of the migration. */
const databaseReached: Promised = (objects) =>
  podTemplates(objects.filter((object) => !isHook(object))).flatMap(({ of, labels, spec }) => {
    const policies = ofKind(objects, 'NetworkPolicy').filter((policy) =>
      selects(policy.spec.podSelector, labels),
    );
    const ports = spec.containers.flatMap(
      (container: Fields) => databasePort(environmentOf(objects, container).DATABASE_URL) ?? [],
    );
    return ports.flatMap((port: number) =>
      unless(
        policies.length === 0 ||
          policies.some(({ spec: { egress } }) =>
            peersOf(egress, [port], 'TCP').some(({ ipBlock }) => ipBlock),
          ),
        `the pods of ${of} can't reach the database on port ${port}`,
      ),
    );
  });

const GROUP_READS = 0o040;

/** Files of a volume belong to root and to `fsGroup`, so the group must be able to read them. */
const filesReadable: Promised = (objects) =>
  podTemplates(objects).flatMap(({ of, spec: { securityContext = {}, volumes = [] } }) => [
    ...unless(
      volumes.length === 0 || securityContext.fsGroup > 0,
      `${of}: no fsGroup, so that files are root's alone`,
    ),
    ...unless(securityContext.runAsUser > 0, `${of}: no user by number`),
    ...volumes.flatMap(({ name, secret, configMap }: Fields) => {
      const source = secret ?? configMap ?? {};
      const modes = [source, ...(source.items ?? [])].flatMap(
        ({ defaultMode, mode }: Fields) => defaultMode ?? mode ?? [],
      );
      return unless(
        modes.every((mode: number) => mode & GROUP_READS),
        `${of}: the group can't read the files of ${name}`,
      );
    }),
  ]);

/** SQLite makes files beside its own, so the folder must be writable, and the root isn't. */
const dataWritable: Promised = (objects) => {
  const [, file] = /^sqlite:(?:\/\/\/)?(.+)$/.exec(settingsOf(objects).DATABASE_URL ?? '') ?? [];
  if (file === undefined) return [];
  const { volumes = [] } = deploymentOf(objects).spec.template.spec;
  const mount = serverOf(objects).volumeMounts?.find(
    ({ mountPath }: Fields) => mountPath === dirname(file),
  );
  const volume = volumes.find(({ name }: Fields) => name === mount?.name) ?? {};
  const { persistentVolumeClaim: claim, emptyDir } = volume;
  return [
    ...unless(
      mount && !mount.readOnly && (emptyDir || (claim && !claim.readOnly)),
      `nothing writable is mounted for ${file}`,
    ),
    ...ofKind(objects, 'PersistentVolumeClaim')
      .filter(({ metadata }) => metadata.name === claim?.claimName)
      .flatMap((own) =>
        unless(
          Bun.deepEquals(own.spec.accessModes, ['ReadWriteOncePod']),
          `${nameOf(own)} may be mounted by two pods`,
        ),
      ),
  ];
};

/** No token of a service account is mounted, which the provider's other way would take. */
const byPodIdentity: Promised = (objects) =>
  ofKind(objects, 'SecretProviderClass').flatMap((provider) =>
    unless(
      provider.spec.provider === 'aws' && provider.spec.parameters.usePodIdentity === 'true',
      `${nameOf(provider)} doesn't ask with the pod's identity`,
    ),
  );

export const dataPromises = {
  'the database is reached': databaseReached,
  'files are readable by who needs them': filesReadable,
  'the data can be written, by one pod': dataWritable,
  'secrets by Pod Identity': byPodIdentity,
} satisfies Record<string, Promised>;
