import {
  deploymentOf,
  type Fields,
  isHook,
  type KubernetesObject,
  nameOf,
  ofKind,
  serverOf,
  settingsOf,
} from '../objects.ts';
import { ENVIRONMENTS, type Environment } from '../render.ts';
import { databasePort } from './data.ts';
import { peersOf } from './network.ts';
import { unless } from './promise.ts';

/** A promise that depends on the environment. */
export type EnvironmentPromise = (
  objects: readonly KubernetesObject[],
  environment: Environment,
) => string[];

const isProduction = (environment: Environment): boolean => environment.startsWith('prod');

/** Gateway of the cluster's administrator, ports and sizes: what the project was asked for. */
const given: EnvironmentPromise = (objects) => {
  const parent = ofKind(objects, 'HTTPRoute')[0]?.spec.parentRefs[0] ?? {};
  const port = ofKind(objects, 'Service')[0]?.spec.ports[0] ?? {};
  const { resources, ports = [] } = serverOf(objects);
  const target = ports.find(({ name }: Fields) => name === port.targetPort) ?? {};
  return [
    ...unless(
      parent.kind === 'Gateway' &&
        parent.name === 'public-gateway' &&
        parent.namespace === 'nginx-gateway' &&
        parent.sectionName === 'http',
      `attached to ${JSON.stringify(parent)}`,
    ),
    ...unless(ofKind(objects, 'Ingress').length === 0, 'an Ingress'),
    ...unless(
      port.port === 80 && target.containerPort === 8000,
      `port ${port.port} leads to ${target.containerPort}`,
    ),
    ...unless(
      Bun.deepEquals(resources, {
        requests: { cpu: '100m', memory: '128Mi' },
        limits: { memory: '128Mi' },
      }),
      `resources ${JSON.stringify(resources)}`,
    ),
  ];
};

/** `*.local` admits `hello.local` and `a.b.local`, not `local` (Gateway API, HTTPRoute's hostnames). */
const admits = (listener: string, hostname: string): boolean =>
  listener === hostname || (listener.startsWith('*.') && hostname.endsWith(listener.slice(1)));

const hostsAdmitted: EnvironmentPromise = (objects, environment) =>
  ofKind(objects, 'HTTPRoute').flatMap(({ spec }) =>
    spec.hostnames.flatMap((hostname: string) =>
      unless(
        admits(ENVIRONMENTS[environment].listener, hostname),
        `${hostname} isn't within ${ENVIRONMENTS[environment].listener}`,
      ),
    ),
  );

const digested: EnvironmentPromise = (objects, environment) =>
  environment === 'local'
    ? []
    : unless(serverOf(objects).image.includes('@sha256:'), `image ${serverOf(objects).image}`);

/** Each environment's pods, what scales and drains them, and who migrates. */
const numbered: EnvironmentPromise = (objects, environment) => {
  const { replicas } = deploymentOf(objects).spec;
  const [scaler] = ofKind(objects, 'HorizontalPodAutoscaler');
  const there = ['HorizontalPodAutoscaler', 'PodDisruptionBudget', 'Job', 'PersistentVolumeClaim']
    .filter((kind) => ofKind(objects, kind).length === 1)
    .join();
  const pods = scaler ? `${scaler.spec.minReplicas} to ${scaler.spec.maxReplicas}` : `${replicas}`;
  return [
    ...unless(pods === PODS[environment].pods, `${pods} pods`),
    ...unless(there === PODS[environment].there, `there are ${there}`),
  ];
};

const PODS: Record<Environment, { pods: string; there: string }> = {
  local: { pods: '1', there: 'PodDisruptionBudget,PersistentVolumeClaim' },
  dev: { pods: '2', there: 'PodDisruptionBudget,Job' },
  prod: { pods: '3 to 9', there: 'HorizontalPodAutoscaler,PodDisruptionBudget,Job' },
  'prod-standby': { pods: '0', there: '' },
};

/** What the pods may reach in an environment: names, the database, the collector, by port. */
const EGRESS: Record<Environment, string> = {
  local: '53/TCP,53/UDP',
  dev: '4318/TCP,53/TCP,53/UDP,5432/TCP',
  prod: '4318/TCP,53/TCP,53/UDP,5432/TCP',
  'prod-standby': '4318/TCP,53/TCP,53/UDP,5432/TCP',
};

