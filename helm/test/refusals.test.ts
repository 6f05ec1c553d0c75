import { describe, expect, setDefaultTimeout, test } from 'bun:test';
import { join } from 'node:path';
import { END_MILLISECONDS } from '../../service/src/http/lifecycle.ts';
import { CHART, renderChart, TIMEOUT_MILLISECONDS } from '../../tools/kubernetes/render.ts';

setDefaultTimeout(TIMEOUT_MILLISECONDS);

/** What the service takes to end after its drain, which the chart has as a number. */
const END_SECONDS = END_MILLISECONDS / 1000;

const POSTGRESQL = { url: 'postgres://database.example.com:5432/hello' };
const DIGEST = `sha256:${'0'.repeat(64)}`;

/** Values that can't work, each with what of the sentence names field, fault and remedy. */
const REFUSED: [values: Record<string, unknown>, ...sentence: string[]][] = [
  [{ image: { tag: 'latest' } }, 'image.tag is latest', 'name a version'],
  [{ image: { tag: '1.0.0', digest: DIGEST } }, 'image.tag is 1.0.0', 'leave one empty'],
  [{ replicaCount: 2 }, 'replicaCount is 2', 'in one pod', 'PostgreSQL or MySQL'],
  [{ replicaCount: 2, database: { url: 'memory:' } }, 'replicaCount is 2', 'in one pod'],
  [{ autoscaling: { enabled: true } }, 'autoscaling.enabled is true', 'in one pod'],
  [
    { replicaCount: 3, autoscaling: { enabled: true }, database: POSTGRESQL },
    'replicaCount is 3 and autoscaling.enabled is true',
    'leave replicaCount out',
  ],
  [
    { autoscaling: { enabled: true, minReplicas: 5, maxReplicas: 4 }, database: POSTGRESQL },
    'autoscaling.minReplicas is 5',
    'more than autoscaling.maxReplicas, 4',
  ],
  [
    {
      autoscaling: { enabled: true, targetCPUUtilizationPercentage: null },
      database: POSTGRESQL,
    },
    'without a target',
    'set autoscaling.targetCPUUtilizationPercentage',
  ],
  [
    { updateStrategy: { maxSurge: 0, maxUnavailable: '0%' }, database: POSTGRESQL },
    'updateStrategy.maxSurge and updateStrategy.maxUnavailable are both 0',
    'set maxSurge to 1',
  ],
  [{ podDisruptionBudget: { maxUnavailable: 0 } }, 'podDisruptionBudget.maxUnavailable is 0'],
  [{ podDisruptionBudget: { maxUnavailable: '0%' } }, 'podDisruptionBudget.maxUnavailable is 0%'],
  [
    { podDisruptionBudget: { maxUnavailable: null } },
    'neither maxUnavailable nor minAvailable',
    'set maxUnavailable to 1',
  ],
  [{ podDisruptionBudget: { minAvailable: 1 } }, 'minAvailable is 1 of 1 pods', 'lower it'],
  [
    { podDisruptionBudget: { minAvailable: '60%' }, replicaCount: 2, database: POSTGRESQL },
    'minAvailable is 60% of 2 pods',
  ],
  [
    { database: { url: 'postgres://hello:secret@database.example.com/hello' } },
    'database.url has a password in it',
    'use database.credentials',
  ],
  [
    { database: { url: 'postgres://' }, migration: { by: 'service' } },
    'database.url names no host or no database',
    'write postgres://host:5432/database',
  ],
  [{ database: { url: 'mysql://database.example.com' } }, 'names no host or no database'],
  [{ database: { url: 'memory:x' } }, 'database.url is memory:x', 'with nothing after it'],
  [{ database: { url: 'sqlite:hello.db' } }, 'only /data can be written', 'sqlite:////data/'],
  [
    {
      autoscaling: { enabled: true, maxReplicas: 10 },
      database: { ...POSTGRESQL, maxConnections: 100 },
    },
    'database.maxConnections is 100',
    '10 pods and 1 of an update with database.poolMax 5 need up to 130',
    'lower the pool or the number of pods',
  ],
  [
    { database: { ...POSTGRESQL, credentials: { from: 'secret' } }, migration: { by: 'none' } },
    'database.credentials.secret.name is empty',
    'name the Secret',
  ],
  [
    {
      database: { ...POSTGRESQL, credentials: { from: 'secretsStore' } },
      migration: { by: 'none' },
    },
    'database.credentials.secretsStore.name is empty',
  ],
  [
    {
      database: {
        ...POSTGRESQL,
        credentials: { from: 'externalSecret', externalSecret: { key: 'a' } },
      },
      migration: { by: 'none' },
    },
    'database.credentials.externalSecret.key or store is empty',
    'name the secret and its ClusterSecretStore',
  ],
  [
    { database: POSTGRESQL, migration: { credentials: { from: 'secret' } } },
    'migration.credentials.secret.name is empty',
  ],
  [
    {
      database: { ...POSTGRESQL, credentials: { from: 'secret', secret: { name: 'a' } } },
      migration: { credentials: { from: 'secret', secret: { name: 'a' } } },
    },
    'migration.credentials are those of database.credentials',
    'name others',
  ],
  [
    { database: { ...POSTGRESQL, credentials: { from: 'secret', secret: { name: 'a' } } } },
    'migration.credentials.from is none',
    'set migration.by to service or none',
  ],
  [
    {
      serviceAccount: { create: false, name: 'shared' },
      database: POSTGRESQL,
      migration: {
        serviceAccount: { name: 'shared' },
        credentials: { from: 'secretsStore', secretsStore: { name: 'b' } },
      },
    },
    "migration.serviceAccount.name is the serving pods' account",
    'name another',
  ],
  [{ httpRoute: { parentRefs: [] } }, 'httpRoute.parentRefs is empty', 'name the Gateway'],
  [{ httpRoute: { parentRefs: null } }, 'httpRoute.parentRefs is empty'],
  [{ httpRoute: { rules: [] } }, 'httpRoute.rules is empty', 'leave it out'],
  [{ fullnameOverride: '1-hello' }, "the objects' name is 1-hello", 'set fullnameOverride'],
  [
    { resources: { limits: { memory: '64Mi' } } },
    'resources.requests.memory is 128Mi and resources.limits.memory 64Mi',
    'set both to the same',
  ],
  [
    { livenessProbe: { httpGet: { path: '/openapi.json', port: 'http' } } },
    'livenessProbe.httpGet is /openapi.json on port http, which the service does not answer',
    'leave the probe out',
  ],
  [
    { readinessProbe: { httpGet: { port: 9001 } } },
    'readinessProbe.httpGet is /readyz on port 9001',
  ],
  [
    {
      settings: { BASE_PATH: '/greetings' },
      livenessProbe: { httpGet: { path: '/', port: 'http' } },
    },
    'livenessProbe.httpGet is / on port http',
  ],
  [
    { startupProbe: { tcpSocket: { port: 'http' } } },
    'startupProbe has httpGet and tcpSocket',
    'set httpGet to null',
  ],
  [{ settings: { PORT: '1' } }, 'settings.PORT is what service.targetPort decides', 'set that'],
  [
    { settings: { OTEL_EXPORTER_OTLP_HEADERS: 'authorization=secret' } },
    'settings.OTEL_EXPORTER_OTLP_HEADERS may have a secret in it',
    'use extraEnv with valueFrom',
  ],
  [
    { extraEnv: [{ name: 'DRAIN_DELAY', value: '0' }] },
    'extraEnv has DRAIN_DELAY, which drain.delaySeconds decides',
  ],
  [{ service: { nodePort: 30080 } }, 'service.nodePort is 30080', 'set service.type to NodePort'],
  [
    { service: { externalTrafficPolicy: 'Local' } },
    'service.externalTrafficPolicy is Local',
    'leave it out',
  ],
  [
    { service: { type: 'LoadBalancer' } },
    'service.type is LoadBalancer',
    'name them in networkPolicy.extraIngress',
  ],
  [
    { httpRoute: { enabled: false } },
    'httpRoute.enabled is false',
    'name them in networkPolicy.extraIngress or gatewayNamespaces',
  ],
  [
    { tracing: { enabled: true, namespace: '' } },
    'tracing.namespace is empty',
    'networkPolicy.extraEgress',
  ],
  [
    { tracing: { enabled: true, endpoint: 'http://collector.traces.svc:4318' } },
    'tracing.endpoint is collector.traces.svc, which is not in tracing.namespace, monitoring',
    'set them alike',
  ],
  [{ managementPort: 8000 }, 'managementPort is 8000', 'set another port'],
  [
    { terminationGracePeriodSeconds: 20 + END_SECONDS },
    `terminationGracePeriodSeconds is ${20 + END_SECONDS}`,
    `drain.delaySeconds + drain.timeoutSeconds + ${END_SECONDS}, ${20 + END_SECONDS}`,
    'set more',
  ],
  [{ readinessProbe: { failureThreshold: 3 } }, 'drain.delaySeconds is 10', 'the 15 s'],
];

