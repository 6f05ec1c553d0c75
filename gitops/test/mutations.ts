/** Changes of a platform's objects that its promises must see: what, the change, and the violation. */
import { type Fields, type KubernetesObject, ofKind } from '../../tools/kubernetes/objects.ts';

type Objects = KubernetesObject[];
type Mutation = readonly [
  what: string,
  change: (objects: Objects) => Objects | undefined,
  violation: string,
];

const of =
  (kind: string, change: (object: Fields) => unknown, name?: string) =>
  (objects: Objects): undefined => {
    const found = ofKind(objects, kind).find(({ metadata }) => !name || metadata.name === name);
    if (!found) throw new Error(`no ${kind} ${name ?? ''}`);
    change(found);
  };

const annotation = (name: string, value?: string) =>
  of('Ingress', ({ metadata: { annotations } }) => {
    annotations[`alb.ingress.kubernetes.io/${name}`] = value;
  });

const without =
  (kind: string, name: string) =>
  (objects: Objects): Objects =>
    objects.filter((object) => object.kind !== kind || object.metadata.name !== name);

const argument = (from: string, to: string) => (objects: Objects) =>
  JSON.parse(JSON.stringify(objects).replaceAll(from, to));

export const mutations: readonly Mutation[] = [
  [
    'privileged pods beside the gateway',
    of('Namespace', ({ metadata }) => delete metadata.labels, 'nginx-gateway'),
    'nginx-gateway: Pod Security undefined',
  ],
  [
    'a namespace that is pruned',
    of('Namespace', ({ metadata }) => delete metadata.annotations, 'hello'),
    'hello is pruned',
  ],
  ['an open namespace', without('NetworkPolicy', 'closed'), 'hello is open'],
  [
    'a namespace that is half open',
    of('NetworkPolicy', ({ spec }) => spec.policyTypes.pop(), 'closed'),
    'is open',
  ],
  ['another class', of('Gateway', ({ spec }) => (spec.gatewayClassName = 'eg')), 'its class is eg'],
  [
    'another section',
    of('Gateway', ({ spec }) => (spec.listeners[0].name = 'web')),
    'not the agreed one',
  ],
  [
    'a listener for all hosts',
    of('Gateway', ({ spec }) => delete spec.listeners[0].hostname),
    'admits undefined',
  ],
  ['plain HTTP', annotation('listen-ports', '[{"HTTP":80}]'), 'it listens on'],
  ['no web ACL', annotation('wafv2-acl-arn'), 'no web ACL'],
  ['no security group', annotation('security-groups'), 'whoever likes enters'],
  [
    'groups that the cluster manages',
    annotation('manage-backend-security-group-rules', 'true'),
    'would change security groups',
  ],
  ['old TLS', annotation('ssl-policy', 'ELBSecurityPolicy-2016-08'), 'old TLS'],
  ['targets by node', annotation('target-type', 'instance'), 'ports of nodes'],
  ['an annotation of the other controller', annotation('group.name', 'a'), 'no group.name'],
  [
    'an internal scheme',
    of('IngressClassParams', ({ spec }) => (spec.scheme = 'internal')),
    'public subnets',
  ],
  [
    'a class for everybody',
    of('IngressClassParams', ({ spec }) => delete spec.namespaceSelector),
    'other namespaces',
  ],
  [
    'no certificate',
    of('IngressClassParams', ({ spec }) => delete spec.certificateARNs),
    'no certificate',
  ],
  [
    'another backend',
    of('Ingress', ({ spec }) => (spec.rules[0].http.paths[0].backend.service.name = 'hello')),
    'leads past the gateway',
  ],
  ['another name', argument('--domain-filter=', '--domain-filter=x.'), 'nobody keeps'],
  ['records without a mark', argument('--registry=txt', '--registry=noop'), 'bear no mark'],
  ['marks of another form', argument('--registry=txt', '--txt-prefix=a'), 'knows no such marks'],
  [
    'two zones',
    of('NodePool', ({ spec }) => spec.template.spec.requirements[0].values.pop()),
    'not in three zones',
  ],
  [
    'pods of the nodes’ group',
    of('NodeClass', ({ spec }) => delete spec.podSecurityGroupSelectorTerms),
    'lets no pod in',
  ],
  [
    'pods without subnets',
    of('NodeClass', ({ spec }) => delete spec.podSubnetSelectorTerms),
    'and so no group',
  ],
  ['disks of another key', of('NodeClass', ({ spec }) => delete spec.ephemeralStorage), 'disks of'],
  [
    'volumes of another key',
    of('StorageClass', ({ parameters }) => delete parameters.kmsKeyId),
    'volumes of',
  ],
  [
    'one architecture',
    of('NodePool', ({ spec }) => spec.template.spec.requirements[1].values.pop()),
    'not as the image is built',
  ],
  [
    'another node class',
    of('NodePool', ({ spec }) => (spec.template.spec.nodeClassRef.name = 'default')),
    'no class',
  ],
  [
    'secrets that are not renewed',
    argument('--enable-secret-rotation=true', '--enable-secret-rotation=false'),
    'outlive their secret',
  ],
  ['no token', of('CSIDriver', ({ spec }) => delete spec.tokenRequests), 'pods have no role'],
];
