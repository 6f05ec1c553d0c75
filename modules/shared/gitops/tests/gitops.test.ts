import { expect, test } from 'bun:test';
import { startSimulation } from '../../../../tools/aws-simulation/simulation.ts';
import { LIMIT, testInterfaces, testLifecycle, testRefusals } from '../../../tests/prove.ts';
import { callModule } from '../../../tests/root.ts';
import { faultsOf, type Planned } from './promises.ts';

const FACTS = {
  certificate_arn: 'arn:aws:acm:eu-west-1:123456789012:certificate/1',
  origin_hostname: 'eu-west-1.origin.hello.example.com',
};
const CALL = {
  module: 'shared/gitops',
  inputs: {
    cluster_name: 'hello-test',
    region: 'eu-west-1',
    role: 'primary',
    zones: ['eu-west-1a', 'eu-west-1b', 'eu-west-1c'],
    labels: { environment: 'test' },
    facts: FACTS,
    repository_url: 'https://github.com/owner/repository.git',
    chart_version: '10.1.1',
    apps_chart_version: '2.0.5',
  },
  surroundings: {
    provider: {
      kubernetes: { host: 'https://127.0.0.1' },
      helm: { kubernetes: { host: 'https://127.0.0.1' } },
    },
  },
};

const values =
  (type: string, name: string, change: (values: Planned['values']) => object) =>
  (planned: readonly Planned[]): Planned[] =>
    planned.map((each) =>
      each.type === type && each.name === name ? { ...each, values: change(each.values) } : each,
    );
const metadata = (type: string, name: string, changes: object) =>
  values(type, name, ({ metadata: [first], ...rest }) => ({
    ...rest,
    metadata: [{ ...first, ...changes }],
  }));
const chart = (name: string, pattern: RegExp, text: string) =>
  values('helm_release', name, ({ values: [yaml] }) => ({
    values: [yaml.replace(pattern, text)],
  }));
const SECRET = 'kubernetes_secret_v1';

const WEAKENINGS: readonly (readonly [string, (planned: readonly Planned[]) => Planned[]])[] = [
  [
    'NetworkPolicies are decoration',
    values('kubernetes_config_map_v1', 'network_policy', () => ({ data: {} })),
  ],
  [
    'pods beside Argo CD may have privileges',
    metadata('kubernetes_namespace_v1', 'argocd', { labels: {} }),
  ],
  ['Argo CD does not know its own cluster', metadata(SECRET, 'cluster', { labels: {} })],
  [
    'application sets cannot tell region or role',
    metadata(SECRET, 'cluster', { labels: { region: 'eu-west-1' } }),
  ],
  ['a fact does not arrive', metadata(SECRET, 'cluster', { annotations: FACTS })],
  [
    'the cluster secret has credentials',
    values(SECRET, 'cluster', ({ data, ...rest }) => ({
      ...rest,
      data: { ...data, config: '{"bearerToken":"","tlsClientConfig":{}}' },
    })),
  ],
  [
    'Argo CD waits for a node pool that it brings itself',
    chart('argocd', /CriticalAddonsOnly/, 'Another'),
  ],
  ['somebody can log in', chart('argocd', /"admin.enabled": false/, '"admin.enabled": true')],
  ['somebody can log in', chart('argocd', /"replicas": 0/, '"replicas": 1')],
  [
    'the next wave does not wait for Application',
    chart('argocd', /argoproj.io_Application/, 'argoproj.io_Another'),
  ],
  [
    'the next wave does not wait for NodeClass',
    chart('argocd', /eks.amazonaws.com_NodeClass/, 'another'),
  ],
  ['everybody reaches Argo CD', chart('argocd', /"defaultDenyIngress": true/, '"create": true')],
  ['load balancers outlive a destroy', chart('start', /resources-finalizer/, 'another')],
  [
    'the project of the first application is gone before it',
    chart('start', /(?<="projects":[\s\S]*)resources-finalizer/, 'another'),
  ],
  [
    'the first application may bring anything from anywhere',
    chart('start', /"project": "start"/, '"project": "default"'),
  ],
  [
    'the first application may bring anything from anywhere',
    chart('start', /"sourceRepos":\s+- "[^"]*"/, '"sourceRepos": ["*"]'),
  ],
  ['the cluster drifts from Git', chart('start', /"selfHeal": true/, '"selfHeal": false')],
];

test(
  'it plans what it promises',
  async () => {
    const simulation = await startSimulation();
    try {
      const root = simulation.root(
        callModule(CALL.module, CALL.inputs, undefined, CALL.surroundings),
      );
      await simulation.run(root, 'init');
      const plan = await simulation.plan(root);
      const [{ resources }] = plan.planned_values.root_module.child_modules;
      expect(faultsOf(resources, FACTS)).toEqual([]);
      for (const [fault, weaken] of WEAKENINGS)
        expect(faultsOf(weaken(resources), FACTS)).toContain(fault);
    } finally {
      await simulation.stop();
    }
  },
  LIMIT,
);

// It makes nothing in the account: what it plans is told above.
testLifecycle(CALL, {
  faultsOf: () => [],
  weakenings: [],
  change: [
    { role: 'active', facts: {}, chart_version: '10.1.2' },
    { 'helm_release.argocd': 'update', 'kubernetes_secret_v1.cluster': 'update' },
  ],
});

testInterfaces(CALL);

testRefusals(CALL, [
  [{ cluster_name: 'Hello' }, 'cluster_name is "Hello": set 3 to 63 lower-case letters'],
  [{ region: 'Ireland' }, 'region is "Ireland": set the code of a region'],
  [{ role: 'secondary' }, 'role is "secondary": set primary, standby or active'],
  [{ zones: ['us-east-1a'] }, 'zones is ["us-east-1a"]: set zones of eu-west-1'],
  [{ labels: { environment: 'a b' } }, 'labels is {"environment":"a b"}: set names of'],
  [{ labels: { role: 'primary' } }, 'labels names ["role"], which this module sets'],
  [{ facts: { 'certificate-arn': '' } }, 'facts names ["certificate-arn"]: set names of'],
  [{ facts: { zones: '' } }, 'facts names ["zones"], which this module sets'],
  [{ facts: { repository_url: '' } }, 'facts names ["repository_url"], which this module sets'],
  [{ facts: { database_password: 'x' } }, 'give the name or ARN of a secret'],
  [{ repository_url: 'https://user@github.com/a/b' }, 'set an HTTPS URL without user'],
  [{ repository_path: '/gitops' }, 'repository_path is "/gitops": set a folder inside'],
  [{ chart_repository: 'http://charts' }, 'chart_repository is "http://charts": set a URL'],
  [{ chart_version: '10' }, 'chart_version is "10": set an exact version'],
  [{ apps_chart_version: '2' }, 'apps_chart_version is "2": set an exact version'],
]);
