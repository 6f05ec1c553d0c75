import { describe, expect, setDefaultTimeout, test } from 'bun:test';
import { join } from 'node:path';
import { type Fields, nameOf, ofKind, parseObjects } from '../../tools/kubernetes/objects.ts';
import { CHART, renderChart, TIMEOUT_MILLISECONDS } from '../../tools/kubernetes/render.ts';

setDefaultTimeout(TIMEOUT_MILLISECONDS);

const FOLDER = join(import.meta.dir, 'old-values');
const VALUES = join(FOLDER, 'values.yaml');

/** What of the replaced chart's object is not in ours: paths. Of a list of named things the name tells which. */
const lost = (old: Fields, ours: Fields, path: string): string[] => {
  if (typeof old !== 'object' || old === null) return old === ours ? [] : [path];
  if (typeof ours !== 'object' || ours === null) return [path];
  return Object.entries<Fields>(old).flatMap(([key, value]) => {
    const named = Array.isArray(ours) && value?.name !== undefined;
    const own = named ? ours.find(({ name }: Fields) => name === value.name) : ours[key];
    return lost(value, own, `${path}.${key}`);
  });
};

describe("a values file of the replaced chart's", () => {
  test('renders what it said', async () => {
    const expected = parseObjects(await Bun.file(join(FOLDER, 'objects.yaml')).text());
    const objects = new Map(
      (await renderChart({ files: [VALUES] })).map((object) => [nameOf(object), object]),
    );
    const missing = expected.flatMap((old) => lost(old, objects.get(nameOf(old)), nameOf(old)));
    expect(missing).toEqual([]);
    // What Kubernetes doesn't let an upgrade change.
    const selectors = ofKind([...expected, ...objects.values()], 'Deployment').map(
      ({ spec }) => spec.selector,
    );
    expect(selectors[1]).toEqual(selectors[0]);
  });

  test('scales, once it says where its data are', async () => {
    const autoscaling = {
      enabled: true,
      minReplicas: 2,
      maxReplicas: 5,
      targetCPUUtilizationPercentage: 70,
      targetMemoryUtilizationPercentage: 75,
    };
    await expect(renderChart({ files: [VALUES], values: { autoscaling } })).rejects.toThrow(
      'the data are in one pod',
    );
    const values = { autoscaling, database: { url: 'postgres://database.example.com/hello' } };
    const [scaler] = ofKind(
      await renderChart({ files: [VALUES], values }),
      'HorizontalPodAutoscaler',
    );
    expect(scaler?.spec).toMatchObject({
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'old-hello' },
      minReplicas: 2,
      maxReplicas: 5,
      metrics: [
        ['cpu', 70],
        ['memory', 75],
      ].map(([name, averageUtilization]) => ({
        type: 'Resource',
        resource: { name, target: { type: 'Utilization', averageUtilization } },
      })),
    });
  });
});

/** The defaults that the replaced chart had and that stay; probes, contexts and the token differ, see the README. */
const DEFAULTS = {
  replicaCount: 1,
  image: { pullPolicy: 'IfNotPresent' },
  imagePullSecrets: [],
  nameOverride: '',
  fullnameOverride: '',
  serviceAccount: { create: true, annotations: {}, name: '' },
  podAnnotations: {},
  podLabels: {},
  service: { type: 'ClusterIP', port: 80, targetPort: 8000 },
  httpRoute: {
    enabled: true,
    annotations: {},
    parentRefs: [{ name: 'public-gateway', namespace: 'nginx-gateway', sectionName: 'http' }],
    hostnames: ['hello.local'],
    rules: [{ matches: [{ path: { type: 'PathPrefix', value: '/' } }] }],
  },
  resources: { requests: { cpu: '100m', memory: '128Mi' }, limits: { memory: '128Mi' } },
  autoscaling: {
    enabled: false,
    minReplicas: 1,
    maxReplicas: 100,
    targetCPUUtilizationPercentage: 80,
  },
  volumes: [],
  volumeMounts: [],
  nodeSelector: {},
  tolerations: [],
};

test('its defaults are kept', async () => {
  const [values] = parseObjects(await Bun.file(join(CHART, 'values.yaml')).text());
  expect(values as Fields).toMatchObject(DEFAULTS);
});