/** What the schema refuses, with where the fault is. */
const ILL_SHAPED: [values: Record<string, unknown>, where: string][] = [
  [{ replicas: 2 }, "additional properties 'replicas' not allowed"],
  [{ service: { prot: 80 } }, "at '/service': additional properties 'prot' not allowed"],
  [{ readinessProbe: { httpGet: { pth: '/' } } }, "at '/readinessProbe/httpGet'"],
  [{ httpRoute: { parentRefs: [{ nmae: 'x' }] } }, "at '/httpRoute/parentRefs/0'"],
  [{ replicaCount: '2' }, "at '/replicaCount': got string, want integer"],
  [{ replicaCount: -1 }, "at '/replicaCount'"],
  [{ image: { digest: 'sha256:12' } }, "at '/image/digest'"],
  [{ service: { type: 'ExternalName' } }, "at '/service/type'"],
  [{ service: { port: 0 } }, "at '/service/port'"],
  [{ settings: { PROT: '1' } }, "at '/settings': additional properties 'PROT' not allowed"],
  [{ settings: { LOG_LEVEL: 'verbose' } }, "at '/settings/LOG_LEVEL'"],
  [{ settings: { BASE_PATH: 'greetings' } }, "at '/settings/BASE_PATH'"],
  [{ settings: { DATABASE_TIMEOUT: 100 } }, "at '/settings/DATABASE_TIMEOUT'"],
  [{ settings: { SERVICE_VERSION: 1.1 } }, "at '/settings/SERVICE_VERSION': got number"],
  [{ drain: { handler: 'nobody' } }, "at '/drain/handler'"],
  [{ database: { url: 'oracle://x' } }, "at '/database/url'"],
];

