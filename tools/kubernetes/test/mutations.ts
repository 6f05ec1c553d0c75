import type { Fields, KubernetesObject } from '../objects.ts';
import type { EnvironmentPromiseName } from '../promises/environments.ts';
import type { PromiseName } from '../promises/index.ts';
import { ENVIRONMENTS, type Environment } from '../render.ts';

const DOMAIN = ENVIRONMENTS.prod.listener.slice('*.'.length);

/** One way to break a promise: a change of the objects of an environment, prod's unless it says another. */
export interface Mutation {
  readonly what: string;
  readonly environment?: Environment;
  readonly mutate: (objects: KubernetesObject[]) => void;
}

/** A mutation of every object of a kind; without one it would break nothing. */
const every =
  (kind: string, change: (object: Fields) => void) =>
  (objects: KubernetesObject[]): void => {
    const found = objects.filter((object) => object.kind === kind);
    if (found.length === 0) throw new Error(`no ${kind} to mutate`);
    for (const object of found) change(object);
  };

const of = (
  kind: string,
  what: string,
  change: (object: Fields) => void,
  environment?: Environment,
): Mutation => ({ what: `${kind}: ${what}`, environment, mutate: every(kind, change) });

const pod = (what: string, change: (spec: Fields) => void): Mutation =>
  of('Deployment', what, ({ spec }) => change(spec.template.spec));

const server = (what: string, change: (container: Fields) => void): Mutation =>
  pod(what, (spec) => change(spec.containers[0]));

const settings = (
  what: string,
  change: (data: Record<string, string>) => void,
  environment?: Environment,
): Mutation => ({
  what: `settings: ${what}`,
  environment,
  mutate: (objects) => {
    const found = objects.filter(({ kind, data }) => kind === 'ConfigMap' && data.PORT);
    if (found.length !== 1) throw new Error(`${found.length} ConfigMaps of settings`);
    change(found[0]?.data);
  },
});

const policy = (
  what: string,
  change: (spec: Fields) => void,
  name = 'hello',
  environment?: Environment,
): Mutation => ({
  what: `NetworkPolicy ${name}: ${what}`,
  environment,
  mutate: (objects) => {
    const own = objects.find(
      ({ kind, metadata }) => kind === 'NetworkPolicy' && metadata.name === name,
    );
    if (!own) throw new Error(`no NetworkPolicy ${name}`);
    change(own.spec);
  },
});

const withoutPort =
  (port: number) =>
  (spec: Fields): void => {
    const kept = spec.egress.filter(
      ({ ports }: Fields) => !ports.some((own: Fields) => own.port === port),
    );
    if (kept.length === spec.egress.length) throw new Error(`no egress to port ${port}`);
    spec.egress = kept;
  };

/** Another text in the expressions of alerts; one that isn't there would break nothing. */
const alerts = (from: string, to: string): Mutation =>
  of('PrometheusRule', `${to} for ${from}`, (rule) => {
    const text = JSON.stringify(rule.spec);
    const [quoted, other] = [from, to].map((own) => JSON.stringify(own).slice(1, -1));
    if (!text.includes(quoted as string)) throw new Error(`no alert asks for ${from}`);
    rule.spec = JSON.parse(text.replaceAll(quoted as string, other as string));
  });

const without = (kind: string, environment?: Environment): Mutation => ({
  what: `${kind}: missing`,
  environment,
  mutate: (objects) => {
    const kept = objects.filter((object) => object.kind !== kind);
    if (kept.length === objects.length) throw new Error(`no ${kind} to remove`);
    objects.splice(0, objects.length, ...kept);
  },
});

const added = (what: string, object: KubernetesObject): Mutation => ({
  what,
  mutate: (objects) => void objects.push(object),
});

const zoneOf = (spec: Fields): Fields => spec.topologySpreadConstraints[0];

