import {
  containers,
  deploymentOf,
  type Fields,
  nameOf,
  ofKind,
  podTemplates,
  serverOf,
  settingsOf,
} from '../objects.ts';
import { type Promised, unless } from './promise.ts';

/** Volumes that Pod Security `restricted` admits. */
const VOLUMES = [
  ...['configMap', 'csi', 'downwardAPI', 'emptyDir', 'ephemeral'],
  ...['persistentVolumeClaim', 'projected', 'secret'],
];

/** Pod Security `restricted` of Kubernetes 1.34 to 1.37, as far as Linux pods can break it. */
const restricted: Promised = (objects) =>
  podTemplates(objects).flatMap(({ of, spec }) => [
    ...['hostNetwork', 'hostPID', 'hostIPC'].flatMap((field) =>
      unless(!spec[field], `${of}: ${field}`),
    ),
    ...(spec.volumes ?? []).flatMap(({ name, ...source }: Fields) =>
      unless(
        Object.keys(source).every((kind) => VOLUMES.includes(kind)),
        `${of}: volume ${name} is a ${Object.keys(source)}`,
      ),
    ),
    ...[...(spec.initContainers ?? []), ...spec.containers].flatMap((container: Fields) =>
      restrictedContainer(container, spec.securityContext).map(
        (violation) => `${of}, container ${container.name}: ${violation}`,
      ),
    ),
  ]);

const restrictedContainer = (container: Fields, ofPod: Fields = {}): string[] => {
  const own = { ...ofPod, ...container.securityContext };
  const { add = [], drop = [] } = own.capabilities ?? {};
  const handlers = [
    ...['startupProbe', 'livenessProbe', 'readinessProbe'].map((name) => container[name]),
    ...Object.values<Fields>(container.lifecycle ?? {}),
  ];
  return [
    ...unless(own.runAsNonRoot === true, 'runAsNonRoot is not true'),
    ...unless(own.runAsUser !== 0, 'runAsUser is 0'),
    ...unless(own.allowPrivilegeEscalation === false, 'allowPrivilegeEscalation is not false'),
    ...unless(!own.privileged, 'privileged'),
    ...unless(drop.includes('ALL'), 'not all capabilities are dropped'),
    ...unless(
      add.every((name: string) => name === 'NET_BIND_SERVICE'),
      `capabilities ${add}`,
    ),
    ...unless(
      ['RuntimeDefault', 'Localhost'].includes(own.seccompProfile?.type),
      'no seccomp profile',
    ),
    ...unless(['Default', undefined].includes(own.procMount), `procMount ${own.procMount}`),
    ...unless(!own.seLinuxOptions?.user && !own.seLinuxOptions?.role, 'SELinux user or role'),
    ...unless(!container.ports?.some((port: Fields) => port.hostPort), 'hostPort'),
    ...unless(
      handlers.every((handler) => !(handler?.httpGet ?? handler?.tcpSocket)?.host),
      'a probe or hook names a host',
    ),
  ];
};

const readOnlyRoot: Promised = (objects) =>
  containers(objects).flatMap(({ of, container }) =>
    unless(
      container.securityContext?.readOnlyRootFilesystem === true,
      `${of}: the root file system is writable`,
    ),
  );

const noToken: Promised = (objects) => [
  ...podTemplates(objects).flatMap(({ of, spec }) =>
    unless(spec.automountServiceAccountToken === false, `${of}: mounts a token`),
  ),
  ...ofKind(objects, 'ServiceAccount').flatMap((account) =>
    unless(account.automountServiceAccountToken === false, `${nameOf(account)}: mounts a token`),
  ),
];

const PRIVILEGES = ['Role', 'RoleBinding', 'ClusterRole', 'ClusterRoleBinding'];

const noPrivilege: Promised = (objects) =>
  ofKind(objects, ...PRIVILEGES).map((object) => `${nameOf(object)}: nothing needs a privilege`);

const memoryFixed: Promised = (objects) =>
  containers(objects).flatMap(({ of, container: { resources: { requests, limits } = {} } }) => [
    ...unless(requests?.memory, `${of}: no memory request`),
    ...unless(requests?.memory === limits?.memory, `${of}: memory request and limit differ`),
    ...unless(requests?.cpu, `${of}: no CPU request`),
    ...unless(limits?.cpu === undefined, `${of}: the CPU is throttled by a limit`),
  ]);

const imagePinned: Promised = (objects) =>
  containers(objects).flatMap(({ of, container: { image } }) =>
    unless(
      /^[^@:]+(:\d+\/[^@:]+)?(:(?!latest$)[\w.-]+|@sha256:[0-9a-f]{64})$/.test(image),
      `${of}: image ${image}`,
    ),
  );

const PROBES = { startupProbe: '/livez', livenessProbe: '/livez', readinessProbe: '/readyz' };

/** On the management port, so that no load on the API keeps an answer away; liveness never asks the database. */
const probes: Promised = (objects) => {
  const server = serverOf(objects);
  return Object.entries(PROBES).flatMap(([name, path]) => [
    ...unless(server[name]?.httpGet?.path === path, `${name} doesn't ask for ${path}`),
    ...unless(
      server[name]?.httpGet?.port === 'management',
      `${name} doesn't ask the management port`,
    ),
  ]);
};

/** What the pods listen on is what their ports say, from outside the pod too. */
const portsAgree: Promised = (objects) => {
  const settings = settingsOf(objects);
  const portOf = (wanted: string) =>
    serverOf(objects).ports?.find(({ name }: Fields) => name === wanted)?.containerPort;
  return [
    ...unless(String(portOf('http')) === settings.PORT, 'port http is not PORT'),
    ...unless(
      String(portOf('management')) === settings.MANAGEMENT_PORT,
      'port management is not MANAGEMENT_PORT',
    ),
    ...['HOST', 'MANAGEMENT_HOST'].flatMap((name) =>
      unless(['::', '0.0.0.0'].includes(settings[name] ?? ''), `${name} is ${settings[name]}`),
    ),
  ];
};

/** SQLite's file and what is in memory serve one pod, which ends before the next begins. */
const oneWriter: Promised = (objects) => {
  const { replicas, strategy } = deploymentOf(objects).spec;
  if (!/^(sqlite|memory):/.test(settingsOf(objects).DATABASE_URL ?? 'sqlite:')) return [];
  return [
    ...unless(replicas === 0 || replicas === 1, `${replicas} replicas write to one file`),
    ...unless(strategy?.type === 'Recreate', 'two pods write to one file during an update'),
    ...ofKind(objects, 'HorizontalPodAutoscaler').map((object) => `${nameOf(object)} on one file`),
  ];
};

export const podPromises = {
  'Pod Security restricted': restricted,
  'read-only root': readOnlyRoot,
  'no token': noToken,
  'no privilege': noPrivilege,
  'memory request = limit, a CPU request and no CPU limit': memoryFixed,
  'image by version or digest': imagePinned,
  'probes on the management port': probes,
  'ports agree with settings': portsAgree,
  'one writer to a file': oneWriter,
} satisfies Record<string, Promised>;
