import type { PromiseName } from '../../tools/kubernetes/promises/index.ts';

/** Values that belong together, and the promises that who sets them gives up knowingly. */
interface Level {
  readonly values: Record<string, unknown>;
  readonly givesUp?: readonly PromiseName[];
}

const values = (level: Record<string, unknown>, ...givesUp: PromiseName[]): Level => ({
  values: level,
  givesUp,
});

const DEFAULT = values({});

const POSTGRESQL = 'postgres://database.example.com:5432/hello';
const MYSQL = 'mysql://database.example.com/hello';

/** Callers that don't come by the Gateway, as in a NetworkPolicy's `ingress`. */
const CALLERS = [{ from: [{ ipBlock: { cidr: '10.8.0.0/16' } }], ports: [{ port: 'http' }] }];

/** Where data, credentials and numbers of pods depend on each other, they are one factor. */
const data: readonly Level[] = [
  DEFAULT,
  values({ persistence: { enabled: false } }),
  values({ persistence: { size: '5Gi', storageClassName: 'fast' } }),
  values({ persistence: { existingClaim: 'data' } }),
  values({ database: { url: 'memory:' } }),
  values({ replicaCount: 3, database: { url: POSTGRESQL } }),
  values({
    replicaCount: 2,
    database: {
      url: MYSQL,
      poolMax: 3,
      maxConnections: 60,
      otherConnections: 5,
      cidrs: ['10.1.0.0/16'],
      credentials: { from: 'secret', secret: { name: 'serving', key: 'json' } },
    },
    migration: {
      backoffLimit: 2,
      credentials: { from: 'secret', secret: { name: 'migrating', key: 'json' } },
    },
  }),
  values({
    autoscaling: { enabled: true, minReplicas: 2, maxReplicas: 6 },
    database: {
      url: POSTGRESQL,
      credentials: { from: 'secretsStore', secretsStore: { name: 'a', region: 'eu-west-1' } },
    },
    migration: {
      serviceAccount: { annotations: { role: 'migration' }, name: 'migrator' },
      credentials: { from: 'secretsStore', secretsStore: { name: 'b', region: 'eu-west-1' } },
    },
  }),
  values({
    autoscaling: {
      enabled: true,
      targetCPUUtilizationPercentage: null,
      targetMemoryUtilizationPercentage: 70,
      behavior: { scaleDown: { stabilizationWindowSeconds: 60 }, scaleUp: { selectPolicy: 'Min' } },
    },
    database: {
      url: POSTGRESQL,
      credentials: {
        from: 'externalSecret',
        externalSecret: { key: 'a', store: 'cluster', refreshInterval: '5m' },
      },
    },
    migration: {
      credentials: {
        from: 'externalSecret',
        externalSecret: { key: 'b', store: 'cluster', refreshInterval: '5m' },
      },
    },
  }),
  values({ replicaCount: 2, database: { url: POSTGRESQL }, migration: { by: 'service' } }),
  values({ replicaCount: 0, database: { url: POSTGRESQL }, migration: { by: 'none' } }),
];