/** For each promise the ways to break it that a test shows it to see. */
export const MUTATIONS: Record<PromiseName, readonly Mutation[]> = {
  'Pod Security restricted': [
    pod('root may run', ({ securityContext }) => delete securityContext.runAsNonRoot),
    server('user 0', (container) => Object.assign(container.securityContext, { runAsUser: 0 })),
    server('privileged', (container) => {
      container.securityContext.privileged = true;
    }),
    server('escalates', (container) => delete container.securityContext.allowPrivilegeEscalation),
    server('capabilities kept', (container) => delete container.securityContext.capabilities),
    server('capability added', (container) => {
      container.securityContext.capabilities.add = ['NET_RAW'];
    }),
    server('host port', (container) => Object.assign(container.ports[0], { hostPort: 8000 })),
    server('probe of a host', (container) => {
      container.livenessProbe.httpGet.host = '169.254.169.254';
    }),
    server('procMount', (container) => {
      container.securityContext.procMount = 'Unmasked';
    }),
    server('SELinux user', (container) => {
      container.securityContext.seLinuxOptions = { user: 'system_u' };
    }),
    pod('no seccomp profile', ({ securityContext }) => delete securityContext.seccompProfile),
    pod("the node's network", (spec) => Object.assign(spec, { hostNetwork: true })),
    pod('a folder of the node', (spec) => {
      spec.volumes.push({ name: 'node', hostPath: { path: '/' } });
    }),
    of('Job', 'root may run', ({ spec }) => {
      delete spec.template.spec.securityContext.runAsNonRoot;
    }),
  ],
  'read-only root': [
    server('writable', (container) => delete container.securityContext.readOnlyRootFilesystem),
    of('Job', 'writable', ({ spec }) => {
      spec.template.spec.containers[0].securityContext.readOnlyRootFilesystem = false;
    }),
  ],
  'no token': [
    pod('token', (spec) => delete spec.automountServiceAccountToken),
    of('ServiceAccount', 'token', (account) => {
      account.automountServiceAccountToken = true;
    }),
  ],
  'no privilege': [
    added('a Role', {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'Role',
      metadata: { name: 'hello' },
    }),
  ],
  'memory request = limit, a CPU request and no CPU limit': [
    server('CPU limit', ({ resources }) => Object.assign(resources.limits, { cpu: '1' })),
    server('more memory', ({ resources }) => Object.assign(resources.limits, { memory: '1Gi' })),
    server('no limit', ({ resources }) => delete resources.limits),
    server('no CPU request', ({ resources }) => delete resources.requests.cpu),
    server('nothing', (container) => delete container.resources),
  ],
  'image by version or digest': [
    server('latest', (container) => Object.assign(container, { image: 'hello:latest' })),
    server('no tag', (container) => Object.assign(container, { image: 'hello' })),
    server('tag and digest', (container) => {
      container.image = `hello:1@sha256:${'0'.repeat(64)}`;
    }),
    server('half a digest', (container) => Object.assign(container, { image: 'hello@sha256:12' })),
  ],
  'probes on the management port': [
    server('no liveness probe', (container) => delete container.livenessProbe),
    server('no startup probe', (container) => delete container.startupProbe),
    server('liveness asks the database', ({ livenessProbe }) => {
      livenessProbe.httpGet.path = '/readyz';
    }),
    server('readiness on the public port', ({ readinessProbe }) => {
      readinessProbe.httpGet.port = 'http';
    }),
  ],
  'ports agree with settings': [
    settings('another port', (data) => Object.assign(data, { PORT: '8080' })),
    settings('another management port', (data) => delete data.MANAGEMENT_PORT),
    settings('loopback only', (data) => Object.assign(data, { HOST: '127.0.0.1' })),
    server('port renamed', ({ ports }) => Object.assign(ports[0], { name: 'web' })),
  ],
  'one writer to a file': [
    of('Deployment', 'two pods', ({ spec }) => Object.assign(spec, { replicas: 2 }), 'local'),
    of('Deployment', 'rolling', ({ spec }) => Object.assign(spec, { strategy: {} }), 'local'),
    settings('in memory', (data) => Object.assign(data, { DATABASE_URL: 'memory:' })),
  ],
  'a budget that lets nodes be drained': [
    of('PodDisruptionBudget', 'none may go', ({ spec }) => {
      spec.maxUnavailable = 0;
    }),
    of('PodDisruptionBudget', 'all must stay', (budget) => {
      budget.spec = { ...budget.spec, maxUnavailable: undefined, minAvailable: '100%' };
    }),
    of(
      'PodDisruptionBudget',
      'the only one must stay',
      (budget) => {
        budget.spec = { ...budget.spec, maxUnavailable: undefined, minAvailable: 1 };
      },
      'local',
    ),
    of('PodDisruptionBudget', 'unhealthy pods stay', ({ spec }) => {
      delete spec.unhealthyPodEvictionPolicy;
    }),
  ],
  'only one rules the number of pods': [
    of('Deployment', 'replicas too', ({ spec }) => Object.assign(spec, { replicas: 3 })),
    of('Deployment', 'no replicas', ({ spec }) => delete spec.replicas, 'prod-standby'),
    of('HorizontalPodAutoscaler', 'another target', ({ spec }) => {
      spec.scaleTargetRef.name = 'other';
    }),
    of('HorizontalPodAutoscaler', 'from more than to', ({ spec }) => {
      spec.minReplicas = 10;
    }),
    of('HorizontalPodAutoscaler', 'no metric', ({ spec }) => delete spec.metrics),
    of('HorizontalPodAutoscaler', 'no behaviour', ({ spec }) => delete spec.behavior.scaleDown),
  ],
  'a pod ends after its requests': [
    pod('less grace', (spec) => Object.assign(spec, { terminationGracePeriodSeconds: 26 })),
    settings('no delay', (data) => Object.assign(data, { DRAIN_DELAY: '0' })),
    settings('delay left to the service', (data) => delete data.DRAIN_DELAY),
    settings('longer shutdown', (data) => Object.assign(data, { SHUTDOWN_TIMEOUT: '30000' })),
    server('both wait', (container) => {
      container.lifecycle = { preStop: { sleep: { seconds: 5 } } };
    }),
    server('a shell', (container) => {
      container.lifecycle = { preStop: { exec: { command: ['sleep', '5'] } } };
    }),
    server('readiness is slow to tell', ({ readinessProbe }) => {
      readinessProbe.failureThreshold = 3;
    }),
  ],
  'the autoscaler acts before requests are exceeded': [
    of('HorizontalPodAutoscaler', 'at 8000 %', ({ spec }) => {
      spec.metrics[0].resource.target.averageUtilization = 8000;
    }),
    of('HorizontalPodAutoscaler', 'no target', ({ spec }) => {
      delete spec.metrics[0].resource.target.averageUtilization;
    }),
  ],
  'an update takes no pod before others serve': [
    of('Deployment', 'one may miss', ({ spec }) => {
      spec.strategy.rollingUpdate.maxUnavailable = 1;
    }),
    of('Deployment', 'none beyond', ({ spec }) =>
      Object.assign(spec.strategy.rollingUpdate, { maxSurge: 0 }),
    ),
    of('Deployment', 'available at once', ({ spec }) => delete spec.minReadySeconds),
    of('Deployment', 'early deadline', ({ spec }) =>
      Object.assign(spec, { progressDeadlineSeconds: 10 }),
    ),
  ],
  'spread over zones and nodes': [
    pod('no zones', (spec) => spec.topologySpreadConstraints.shift()),
    pod('no nodes', (spec) => spec.topologySpreadConstraints.pop()),
    pod('any version counts', (spec) => delete zoneOf(spec).matchLabelKeys),
    pod('uneven', (spec) => Object.assign(zoneOf(spec), { maxSkew: 2 })),
  ],
  'the loss of a zone leaves no pod pending': [
    pod('three zones wanted', (spec) => Object.assign(zoneOf(spec), { minDomains: 3 })),
    pod('the lost zone counts', (spec) => delete zoneOf(spec).nodeTaintsPolicy),
  ],
  'node affinity': [pod('no affinity', (spec) => delete spec.affinity)],
  'selectors select exactly the pods': [
    of('Service', 'other pods', ({ spec }) => {
      spec.selector['app.kubernetes.io/name'] = 'other';
    }),
    of('Service', 'every pod', ({ spec }) => {
      spec.selector = {};
    }),
    of('PodDisruptionBudget', 'the migration too', ({ spec }) => {
      delete spec.selector.matchLabels['app.kubernetes.io/name'];
    }),
    of('PodMonitor', 'every pod', ({ spec }) => {
      spec.selector = {};
    }),
    policy('every pod', (spec) => {
      spec.podSelector = {};
    }),
    policy('by expression', ({ podSelector }) => {
      podSelector.matchExpressions = [{ key: 'x', operator: 'Exists' }];
    }),
    pod('spread of other pods', (spec) => {
      zoneOf(spec).labelSelector.matchLabels['app.kubernetes.io/name'] = 'other';
    }),
    of('Job', 'labelled as serving', ({ spec }) => {
      spec.template.metadata.labels['app.kubernetes.io/name'] = 'hello';
    }),
  ],
  'selectors that never change': [
    of('Deployment', 'selects by version', ({ spec }) => {
      spec.selector.matchLabels['app.kubernetes.io/version'] = '1';
    }),
    of('Service', 'selects by chart', ({ spec }) => {
      spec.selector['helm.sh/chart'] = 'hello-1';
    }),
  ],
  'the Service leads to the API alone': [
    without('Service'),
    of('Service', 'management too', ({ spec }) => {
      spec.ports.push({ name: 'management', port: 9000, targetPort: 'management' });
    }),
  ],
  'the route leads to the Service': [
    of('HTTPRoute', 'another Service', ({ spec }) => {
      spec.rules[0].backendRefs[0].name = 'other';
    }),
    of('HTTPRoute', 'another port', ({ spec }) => {
      spec.rules[0].backendRefs[0].port = 8000;
    }),
    of('HTTPRoute', 'no backend', ({ spec }) => delete spec.rules[0].backendRefs),
    of('HTTPRoute', 'a rule without backend', ({ spec }) => {
      spec.rules.push({ filters: [{ type: 'RequestHeaderModifier' }] });
    }),
    of('HTTPRoute', 'a redirect with a backend', ({ spec }) => {
      spec.rules[0].filters = [{ type: 'RequestRedirect', requestRedirect: { scheme: 'https' } }];
    }),
    of('HTTPRoute', 'no parent', ({ spec }) => {
      spec.parentRefs = [];
    }),
    of('HTTPRoute', 'no host', ({ spec }) => delete spec.hostnames),
  ],
  'closed both ways': [
    without('NetworkPolicy'),
    policy('no word of egress', (spec) => spec.policyTypes.pop()),
    policy('open to everyone', ({ ingress }) => delete ingress[0].from),
    policy('open to every namespace', ({ ingress }) => {
      ingress[0].from = [{ namespaceSelector: {} }];
    }),
    policy('every port', ({ ingress }) => delete ingress[0].ports),
    policy('everywhere', ({ egress }) => {
      egress.push({ to: [{ ipBlock: { cidr: '0.0.0.0/0' } }], ports: [{ port: 443 }] });
    }),
    policy('anything', ({ egress }) => egress.push({})),
    {
      what: "NetworkPolicy: the migration's is missing",
      mutate: (objects) => {
        const kept = objects.filter(
          ({ kind, metadata }) => kind !== 'NetworkPolicy' || metadata.name === 'hello',
        );
        objects.splice(0, objects.length, ...kept);
      },
    },
  ],
  'names are answered': [
    policy('no DNS', ({ egress }) => egress.shift()),
    policy('no DNS over TCP', ({ egress }) => egress[0].ports.pop()),
    policy('DNS of pods only', ({ egress }) => {
      egress[0].to = [{ podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } } }];
    }),
  ],
  'the Gateway reaches the API alone': [
    policy('another namespace', ({ ingress }) => {
      ingress[0].from[0].namespaceSelector.matchLabels['kubernetes.io/metadata.name'] = 'other';
    }),
    policy('the management port too', ({ ingress }) => {
      ingress[0].ports.push({ protocol: 'TCP', port: 9000 });
    }),
    of('HTTPRoute', 'a parent elsewhere', ({ spec }) => {
      spec.parentRefs[0].namespace = 'other';
    }),
  ],
  'ports exist': [
    of('PodMonitor', 'port', ({ spec }) => {
      spec.podMetricsEndpoints[0].port = 'metrics';
    }),
    policy('port', ({ ingress }) => {
      ingress[0].ports[0].port = 'web';
    }),
    of('Service', 'port', ({ spec }) => {
      spec.ports[0].targetPort = 'web';
    }),
  ],
  'valid names, each once': [
    of('Service', 'name too long', ({ metadata }) => {
      metadata.name = 'a'.repeat(64);
    }),
    of('Service', 'name in capitals', ({ metadata }) => {
      metadata.name = 'Hello';
    }),
    of('Service', 'label too long', ({ metadata }) => {
      metadata.labels.long = 'a'.repeat(64);
    }),
    {
      what: 'Service: twice',
      mutate: (objects) => void objects.push(...objects.filter(({ kind }) => kind === 'Service')),
    },
  ],
  'every object is labelled': [
    of('Service', 'no labels', ({ metadata }) => delete metadata.labels),
    of('ConfigMap', 'no instance', ({ metadata }) => {
      delete metadata.labels['app.kubernetes.io/instance'];
    }),
  ],
  'no secret value': [
    added('a Secret', { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'hello' } }),
    settings('password in the URL', (data) => {
      data.DATABASE_URL = 'postgres://hello:secret@database:5432/hello';
    }),
    settings('password', (data) => Object.assign(data, { DATABASE_PASSWORD: 'secret' })),
    server('password', (container) => {
      container.env = [{ name: 'DATABASE_PASSWORD', value: 'secret' }];
    }),
  ],
  'migrated once, by credentials of its own': [
    settings('the pods migrate too', (data) => Object.assign(data, { MIGRATE: 'true' })),
    of('Job', 'vanishes', ({ spec }) => Object.assign(spec, { ttlSecondsAfterFinished: 60 })),
    of('Job', 'no hash', ({ metadata }) => Object.assign(metadata, { name: 'hello-migration' })),
    of('Job', 'restarts in place', ({ spec }) => {
      spec.template.spec.restartPolicy = 'OnFailure';
    }),
    of('Job', "the serving pods' account", ({ spec }) => {
      spec.template.spec.serviceAccountName = 'hello';
    }),
    of('Job', "the serving pods' credentials", ({ spec }) => {
      spec.template.spec.volumes.find(({ csi }: Fields) => csi).csi.volumeAttributes = {
        secretProviderClass: 'hello',
      };
    }),
    of('Job', 'another image', ({ spec }) => {
      spec.template.spec.containers[0].image = 'hello:0.0.1';
    }),
    of('Job', 'another database', ({ spec }) => {
      spec.template.spec.containers[0].env.find(
        ({ name }: Fields) => name === 'DATABASE_URL',
      ).value = 'postgres://other.example.com:5432/hello';
    }),
    of('Job', 'serves', ({ spec }) => delete spec.template.spec.containers[0].args),
  ],
  'references resolve': [
    without('ConfigMap'),
    without('SecretProviderClass'),
    without('ServiceAccount'),
    without('PersistentVolumeClaim', 'local'),
  ],
  'files are where settings look for them': [
    server('mounted elsewhere', ({ volumeMounts }) => {
      for (const mount of volumeMounts) mount.mountPath = `/elsewhere${mount.mountPath}`;
    }),
    settings('another file', (data) => {
      data.DATABASE_CREDENTIALS_FILE = '/etc/hello/database/password.json';
    }),
    of('Job', 'mounted elsewhere', ({ spec }) => {
      spec.template.spec.containers[0].volumeMounts[0].mountPath = '/elsewhere';
    }),
    of('SecretProviderClass', 'another alias', ({ spec }) => {
      spec.parameters.objects = spec.parameters.objects.replace('credentials.json', 'x.json');
    }),
    pod('another item', ({ volumes }) => {
      volumes.find(({ configMap }: Fields) => configMap).configMap.items[0].path = 'x.pem';
    }),
  ],
  'defaults are written out': [
    of('HTTPRoute', 'group', ({ spec }) => delete spec.parentRefs[0].group),
    of('HTTPRoute', 'kind', ({ spec }) => delete spec.rules[0].backendRefs[0].kind),
    of('HTTPRoute', 'weight', ({ spec }) => delete spec.rules[0].backendRefs[0].weight),
    of('HTTPRoute', 'matches', ({ spec }) => delete spec.rules[0].matches),
    of('HTTPRoute', 'type', ({ spec }) => delete spec.rules[0].matches[0].path.type),
  ],
  'alerts lead to runbooks': [
    of('PrometheusRule', 'no runbook', ({ spec }) => {
      delete spec.groups[0].rules.find(({ alert }: Fields) => alert).annotations.runbook_url;
    }),
    of('PrometheusRule', 'no severity', ({ spec }) => {
      delete spec.groups[0].rules.find(({ alert }: Fields) => alert).labels;
    }),
    of('PrometheusRule', 'no summary', ({ spec }) => {
      delete spec.groups[0].rules.find(({ alert }: Fields) => alert).annotations.summary;
    }),
  ],
  'alerts ask for what there is': [
    alerts('status="5xx"', 'status="500"'),
    alerts('status="5xx"', 'code="5xx"'),
    alerts('job=~".+/hello"', 'job="hello"'),
    alerts('deployment="hello"', 'deployment="greetings"'),
    alerts('hello-migration-.+', 'migration-.+'),
    alerts('container="hello"', 'container="greetings"'),
    of('PodMonitor', 'another name', ({ metadata }) => Object.assign(metadata, { name: 'other' })),
  ],
  'metrics are scraped where they are': [
    of('PodMonitor', 'another path', ({ spec }) => {
      spec.podMetricsEndpoints[0].path = '/metricz';
    }),
    of('PodMonitor', "the API's port", ({ spec }) => {
      spec.podMetricsEndpoints[0].port = 'http';
    }),
  ],
  'the database is reached': [
    policy('no database', withoutPort(5432)),
    policy('no database', withoutPort(5432), 'hello-migration'),
    settings('another port', (data) => {
      data.DATABASE_URL = 'postgres://database.example.com:5433/hello';
    }),
    settings('MySQL', (data) => {
      data.DATABASE_URL = 'mysql://database.example.com/hello';
    }),
  ],
  'files are readable by who needs them': [
    pod('no fsGroup', ({ securityContext }) => delete securityContext.fsGroup),
    pod('no user by number', ({ securityContext }) => delete securityContext.runAsUser),
    of('Job', 'no fsGroup', ({ spec }) => delete spec.template.spec.securityContext.fsGroup),
    pod("the owner's alone", ({ volumes }) => {
      volumes.find(({ configMap }: Fields) => configMap).configMap.defaultMode = 0o400;
    }),
  ],
  'the data can be written, by one pod': [
    of(
      'Deployment',
      'mounted to read',
      ({ spec }) => {
        spec.template.spec.containers[0].volumeMounts.find(
          ({ mountPath }: Fields) => mountPath === '/data',
        ).readOnly = true;
      },
      'local',
    ),
    settings(
      'another folder',
      (data) => Object.assign(data, { DATABASE_URL: 'sqlite:////elsewhere/hello.db' }),
      'local',
    ),
    settings(
      'a relative file',
      (data) => Object.assign(data, { DATABASE_URL: 'sqlite:hello.db' }),
      'local',
    ),
    of(
      'PersistentVolumeClaim',
      'for two pods',
      ({ spec }) => Object.assign(spec, { accessModes: ['ReadWriteOnce'] }),
      'local',
    ),
  ],
  'secrets by Pod Identity': [
    of('SecretProviderClass', 'another way', ({ spec }) => delete spec.parameters.usePodIdentity),
    of('SecretProviderClass', 'another provider', ({ spec }) => {
      spec.provider = 'vault';
    }),
  ],
};

