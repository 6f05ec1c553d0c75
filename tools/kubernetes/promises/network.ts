import {
  deploymentOf,
  type Fields,
  isHook,
  type KubernetesObject,
  nameOf,
  ofKind,
  podTemplates,
  selects,
  serverOf,
} from '../objects.ts';
import { type Promised, unless } from './promise.ts';

/** What selects serving pods: each such selector, with where it is. */
const servingSelectors = (
  objects: readonly KubernetesObject[],
): { of: string; selector: Fields }[] => {
  const deployment = deploymentOf(objects);
  const name = deployment.metadata.name;
  const { topologySpreadConstraints = [] } = deployment.spec.template.spec;
  return [
    { of: `${nameOf(deployment)} selector`, selector: deployment.spec.selector },
    ...ofKind(objects, 'Service').map((service) => ({
      of: nameOf(service),
      selector: { matchLabels: service.spec.selector },
    })),
    ...ofKind(objects, 'PodDisruptionBudget', 'PodMonitor').map((object) => ({
      of: nameOf(object),
      selector: object.spec.selector,
    })),
    ...ofKind(objects, 'NetworkPolicy')
      .filter(({ metadata }) => metadata.name === name)
      .map((policy) => ({ of: nameOf(policy), selector: policy.spec.podSelector })),
    ...topologySpreadConstraints.map(({ topologyKey, labelSelector }: Fields) => ({
      of: `spread over ${topologyKey}`,
      selector: labelSelector,
    })),
  ];
};

/** Serving pods, and neither those of the migration nor of `helm test`. */
const exactlyThePods: Promised = (objects) =>
  servingSelectors(objects).flatMap(({ of, selector }) => [
    ...unless(!selector?.matchExpressions, `${of} selects by expressions`),
    ...podTemplates(objects).flatMap(({ of: pods, labels }) => {
      const serves = pods === nameOf(deploymentOf(objects));
      return unless(
        selects(selector, labels) === serves,
        `${of} ${serves ? "doesn't select" : 'selects'} the pods of ${pods}`,
      );
    }),
  ]);

const STABLE = ['app.kubernetes.io/instance', 'app.kubernetes.io/name'];

/** A Deployment's selector can't change, so it says nothing that does. */
const stableSelectors: Promised = (objects) =>
  servingSelectors(objects).flatMap(({ of, selector }) => {
    const keys = Object.keys(selector?.matchLabels ?? {}).toSorted();
    return unless(Bun.deepEquals(keys, STABLE), `${of} selects by ${keys}`);
  });

/** The Service leads to the API's port, and to no other. */
const serviceLeadsToApi: Promised = (objects) => {
  const services = ofKind(objects, 'Service');
  return [
    ...unless(services.length === 1, `${services.length} Services`),
    ...services.flatMap((service) =>
      service.spec.ports.flatMap(({ targetPort }: Fields) =>
        unless(targetPort === 'http', `${nameOf(service)} leads to port ${targetPort}`),
      ),
    ),
  ];
};

const routeLeadsToService: Promised = (objects) =>
  ofKind(objects, 'HTTPRoute').flatMap((route) => {
    const { parentRefs = [], hostnames = [], rules = [] } = route.spec;
    const backends = rules.flatMap((rule: Fields) => rule.backendRefs ?? []);
    const redirects = rules.filter(isRedirect);
    return [
      ...unless(parentRefs.length > 0, `${nameOf(route)} is attached to nothing`),
      ...unless(hostnames.length > 0, `${nameOf(route)} takes every host's requests`),
      ...unless(
        rules.length > 0 &&
          rules.every((rule: Fields) => isRedirect(rule) || rule.backendRefs?.length > 0),
        `${nameOf(route)} leads nowhere`,
      ),
      ...unless(
        redirects.every(({ backendRefs }: Fields) => backendRefs === undefined),
        `${nameOf(route)} redirects what it leads to a Service, which the API server refuses`,
      ),
      ...backends.flatMap(({ name, port }: Fields) =>
        unless(
          ofKind(objects, 'Service').some(
            ({ metadata, spec }) =>
              metadata.name === name && spec.ports.some((own: Fields) => own.port === port),
          ),
          `${nameOf(route)} leads to ${name}:${port}, which is no Service here`,
        ),
      ),
    ];
  });

/** The CRD of the HTTPRoute allows no `backendRefs` beside such a filter. */
const isRedirect = ({ filters = [] }: Fields): boolean =>
  filters.some(({ type }: Fields) => type === 'RequestRedirect');

const EVERYWHERE = ['0.0.0.0/0', '::/0'];

/** A rule is open if it names no peer, no port, or a peer that is everyone. */
const isOpen = (peers: Fields[] = [], ports: Fields[] = []): boolean =>
  peers.length === 0 ||
  ports.length === 0 ||
  ports.some(({ port }) => port === undefined) ||
  peers.some(
    ({ ipBlock, namespaceSelector, podSelector }) =>
      EVERYWHERE.includes(ipBlock?.cidr) ||
      (!ipBlock &&
        Object.keys(namespaceSelector?.matchLabels ?? {}).length === 0 &&
        Object.keys(podSelector?.matchLabels ?? {}).length === 0),
  );

