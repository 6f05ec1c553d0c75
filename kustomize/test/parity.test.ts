import { beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import type { Fields, KubernetesObject } from '../../tools/kubernetes/objects.ts';
import { differences, TOLERATED } from '../../tools/kubernetes/parity.ts';
import {
  buildOverlay,
  type Environment,
  environments,
  renderChart,
  TIMEOUT_MILLISECONDS,
  valuesFiles,
} from '../../tools/kubernetes/render.ts';

setDefaultTimeout(TIMEOUT_MILLISECONDS);

interface Ways {
  readonly chart: readonly KubernetesObject[];
  readonly overlay: readonly KubernetesObject[];
}

const ways = new Map<Environment, Ways>();

const waysOf = (environment: Environment): Ways => {
  const both = ways.get(environment);
  if (!both) throw new Error(`${environment} was not rendered`);
  return both;
};

beforeAll(async () => {
  for (const environment of environments) {
    const both = [renderChart({ files: valuesFiles(environment) }), buildOverlay(environment)];
    const [chart = [], overlay = []] = await Promise.all(both);
    ways.set(environment, { chart, overlay });
  }
});

test.each(environments)('chart and overlay of %s are the same objects', (environment) => {
  const { chart, overlay } = waysOf(environment);
  expect(chart.length).toBeGreaterThan(6);
  expect(differences(chart, overlay)).toEqual([]);
});

test.each(TOLERATED.map(({ difference }, index) => [difference, index] as const))(
  'only because it is tolerated: %s',
  (_difference, index) => {
    const others = TOLERATED.toSpliced(index, 1);
    const seen = environments.flatMap((environment) =>
      differences(waysOf(environment).chart, waysOf(environment).overlay, others),
    );
    expect(seen).not.toEqual([]);
  },
);

describe('a difference is seen:', () => {
  const container = (objects: KubernetesObject[]): Fields =>
    find(objects, 'Deployment').spec.template.spec.containers[0];

  const find = (objects: KubernetesObject[], wanted: string, name = ''): KubernetesObject => {
    const found = objects.find(
      ({ kind, metadata }) => kind === wanted && (name === '' || metadata.name === name),
    );
    if (!found) throw new Error(`no ${wanted} ${name}`);
    return found;
  };

  const CHANGES: Record<string, (objects: KubernetesObject[]) => void> = {
    'a changed probe': (objects) => {
      container(objects).readinessProbe.periodSeconds += 1;
    },
    'a probe that is missing': (objects) => delete container(objects).startupProbe,
    'a resource': (objects) => {
      container(objects).resources.limits.memory = '256Mi';
    },
    'a label': (objects) => {
      find(objects, 'Service').metadata.labels = { a: 'b' };
    },
    'a label of the pods': (objects) => {
      find(objects, 'Deployment').spec.template.metadata.labels.a = 'b';
    },
    'a port': (objects) => {
      find(objects, 'Service').spec.ports[0].port = 8080;
    },
    'a policy': (objects) => {
      find(objects, 'NetworkPolicy', 'hello').spec.egress.pop();
    },
    'a policy emptied': (objects) => {
      find(objects, 'NetworkPolicy', 'hello').spec.ingress = [];
    },
    'a setting': (objects) => {
      find(objects, 'ConfigMap').data.LOG_LEVEL = 'debug';
    },
    'a setting of another type': (objects) => {
      find(objects, 'ConfigMap').data.PORT = 8000;
    },
    'a variable': (objects) => {
      container(objects).env = [{ name: 'LOG_LEVEL', value: 'debug' }];
    },
    'a mount of another volume': (objects) => {
      container(objects).volumeMounts[0].name = 'other';
    },
    'an annotation': (objects) => {
      find(objects, 'ServiceAccount').metadata.annotations = { a: 'b' };
    },
    'a version of the API': (objects) => {
      find(objects, 'HTTPRoute').apiVersion = 'gateway.networking.k8s.io/v1beta1';
    },
    'a reference to another ConfigMap': (objects) => {
      container(objects).envFrom[0].configMapRef.name = 'other';
    },
    'a missing object': (objects) => {
      objects.splice(objects.indexOf(find(objects, 'PodDisruptionBudget')), 1);
    },
    'an object too many': (objects) => {
      objects.push({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'other' } });
    },
    'a name': (objects) => {
      find(objects, 'HTTPRoute').metadata.name = 'other';
    },
  };

  for (const [what, change] of Object.entries(CHANGES))
    test.each(['chart', 'overlay'] as const)(`${what}, in the %s`, (way) => {
      const both = waysOf('prod');
      const changed = structuredClone([...both[way]]);
      change(changed);
      const seen =
        way === 'chart' ? differences(changed, both.overlay) : differences(both.chart, changed);
      expect(seen).not.toEqual([]);
    });
});