const refusalOf = (values: Record<string, unknown>): Promise<string> =>
  renderChart({ values }).then(
    () => 'nothing',
    ({ message }: Error) => message,
  );

describe('the chart refuses', () => {
  for (const [values, ...sentence] of REFUSED)
    test(sentence[0] ?? '', async () => {
      const refusal = await refusalOf(values);
      for (const part of sentence) expect(refusal).toContain(part);
      // One fault is one sentence, on a line of its own between the lines of Helm.
      expect(refusal.match(/^.+$/gm)).toHaveLength(3);
    });

  for (const [values, where] of ILL_SHAPED)
    test(`by its schema: ${where}`, async () => expect(await refusalOf(values)).toContain(where));

  test('two faults in two lines', async () => {
    const refusal = await refusalOf({ image: { tag: 'latest' }, managementPort: 8000 });
    expect(refusal).toMatch(/^image.tag is latest.*\nmanagementPort is 8000/m);
  });
});

test('every setting that another value decides is refused with its name', async () => {
  const schema = await Bun.file(join(CHART, 'values.schema.json')).json();
  const [pattern = ''] = Object.keys(schema.properties.settings.patternProperties);
  const decided = pattern.match(/\w+/g) ?? [];
  expect(decided).toContain('MIGRATE');
  const settings = Object.fromEntries(decided.map((name) => [name, '1']));
  const refusal = await refusalOf({ settings });
  for (const name of decided)
    expect(refusal).toMatch(new RegExp(`^settings\\.${name} is what [a-z][\\w.]+ decides`, 'm'));
});

describe('the chart takes', () => {
  const TAKEN: Record<string, Record<string, unknown>> = {
    'probes of the API': {
      livenessProbe: { httpGet: { path: '/', port: 'http' } },
      readinessProbe: { httpGet: { path: '/openapi/json', port: 8000 } },
    },
    'a probe of another kind': { livenessProbe: { httpGet: null, tcpSocket: { port: 'http' } } },
    'a collector by its full name': {
      tracing: { enabled: true, endpoint: 'http://c.monitoring.svc.cluster.local:4318' },
    },
    "a collector in the release's namespace": {
      tracing: { enabled: true, endpoint: 'http://collector:4318', namespace: 'hello' },
    },
    'a collector outside': {
      tracing: { enabled: true, endpoint: 'https://otlp.example.com', namespace: '' },
      networkPolicy: { extraEgress: [{ ports: [{ port: 443 }] }] },
    },
    'a budget by minAvailable alone': {
      replicaCount: 2,
      database: POSTGRESQL,
      podDisruptionBudget: { maxUnavailable: null, minAvailable: 1 },
    },
  };

  test.each(Object.keys(TAKEN))('%s', async (what) =>
    expect(await refusalOf(TAKEN[what] ?? {})).toBe('nothing'),
  );
});

test('zero pods are refused nothing that is about pods', async () => {
  const standby = { replicaCount: 0, podDisruptionBudget: { minAvailable: 1 } };
  expect(await refusalOf(standby)).toBe('nothing');
});

test('every sentence of the chart is seen', async () => {
  const template = await Bun.file(join(CHART, 'templates/_refusals.tpl')).text();
  const sentences = [...template.matchAll(/^- "(.*)"$/gm)].map(
    ([, sentence = '']) =>
      new RegExp(
        sentence
          .split(/\{\{.*?\}\}/)
          .map(RegExp.escape)
          .join('.*'),
      ),
  );
  const refusals = await Promise.all(REFUSED.map(([values]) => refusalOf(values)));
  expect(sentences.length).toBeGreaterThan(15);
  expect(
    sentences.filter((sentence) => !refusals.some((refusal) => sentence.test(refusal))),
  ).toEqual([]);
});