/** But for the pod of `helm test`, which may go where it likes while it runs. */
const closedBothWays: Promised = (objects) => {
  const policies = ofKind(objects, 'NetworkPolicy');
  const lasting = objects.filter((object) => !isHook(object));
  const ruled = podTemplates(lasting).flatMap(({ of, labels }) =>
    unless(
      policies.some(({ spec }) => selects(spec.podSelector, labels)),
      `no NetworkPolicy is about the pods of ${of}`,
    ),
  );
  const rules = policies.flatMap((policy) => {
    const { policyTypes = [], ingress = [], egress = [] } = policy.spec;
    return [
      ...['Ingress', 'Egress'].flatMap((type) =>
        unless(
          isHook(policy) || policyTypes.includes(type),
          `${nameOf(policy)} says nothing of ${type}`,
        ),
      ),
      ...ingress.flatMap(({ from, ports }: Fields) =>
        unless(!isOpen(from, ports), `${nameOf(policy)} is open to everyone`),
      ),
      ...egress.flatMap(({ to, ports }: Fields) =>
        unless(!isOpen(to, ports), `${nameOf(policy)} lets go everywhere`),
      ),
    ];
  });
  return [...ruled, ...rules];
};

/** The peers of a policy's rules for a port, which has a number and may have a name. */
export const peersOf = (
  rules: Fields[] = [],
  wanted: readonly Fields[],
  protocol: string,
): Fields[] =>
  rules
    .filter(({ ports = [] }) =>
      ports.some(
        (own: Fields) => wanted.includes(own.port) && (own.protocol ?? 'TCP') === protocol,
      ),
    )
    .flatMap(({ from, to }) => from ?? to ?? []);

/** Name and number of a port of the serving pods. */
const portOf = (objects: readonly KubernetesObject[], wanted: string): readonly Fields[] => [
  wanted,
  serverOf(objects).ports?.find(({ name }: Fields) => name === wanted)?.containerPort,
];

/** Names are answered on the node in EKS Auto Mode, where no selector of pods matches: by address, UDP and TCP. */
const namesAreAnswered: Promised = (objects) =>
  ofKind(objects, 'NetworkPolicy')
    .filter(({ spec }) => spec.policyTypes?.includes('Egress'))
    .flatMap((policy) =>
      ['UDP', 'TCP'].flatMap((protocol) => {
        const peers = peersOf(policy.spec.egress, [53], protocol);
        return unless(
          peers.length > 0 && peers.every(({ ipBlock }) => ipBlock),
          `${nameOf(policy)} cuts DNS over ${protocol}, on nodes at least`,
        );
      }),
    );

const NAMESPACE = 'kubernetes.io/metadata.name';

/** The Gateway's namespace reaches the API; nobody else's, but for the pods of `helm test` in ours. */
const gatewayReachesApi: Promised = (objects) => {
  const { name } = deploymentOf(objects).metadata;
  const parents = ofKind(objects, 'HTTPRoute').flatMap(({ spec }) => spec.parentRefs ?? []);
  const namespaces = parents.flatMap(({ namespace }) => namespace ?? []);
  return ofKind(objects, 'NetworkPolicy')
    .filter(({ metadata }) => metadata.name === name)
    .flatMap(({ spec }) => {
      const peers = peersOf(spec.ingress, portOf(objects, 'http'), 'TCP')
        .map(({ namespaceSelector }) => namespaceSelector?.matchLabels?.[NAMESPACE])
        .filter((peer) => peer !== undefined);
      return [
        ...namespaces
          .filter((namespace) => !peers.includes(namespace))
          .map((namespace) => `the Gateway in ${namespace} can't reach the pods`),
        ...peersOf(spec.ingress, portOf(objects, 'management'), 'TCP').flatMap((peer) =>
          unless(
            !namespaces.includes(peer.namespaceSelector?.matchLabels?.[NAMESPACE]),
            'the Gateway can reach the management port',
          ),
        ),
      ];
    });
};

/** A port that is meant to be the pods' is one that they have. */
const portsExist: Promised = (objects) => {
  const own = (serverOf(objects).ports ?? []).flatMap(({ name, containerPort }: Fields) => [
    name,
    containerPort,
  ]);
  const named = [
    ...ofKind(objects, 'Service').flatMap(({ spec }) =>
      spec.ports.map(({ targetPort }: Fields) => targetPort),
    ),
    ...ofKind(objects, 'NetworkPolicy').flatMap(({ spec }) =>
      (spec.ingress ?? []).flatMap(({ ports = [] }: Fields) =>
        ports.map(({ port }: Fields) => port),
      ),
    ),
    ...ofKind(objects, 'PodMonitor').flatMap(({ spec }) =>
      spec.podMetricsEndpoints.map(({ port }: Fields) => port),
    ),
  ];
  return named.filter((port) => !own.includes(port)).map((port) => `the pods have no port ${port}`);
};

export const networkPromises = {
  'selectors select exactly the pods': exactlyThePods,
  'selectors that never change': stableSelectors,
  'the Service leads to the API alone': serviceLeadsToApi,
  'the route leads to the Service': routeLeadsToService,
  'closed both ways': closedBothWays,
  'names are answered': namesAreAnswered,
  'the Gateway reaches the API alone': gatewayReachesApi,
  'ports exist': portsExist,
} satisfies Record<string, Promised>;
