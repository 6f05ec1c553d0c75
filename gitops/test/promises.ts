/** What the objects of the platform keep in every cluster: what breaks it, a line each. */
import { type Fields, type KubernetesObject, ofKind } from '../../tools/kubernetes/objects.ts';
import { type Promised, unless } from '../../tools/kubernetes/promises/promise.ts';

const one = (objects: readonly KubernetesObject[], kind: string): Fields => {
  const [object, ...others] = ofKind(objects, kind);
  return others.length === 0 ? (object ?? {}) : {};
};

/** The level of Pod Security that each namespace needs, where it is more than the strictest. */
const LEVELS: Readonly<Record<string, string>> = {
  monitoring: 'baseline',
  'secrets-store': 'privileged',
};

const namespacesAreGuarded: Promised = (objects) =>
  ofKind(objects, 'Namespace').flatMap(({ metadata: { name, labels = {}, annotations = {} } }) => [
    ...unless(
      labels['pod-security.kubernetes.io/enforce'] === (LEVELS[name] ?? 'restricted'),
      `${name}: Pod Security ${labels['pod-security.kubernetes.io/enforce']}`,
    ),
    ...unless(
      annotations['argocd.argoproj.io/sync-options'] === 'Prune=confirm',
      `${name} is pruned without a question`,
    ),
  ]);

const namespacesAreClosed: Promised = (objects) =>
  ofKind(objects, 'Namespace').flatMap(({ metadata: { name } }) =>
    unless(
      ofKind(objects, 'NetworkPolicy').some(
        ({ metadata, spec }) =>
          metadata.namespace === name &&
          Bun.deepEquals(spec, { podSelector: {}, policyTypes: ['Ingress', 'Egress'] }),
      ),
      `${name} is open`,
    ),
  );

const gatewayIsTheAgreedOne: Promised = (objects) => {
  const { metadata, spec } = one(objects, 'Gateway');
  const { hostname, ...listener } = spec?.listeners?.[0] ?? {};
  return [
    ...unless(metadata?.name === 'public-gateway', `the Gateway is ${metadata?.name}`),
    ...unless(metadata?.namespace === 'nginx-gateway', `it is in ${metadata?.namespace}`),
    ...unless(spec?.gatewayClassName === 'nginx', `its class is ${spec?.gatewayClassName}`),
    ...unless(/^\*\.[a-z\d.-]+$/.test(hostname), `its listener admits ${hostname}`),
    ...unless(
      Bun.deepEquals(listener, {
        name: 'http',
        protocol: 'HTTP',
        port: 80,
        allowedRoutes: { namespaces: { from: 'All' } },
      }),
      'its listener is not the agreed one',
    ),
  ];
};

const PREFIX = 'alb.ingress.kubernetes.io/';

/** Annotations of the self-run controller that Auto Mode ignores or refuses: user guide of EKS, "auto-configure-alb". */
const NOT_IN_AUTO_MODE = ['group.name', 'waf-acl-id', 'web-acl-id', 'shield-advanced-protection'];

const loadBalancerIsGuarded: Promised = (objects) => {
  const { metadata, spec } = one(objects, 'Ingress');
  const said = (name: string) => metadata?.annotations?.[`${PREFIX}${name}`];
  const parameters = one(objects, 'IngressClassParams').spec ?? {};
  return [
    ...unless(said('listen-ports') === '[{"HTTPS":443}]', `it listens on ${said('listen-ports')}`),
    ...unless(said('wafv2-acl-arn')?.startsWith('arn:aws:wafv2:'), 'it has no web ACL'),
    ...unless(said('security-groups')?.startsWith('sg-'), 'whoever likes enters'),
    ...unless(
      said('manage-backend-security-group-rules') === 'false',
      'the cluster would change security groups',
    ),
    ...unless(said('ssl-policy')?.includes('TLS13-1-2'), 'it speaks old TLS'),
    ...unless(said('target-type') === 'ip', 'it goes by ports of nodes'),
    ...NOT_IN_AUTO_MODE.flatMap((name) => unless(!said(name), `Auto Mode knows no ${name}`)),
    ...unless(parameters.scheme === 'internet-facing', 'it is not in the public subnets'),
    ...unless(parameters.certificateARNs?.length === 1, 'it has no certificate'),
    ...unless(
      parameters.namespaceSelector?.matchLabels?.['kubernetes.io/metadata.name'] ===
        metadata?.namespace,
      'other namespaces may make load balancers',
    ),
    ...unless(
      spec?.rules?.[0].http.paths[0].backend.service.name === 'public-gateway-nginx',
      'it leads past the gateway',
    ),
  ];
};

