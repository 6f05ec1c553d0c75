import { describe, expect, setDefaultTimeout, test } from 'bun:test';
import { join } from 'node:path';
import { CHART, renderChart, TIMEOUT_MILLISECONDS } from '../../tools/kubernetes/render.ts';

setDefaultTimeout(TIMEOUT_MILLISECONDS);

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
  [{ managementPort: 8000 }, 'managementPort is 8000', 'set another port'],
  [
    { terminationGracePeriodSeconds: 20 },
    'terminationGracePeriodSeconds is 20',
    'drain.delaySeconds + drain.timeoutSeconds, 20',
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
  [{ settings: { PORT: '1' } }, "at '/settings': additional properties 'PORT' not allowed"],
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