/** The same for promises about environments. */
export const ENVIRONMENT_MUTATIONS: Record<EnvironmentPromiseName, readonly Mutation[]> = {
  given: [
    of('HTTPRoute', 'another Gateway', ({ spec }) => {
      spec.parentRefs[0].name = 'other';
    }),
    of('HTTPRoute', 'another listener', ({ spec }) => {
      spec.parentRefs[0].sectionName = 'https';
    }),
    of('Service', 'another port', ({ spec }) => Object.assign(spec.ports[0], { port: 8080 })),
    server('another port', ({ ports }) => Object.assign(ports[0], { containerPort: 8080 })),
    server('more memory', ({ resources }) => {
      resources.limits.memory = '256Mi';
      resources.requests.memory = '256Mi';
    }),
    added('an Ingress', {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'Ingress',
      metadata: { name: 'hello' },
    }),
  ],
  'host names within the listener': [
    of('HTTPRoute', 'another domain', ({ spec }) => {
      spec.hostnames = ['hello.example.org'];
    }),
    of('HTTPRoute', 'the bare domain', ({ spec }) => {
      spec.hostnames = [DOMAIN];
    }),
    of(
      'HTTPRoute',
      "production's in dev",
      ({ spec }) => {
        spec.hostnames = [`hello.${DOMAIN}`];
      },
      'dev',
    ),
  ],
  'image by digest': [
    server('a tag', (container) => Object.assign(container, { image: 'hello:1.2.3' })),
  ],
  'pods by number': [
    of('HorizontalPodAutoscaler', 'fewer', ({ spec }) => Object.assign(spec, { minReplicas: 2 })),
    without('HorizontalPodAutoscaler'),
    without('PodDisruptionBudget'),
    without('Job'),
    of(
      'Deployment',
      'instances',
      ({ spec }) => Object.assign(spec, { replicas: 1 }),
      'prod-standby',
    ),
    without('PersistentVolumeClaim', 'local'),
  ],
  'reaches and is reached by nothing else': [
    policy('HTTPS', ({ egress }) => {
      egress.push({
        to: [{ ipBlock: { cidr: '10.0.0.0/8' } }],
        ports: [{ port: 443, protocol: 'TCP' }],
      });
    }),
    policy('no database', withoutPort(5432)),
    policy('from elsewhere', ({ ingress }) => {
      ingress[0].from.push({
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'default' } },
      });
    }),
    policy('not from monitoring', ({ ingress }) => {
      ingress[1].from = ingress[0].from;
    }),
  ],
  watched: [without('PodMonitor'), without('PrometheusRule')],
  'database by name, credentials by file': [
    settings('user in the URL', (data) => {
      data.DATABASE_URL = 'postgres://hello@database:5432/hello';
    }),
    settings('no credentials', (data) => delete data.DATABASE_CREDENTIALS_FILE),
    settings('no authority', (data) => delete data.DATABASE_CA_FILE),
    settings(
      'a server',
      (data) => Object.assign(data, { DATABASE_URL: 'postgres://x/y' }),
      'local',
    ),
  ],
  'zones are held even, or not needed': [
    of(
      'Deployment',
      'a laptop without zones',
      ({ spec }) => {
        zoneOf(spec.template.spec).whenUnsatisfiable = 'DoNotSchedule';
      },
      'local',
    ),
    pod('may be uneven', (spec) =>
      Object.assign(zoneOf(spec), { whenUnsatisfiable: 'ScheduleAnyway' }),
    ),
    pod('no zones', (spec) => spec.topologySpreadConstraints.shift()),
  ],
  'names and database in private networks': [
    policy('another network', ({ egress }) => {
      for (const { to } of egress)
        for (const { ipBlock } of to)
          if (ipBlock?.cidr === '10.0.0.0/8') ipBlock.cidr = '203.0.113.0/24';
    }),
    policy('one network less', ({ egress }) => egress.at(-1).to.pop(), 'hello-migration', 'dev'),
  ],
};