const loadBalancerIsKnownByName: Promised = (objects) => {
  const arguments_ = ofKind(objects, 'Deployment').flatMap(({ spec }) =>
    spec.template.spec.containers.flatMap(({ args = [] }: Fields) => args),
  );
  const host = one(objects, 'Ingress').metadata?.annotations?.[
    'external-dns.alpha.kubernetes.io/hostname'
  ];
  return [
    ...unless(host && arguments_.includes(`--domain-filter=${host}`), `nobody keeps ${host}`),
    ...unless(arguments_.includes('--registry=txt'), 'its records bear no mark'),
    ...unless(
      arguments_.every((word: string) => !/^--txt-(prefix|suffix)/.test(word)),
      'its role knows no such marks',
    ),
  ];
};

const nodesAreWhereTheyShould: Promised = (objects) => {
  const { spec } = one(objects, 'NodeClass');
  const pool = one(objects, 'NodePool').spec?.template.spec ?? {};
  const values = (key: string) =>
    pool.requirements?.find((requirement: Fields) => requirement.key === key)?.values ?? [];
  return [
    ...unless(pool.nodeClassRef?.name === one(objects, 'NodeClass').metadata?.name, 'no class'),
    ...unless(values('topology.kubernetes.io/zone').length === 3, 'not in three zones'),
    ...unless(
      Bun.deepEquals(values('kubernetes.io/arch'), ['amd64', 'arm64']),
      'not as the image is built',
    ),
    ...unless(spec?.podSecurityGroupSelectorTerms?.[0].id, 'the database lets no pod in'),
    ...unless(
      spec?.podSubnetSelectorTerms?.length === 3 &&
        Bun.deepEquals(spec.podSubnetSelectorTerms, spec.subnetSelectorTerms),
      'pods have no subnets, and so no group',
    ),
    ...unless(spec?.ephemeralStorage?.kmsKeyID?.startsWith('arn:aws:kms:'), 'disks of AWS’s key'),
    ...unless(
      one(objects, 'StorageClass').parameters?.kmsKeyId?.startsWith('arn:aws:kms:'),
      'volumes of AWS’s key',
    ),
  ];
};

const secretsAreRenewed: Promised = (objects) => {
  const driver = ofKind(objects, 'DaemonSet').flatMap(({ spec }) =>
    spec.template.spec.containers.flatMap(({ args = [] }: Fields) => args),
  );
  return [
    ...unless(driver.includes('--enable-secret-rotation=true'), 'files outlive their secret'),
    ...unless(
      one(objects, 'CSIDriver').spec?.tokenRequests?.some(
        ({ audience }: Fields) => audience === 'pods.eks.amazonaws.com',
      ),
      'pods have no role',
    ),
  ];
};

export const PROMISES = {
  'namespaces are guarded': namespacesAreGuarded,
  'namespaces are closed': namespacesAreClosed,
  'the Gateway is the agreed one': gatewayIsTheAgreedOne,
  'the load balancer is guarded': loadBalancerIsGuarded,
  'the load balancer is known by name': loadBalancerIsKnownByName,
  'nodes are where they should be': nodesAreWhereTheyShould,
  'secrets are renewed': secretsAreRenewed,
} satisfies Record<string, Promised>;

export const broken = (objects: readonly KubernetesObject[]): string[] =>
  Object.entries(PROMISES).flatMap(([name, promise]) =>
    promise(objects).map((violation) => `${name}: ${violation}`),
  );
