import { afterAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import {
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { version } from '../../package.json';
import {
  deploymentOf,
  type Fields,
  type KubernetesObject,
  ofKind,
  parseObjects,
  serverOf,
} from '../../tools/kubernetes/objects.ts';
import { brokenPromises } from '../../tools/kubernetes/promises/index.ts';
import {
  CHART,
  chartText,
  type Environment,
  environments,
  renderChart,
  runTool,
  TIMEOUT_MILLISECONDS,
  valuesFiles,
} from '../../tools/kubernetes/render.ts';
import { packageChart } from '../../tools/package-chart.ts';

setDefaultTimeout(TIMEOUT_MILLISECONDS);

const folder = mkdtempSync(join(tmpdir(), 'hello-'));
afterAll(() => rmSync(folder, { recursive: true }));

const copyOf = (name: string): string => {
  const copy = join(folder, name);
  cpSync(CHART, copy, { recursive: true });
  return copy;
};

const render = (environment: Environment, values: unknown = {}): Promise<KubernetesObject[]> =>
  renderChart({ files: valuesFiles(environment), values });

test.each(environments)('helm lint finds nothing in %s', async (environment) => {
  const files = valuesFiles(environment).flatMap((file) => ['--values', file]);
  expect(await runTool('helm/helm', ['lint', '--strict', CHART, ...files])).toContain(
    '1 chart(s) linted, 0 chart(s) failed',
  );
});

test('the schema knows the values there are, and what Helm adds', async () => {
  const [values] = parseObjects(await Bun.file(join(CHART, 'values.yaml')).text()) as Fields[];
  const schema = await Bun.file(join(CHART, 'values.schema.json')).json();
  const known = Object.keys(schema.properties).filter((name) => name !== 'global');
  expect(known.toSorted()).toEqual(Object.keys(values).toSorted());
});

test("the image's tag is the version of the service, where nothing else is said", async () => {
  expect(serverOf(await renderChart({})).image).toBe(`hello:${version}`);
});

test.each(environments)('renders of %s are the same bytes', async (environment) => {
  const release = { files: valuesFiles(environment) };
  expect(await chartText(release)).toBe(await chartText(release));
});

test('packages are the same bytes, whenever a clone was made', async () => {
  const packages = ['one', 'other'].map((name, index) => {
    const copy = copyOf(name);
    for (const file of ['Chart.yaml', 'values.yaml']) utimesSync(join(copy, file), index, index);
    const destination = join(folder, `${name}-package`);
    packageChart(copy, destination);
    const [file = ''] = readdirSync(destination);
    return join(destination, file);
  });
  const [one, other] = packages.map((file) => readFileSync(file).toBase64());
  expect(one).toBe(other ?? '');
  expect(await chartText({ chart: packages[0] })).toBe(await chartText({}));
});

describe('a long name of a release', () => {
  // Helm's limit.
  const name = `r${'0'.repeat(51)}x`;

  test.each(environments)('is cut where Kubernetes needs it, in %s', async (environment) => {
    const objects = await renderChart({ name, files: valuesFiles(environment) });
    expect(brokenPromises(objects)).toEqual([]);
  });

  test('is not confused with another that begins like it', async () => {
    const names = await Promise.all(
      ['a', 'b'].map(async (end) =>
        (await renderChart({ name: `${name.slice(0, -1)}${end}`, files: valuesFiles('prod') })).map(
          ({ kind, metadata }) => `${kind}/${metadata.name}`,
        ),
      ),
    );
    expect(names[0]?.filter((one) => names[1]?.includes(one))).toEqual([]);
  });
});

describe('an upgrade', () => {
  test('of chart and image keeps every selector', async () => {
    const chart = copyOf('upgraded');
    const file = join(chart, 'Chart.yaml');
    const text = readFileSync(file, 'utf8');
    const upgraded = text.replace(/^(version|appVersion): .*$/gm, '$1: 9.9.9');
    expect(upgraded).not.toBe(text);
    writeFileSync(file, upgraded);
    const [before, after] = await Promise.all([
      renderChart({}),
      renderChart({ chart, values: { image: { tag: '9.9.9' } } }),
    ]);
    expect(selectors(after)).toEqual(selectors(before));
    expect(serverOf(after).image).toBe('hello:9.9.9');
  });

  const selectors = (objects: readonly KubernetesObject[]): Fields[] => [
    deploymentOf(objects).spec.selector,
    ...ofKind(objects, 'Service', 'PodDisruptionBudget').map(({ spec }) => spec.selector),
    ...ofKind(objects, 'NetworkPolicy').map(({ spec }) => spec.podSelector),
  ];

  const podsAfter = async (environment: Environment, values: unknown): Promise<Fields> =>
    deploymentOf(await render(environment, values)).spec.template;

  test.each([
    { settings: { LOG_LEVEL: 'debug' } },
    { database: { poolMax: 6 } },
    { tracing: { ratio: 0.5 } },
    { drain: { timeoutSeconds: 5 } },
  ])('restarts the pods for %j', async (values) =>
    expect(await podsAfter('prod', values)).not.toEqual(await podsAfter('prod', {})),
  );

  test.each([
    { autoscaling: { maxReplicas: 8 } },
    { httpRoute: { hostnames: ['greetings.example.com'] } },
    { monitoring: { podMonitor: { interval: '15s' } } },
  ])('leaves them for %j', async (values) =>
    expect(await podsAfter('prod', values)).toEqual(await podsAfter('prod', {})),
  );

  const jobAfter = async (values: unknown): Promise<string | undefined> =>
    ofKind(await render('prod', values), 'Job')[0]?.metadata.name;

  test.each([
    { image: { digest: `sha256:${'1'.repeat(64)}` } },
    { database: { url: 'postgres://other.example.com:5432/hello' } },
    { resources: { requests: { cpu: '200m' } } },
    { nodeSelector: { pool: 'general' } },
    { imagePullSecrets: [{ name: 'registry' }] },
  ])('migrates anew for %j', async (values) =>
    expect(await jobAfter(values)).not.toBe(await jobAfter({})),
  );

  test.each([
    { settings: { LOG_LEVEL: 'debug' } },
    { autoscaling: { maxReplicas: 8 } },
    { drain: { timeoutSeconds: 5 } },
  ])('has migrated for %j', async (values) =>
    expect(await jobAfter(values)).toBe(await jobAfter({})),
  );
});