const nothingElse: EnvironmentPromise = (objects, environment) => {
  const { name } = deploymentOf(objects).metadata;
  const policies = ofKind(objects, 'NetworkPolicy');
  const serving = policies.find(({ metadata }) => metadata.name === name)?.spec ?? {};
  const egress = portsOf(serving.egress);
  const sources = (serving.ingress ?? [])
    .flatMap(({ from }: Fields) => from)
    .map((peer: Fields) => peer.namespaceSelector?.matchLabels?.['kubernetes.io/metadata.name'])
    .filter((namespace: string | undefined) => namespace !== undefined);
  const expected = ['monitoring', 'nginx-gateway'];
  return [
    ...unless(egress === EGRESS[environment], `the pods may reach ${egress}`),
    ...unless(
      Bun.deepEquals([...new Set(sources)].toSorted(), expected),
      `the pods may be reached from ${sources}`,
    ),
  ];
};

const portsOf = (rules: Fields[] = []): string =>
  [
    ...new Set(
      rules.flatMap(({ ports }) =>
        ports.map(({ port, protocol }: Fields) => `${port}/${protocol}`),
      ),
    ),
  ]
    .toSorted()
    .join();

const watched: EnvironmentPromise = (objects, environment) =>
  environment === 'local'
    ? []
    : ['PodMonitor', 'PrometheusRule'].flatMap((kind) =>
        unless(ofKind(objects, kind).length === 1, `no ${kind}`),
      );

const databaseKnown: EnvironmentPromise = (objects, environment) => {
  const settings = ofKind(objects, 'ConfigMap').find(({ data }) => data?.DATABASE_URL)?.data ?? {};
  if (environment === 'local')
    return unless(/^sqlite:/.test(settings.DATABASE_URL), settings.DATABASE_URL);
  return [
    ...unless(/^postgres:\/\/[^@]+$/.test(settings.DATABASE_URL), settings.DATABASE_URL),
    ...unless(settings.DATABASE_CREDENTIALS_FILE, 'no credentials file'),
    ...unless(settings.DATABASE_CA_FILE, 'no certificate authority'),
  ];
};

/**
 * Production is even over zones or waits. Elsewhere pods may be uneven, since to a node without a zone's label, such as a
 * laptop's cluster has, `DoNotSchedule` lets none.
 */
const zonesHeld: EnvironmentPromise = (objects, environment) => {
  const { topologySpreadConstraints = [] } = deploymentOf(objects).spec.template.spec;
  const { whenUnsatisfiable } =
    topologySpreadConstraints.find(
      ({ topologyKey }: Fields) => topologyKey === 'topology.kubernetes.io/zone',
    ) ?? {};
  return unless(
    whenUnsatisfiable === (isProduction(environment) ? 'DoNotSchedule' : 'ScheduleAnyway'),
    `zones: ${whenUnsatisfiable}`,
  );
};

/** Private networks (RFC 1918, RFC 4193), where the database is. */
const PRIVATE = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'];

/** And those in which clusters answer names: shared (RFC 6598) and link-local (RFC 3927) addresses. */
const NAMES = [...PRIVATE, '100.64.0.0/10', '169.254.0.0/16'];

const privateNetworks: EnvironmentPromise = (objects) => {
  const database = databasePort(settingsOf(objects).DATABASE_URL);
  const expected = [[53, NAMES] as const, ...(database ? [[database, PRIVATE] as const] : [])];
  return ofKind(objects, 'NetworkPolicy')
    .filter((policy) => !isHook(policy))
    .flatMap((policy) =>
      expected.flatMap(([port, networks]) => {
        const reached = peersOf(policy.spec.egress, [port], 'TCP').map(
          ({ ipBlock }) => ipBlock?.cidr,
        );
        return unless(
          Bun.deepEquals(reached.toSorted(), networks.toSorted()),
          `${nameOf(policy)}: port ${port} of ${reached}`,
        );
      }),
    );
};

export const ENVIRONMENT_PROMISES = {
  given,
  'host names within the listener': hostsAdmitted,
  'image by digest': digested,
  'pods by number': numbered,
  'reaches and is reached by nothing else': nothingElse,
  watched,
  'database by name, credentials by file': databaseKnown,
  'zones are held even, or not needed': zonesHeld,
  'names and database in private networks': privateNetworks,
} satisfies Record<string, EnvironmentPromise>;

export type EnvironmentPromiseName = keyof typeof ENVIRONMENT_PROMISES;