/** Every value of the chart in two levels at least; pairs of levels are rendered together. */
export const FACTORS: Record<string, readonly Level[]> = {
  data,
  image: [
    DEFAULT,
    values({ image: { tag: '1.2.3', pullPolicy: 'Always' } }),
    values({
      image: { repository: 'registry.example.com:5000/hello', digest: `sha256:${'a'.repeat(64)}` },
      imagePullSecrets: [{ name: 'registry' }],
    }),
  ],
  names: [
    DEFAULT,
    values({ nameOverride: 'greeter' }),
    values({ fullnameOverride: 'greetings' }),
    values({ nameOverride: '456', fullnameOverride: 'true' }),
    values({ nameOverride: 'n'.repeat(63), fullnameOverride: 'f'.repeat(63) }),
  ],
  serviceAccount: [
    DEFAULT,
    values({ serviceAccount: { name: 'greeter', annotations: { role: 'greeter' } } }),
    values({ serviceAccount: { create: false } }, 'migrated once, by credentials of its own'),
    values({ serviceAccount: { automount: true } }, 'no token'),
  ],
  podMetadata: [
    DEFAULT,
    values({ podAnnotations: { note: 'x' }, podLabels: { team: 'greeters' } }),
  ],
  podSecurityContext: [
    DEFAULT,
    values({ podSecurityContext: { runAsUser: 1000, fsGroup: 1000, supplementalGroups: [2000] } }),
    values(
      { podSecurityContext: { runAsNonRoot: false, seccompProfile: { type: 'Unconfined' } } },
      'Pod Security restricted',
    ),
  ],
  securityContext: [
    DEFAULT,
    values({ securityContext: { runAsUser: 1000 } }),
    values({ securityContext: { readOnlyRootFilesystem: false } }, 'read-only root'),
  ],
  service: [
    DEFAULT,
    values({
      service: { type: 'NodePort', port: 8080, nodePort: 30080, labels: { a: 'b' } },
      networkPolicy: { extraIngress: CALLERS },
    }),
    values({
      networkPolicy: { extraIngress: CALLERS },
      service: {
        type: 'LoadBalancer',
        annotations: { note: 'x' },
        externalTrafficPolicy: 'Local',
        trafficDistribution: 'PreferClose',
      },
    }),
  ],
  ports: [
    DEFAULT,
    values({ service: { targetPort: 8080 }, managementPort: 9100, listenAddress: '0.0.0.0' }),
  ],
  httpRoute: [
    DEFAULT,
    values({ httpRoute: { enabled: false }, networkPolicy: { extraIngress: CALLERS } }),
    values({
      httpRoute: {
        annotations: { note: 'x' },
        hostnames: ['hello.example.com', '*.example.org'],
        parentRefs: [
          { name: 'public-gateway', namespace: 'nginx-gateway', sectionName: 'http' },
          { name: 'other', namespace: 'nginx-gateway', port: 80 },
        ],
        rules: [
          { name: 'plain', matches: [], timeouts: { request: '10s' } },
          {
            matches: [
              {
                path: { type: 'Exact', value: '/hello' },
                headers: [{ name: 'x', value: 'y' }],
                queryParams: [{ name: 'x', value: 'y' }],
                method: 'GET',
              },
            ],
            filters: [
              {
                type: 'RequestHeaderModifier',
                requestHeaderModifier: { set: [{ name: 'a', value: 'b' }] },
              },
              {
                type: 'RequestMirror',
                requestMirror: { backendRef: { name: 'mirror', port: 80 } },
              },
            ],
          },
          {
            filters: [{ type: 'RequestRedirect', requestRedirect: { scheme: 'https' } }],
          },
        ],
      },
    }),
  ],
  resources: [
    DEFAULT,
    values({ resources: { requests: { cpu: '1', memory: '256Mi' }, limits: { memory: '256Mi' } } }),
    values(
      { resources: { limits: { cpu: 2 } } },
      'memory request = limit, a CPU request and no CPU limit',
    ),
  ],
  probes: [
    DEFAULT,
    values({
      startupProbe: { failureThreshold: 60 },
      livenessProbe: { periodSeconds: 5, initialDelaySeconds: 1 },
      readinessProbe: { periodSeconds: 3 },
    }),
  ],
  budget: [
    DEFAULT,
    values({ podDisruptionBudget: { enabled: false } }),
    values({ podDisruptionBudget: { maxUnavailable: '50%' } }),
    values({ podDisruptionBudget: { minAvailable: 0 } }),
  ],
  nodes: [
    DEFAULT,
    values({
      nodeSelector: { pool: 'general' },
      tolerations: [{ key: 'a', operator: 'Exists', effect: 'NoSchedule' }],
      priorityClassName: '1',
    }),
    values({
      affinity: {
        podAntiAffinity: {
          preferredDuringSchedulingIgnoredDuringExecution: [
            { weight: 1, podAffinityTerm: { topologyKey: 'rack', labelSelector: {} } },
          ],
        },
      },
    }),
    values({ affinity: { nodeAffinity: null } }, 'node affinity'),
  ],
  topologySpread: [
    DEFAULT,
    values({ topologySpread: { zones: 'ScheduleAnyway', nodes: 'DoNotSchedule' } }),
    values({ topologySpread: { zones: '', nodes: '' } }, 'spread over zones and nodes'),
  ],
  update: [
    DEFAULT,
    values({
      updateStrategy: { maxSurge: '50%' },
      minReadySeconds: 5,
      progressDeadlineSeconds: 300,
      revisionHistoryLimit: 2,
    }),
    values(
      { updateStrategy: { maxSurge: 0, maxUnavailable: 1 } },
      'an update takes no pod before others serve',
    ),
  ],
  drain: [
    DEFAULT,
    values({ drain: { handler: 'kubelet' } }),
    values({
      drain: { delaySeconds: 20, timeoutSeconds: 30 },
      terminationGracePeriodSeconds: 60,
    }),
  ],
  settings: [
    DEFAULT,
    values({
      settings: { LOG_LEVEL: 'debug', DATABASE_TIMEOUT: 1000, TIME_ZONE: 'Europe/Berlin' },
      extraEnv: [{ name: 'APP_NAME', value: 'Greetings' }],
    }),
  ],
  volumes: [
    DEFAULT,
    values({
      volumes: [{ name: 'scratch', emptyDir: { sizeLimit: '1Mi' } }],
      volumeMounts: [{ name: 'scratch', mountPath: '/scratch' }],
    }),
  ],
  certificateAuthority: [
    DEFAULT,
    values({ database: { certificateAuthority: { configMap: 'authority', key: 'bundle.pem' } } }),
  ],
  networkPolicy: [
    DEFAULT,
    values({ networkPolicy: { enabled: false } }, 'closed both ways'),
    values({
      networkPolicy: {
        gatewayNamespaces: ['nginx-gateway', '123'],
        monitoringNamespace: '',
        dnsCidrs: ['10.100.0.10/32'],
        extraIngress: [
          { from: [{ podSelector: { matchLabels: { a: 'b' } } }], ports: [{ port: 'http' }] },
        ],
        extraEgress: [{ to: [{ ipBlock: { cidr: '10.9.0.0/16' } }], ports: [{ port: 443 }] }],
      },
    }),
  ],
  tracing: [
    DEFAULT,
    values({
      tracing: { enabled: true, namespace: 'traces', endpoint: 'http://c.traces:4318', ratio: 0.5 },
    }),
  ],
  podMonitor: [
    DEFAULT,
    values({ monitoring: { podMonitor: { enabled: true, interval: '15s', labels: { a: 'b' } } } }),
  ],
  rules: [
    DEFAULT,
    values({
      monitoring: {
        rules: { enabled: true, labels: { a: 'b' }, runbooks: 'https://example.org/runbooks' },
      },
    }),
  ],
  dashboard: [
    DEFAULT,
    values({ monitoring: { dashboard: { enabled: true, labels: { dashboards: 'yes' } } } }),
  ],
  extraObjects: [
    DEFAULT,
    values({
      extraObjects: [
        {
          apiVersion: 'v1',
          kind: 'ConfigMap',
          metadata: {
            name: 'extra',
            labels: { 'app.kubernetes.io/name': 'extra', 'app.kubernetes.io/instance': 'extra' },
          },
          data: { a: 'b' },
        },
        'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: text\n  labels: {app.kubernetes.io/name: text, app.kubernetes.io/instance: "{{ .Release.Name }}"}\n',
      ],
    }),
  ],
};
