import { describe, expect, setDefaultTimeout, test } from 'bun:test';
import { join } from 'node:path';
import { type KubernetesObject, parseObjects } from '../objects.ts';
import {
  buildOverlay,
  CHART,
  environments,
  renderChart,
  TIMEOUT_MILLISECONDS,
  valuesFiles,
} from '../render.ts';
import { MINORS, missingDefaults, schemaFaults } from '../schemas.ts';

setDefaultTimeout(TIMEOUT_MILLISECONDS);

const service = (spec: unknown): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'hello' },
  spec,
});

const route = (rule: unknown): KubernetesObject => ({
  apiVersion: 'gateway.networking.k8s.io/v1',
  kind: 'HTTPRoute',
  metadata: { name: 'hello' },
  spec: { parentRefs: [{ name: 'public-gateway' }], rules: [rule] },
});

const deployment = (container: unknown): KubernetesObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'hello' },
  spec: { selector: {}, template: { spec: { containers: [container] } } },
});

describe.each(MINORS)('Kubernetes %s', (minor) => {
  test.each([
    service({ ports: [{ port: 80, targetPort: 'http' }] }),
    service({ ports: [{ port: 80, targetPort: 8000 }] }),
    route({ backendRefs: [{ name: 'hello', port: 80 }] }),
    deployment({ name: 'hello', livenessProbe: { httpGet: { port: 'management' } } }),
  ])('takes what is right', (object) => expect(schemaFaults([object], minor)).toEqual([]));

  test.each([
    ['an unknown field', service({ ports: [], porst: [] }), 'porst'],
    ['one below', service({ ports: [{ port: 80, prot: 80 }] }), 'prot'],
    ['a wrong type', service({ ports: [{ port: '80' }] }), 'must be integer'],
    ['a missing field', service({ ports: [{ name: 'http' }] }), 'port'],
    ['an unknown value', route({ matches: [{ path: { type: 'Glob' } }] }), 'allowed values'],
    [
      'an unknown field of a probe',
      deployment({ name: 'x', livenessProbe: { htpGet: {} } }),
      'htp',
    ],
    ['an unknown field of a route', route({ backends: [] }), 'backends'],
    ['a wrong type in a route', route({ backendRefs: [{ name: 'x', port: 'http' }] }), 'integer'],
    ['too long a list', route({ matches: Array(65).fill({}) }), 'more than 64'],
    ['null', service({ ports: [], type: null }), 'null'],
    ['an unknown kind', { ...service({}), kind: 'Sevrice' }, 'no schema'],
    ['an unknown version', { ...service({}), apiVersion: 'v2' }, 'no schema'],
    ['a label that is no text', { ...service({}), metadata: { name: 'x', labels: { a: 1 } } }, 'a'],
  ] as [string, KubernetesObject, string][])('refuses %s', (_what, object, message) => {
    const faults = schemaFaults([object], minor);
    expect(faults.join('\n')).toContain(message);
  });

  test.each(environments)('takes both ways of %s', async (environment) => {
    const ways = [renderChart({ files: valuesFiles(environment) }), buildOverlay(environment)];
    for (const objects of await Promise.all(ways)) expect(schemaFaults(objects, minor)).toEqual([]);
  });
});

test('the oldest is the least that the chart asks for', async () => {
  const [chart] = parseObjects(await Bun.file(join(CHART, 'Chart.yaml')).text());
  expect(chart?.kubeVersion).toBe(`>=${MINORS[0]}.0-0`);
  expect(MINORS.length).toBeGreaterThanOrEqual(3);
});

test('a default that is left out is told', () => {
  expect(
    missingDefaults(route({ backendRefs: [{ name: 'hello', port: 80, kind: 'Service' }] })),
  ).toEqual([
    '.spec.parentRefs[0].group',
    '.spec.parentRefs[0].kind',
    '.spec.rules[0].backendRefs[0].group',
    '.spec.rules[0].backendRefs[0].weight',
    '.spec.rules[0].matches',
  ]);
  expect(missingDefaults(service({ ports: [] }))).toEqual([]);
});

test('YAML is read as Kubernetes reads it', () => {
  expect(parseObjects('mode: 0444\n---\n# nothing\n---\nyes: "yes"\n') as unknown[]).toEqual([
    { mode: 0o444 },
    { true: 'yes' },
  ]);
  expect(() => parseObjects('a: 1\na: 2\n')).toThrow('unique');
});
