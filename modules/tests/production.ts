/** Both layers as production has them: what the live tree wires by units, in one root with a provider a region. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Glob } from 'bun';
import { type Resource, startSimulation } from '../../tools/aws-simulation/simulation.ts';
import { packFunctions } from '../../tools/lambda.ts';
import { actionsOf } from './actions.ts';
import { ACCOUNT_ID, type Inputs } from './root.ts';

const ROOT = join(import.meta.dir, '../..');

/** The one that serves first. */
export const REGIONS = ['eu-west-1', 'eu-central-1'] as const;

const [PRIMARY, STANDBY] = REGIONS;
const NAME = 'hello-prod';

/** CloudFront, and what watches it. */
export const GLOBAL = 'us-east-1';

/** The application's name. */
export const DOMAIN = 'hello.example.com';

/** The name of each region's load balancer. */
export const ORIGINS: Readonly<Record<string, string>> = Object.fromEntries(
  REGIONS.map((region) => [region, `${region}.origin.${DOMAIN}`]),
);
const RUNBOOKS = 'https://github.com/example/hello/blob/main/docs/runbooks';

const zonesOf = (region: string) => ['a', 'b', 'c'].map((letter) => region + letter);

/** An output of a module in a region. */
const from = (module: string, region: string, output: string) =>
  `\${module.${module}-${region}.${output}}`;

/** A call of a module; each region has a provider. */
type Call = readonly [module: string, region: string, inputs: Inputs];

/** What both regions and the global one have. */
const alerting = (region: string): Call => [
  'shared/alerting',
  region,
  {
    ...{ name: NAME, runbook_url: RUNBOOKS },
    subscriptions: {
      duty: { topics: ['critical'], protocol: 'email', endpoint: 'duty@example.com' },
    },
    troubleshooting: {
      regions: Object.fromEntries(
        REGIONS.map((each) => [each, { cluster_name: NAME, database_cluster_identifier: NAME }]),
      ),
      global_database_identifier: NAME,
      distribution_id: from('edge', GLOBAL, 'distribution_id'),
      deployment: { namespace: 'hello', name: 'hello' },
      log_queries: Object.fromEntries(
        Object.entries({
          errors:
            "filter log_processed.level = 'error' | stats count() by log_processed.message, log_processed.error.type, log_processed.error.message",
          starts:
            'filter ispresent(log_processed.commit) | display log_processed.version, log_processed.commit',
        }).map(([title, query]) => [
          title,
          { log_group_name: `/aws/containerinsights/${NAME}/application`, query },
        ]),
      ),
    },
  },
];

/** Modules that make roles, which are bounded as pipelines would have it. */
const MAKES_ROLES = new Set(
  (await Array.fromAsync(new Glob('*/*/variables.tf').scan(join(ROOT, 'modules')))).flatMap(
    (file) =>
      readFileSync(join(ROOT, 'modules', file), 'utf8').includes('"permissions_boundary_arn"')
        ? [file.replace('/variables.tf', '')]
        : [],
  ),
);

/** The bucket of a region's states. */
const statesOf = (region: string) => `${NAME}-state-${ACCOUNT_ID}-${region}`;

/** The bound of every role but those of pipelines. */
const boundary = `\${module.delivery-${GLOBAL}.permissions_boundary_arns["prod"]}`;

const nodeRole = (region: string) => `arn:aws:iam::${ACCOUNT_ID}:role/${NAME}-${region}-node`;

const regional = (region: string): Call[] => {
  const role = region === PRIMARY ? 'primary' : 'secondary';
  const zones = zonesOf(region);
  const range = role === 'primary' ? '10.16.0.0/16' : '10.17.0.0/16';
  const network = (output: string) => from('network', region, output);
  const cluster = (output: string) => from('cluster', region, output);
  const certificate = from('certificate', region, 'arn');
  return [
    [
      'shared/network',
      region,
      { name: NAME, zones, range, interface_endpoints: ['ecr.api', 'ecr.dkr', 'secretsmanager'] },
    ],
    [
      'shared/cluster',
      region,
      {
        ...{ name: NAME, range, kubernetes_version: '1.34' },
        vpc_id: network('vpc_id'),
        application_subnet_ids: network('application_subnet_ids'),
        pods_security_group_id: network('pods_security_group_id'),
        target_ports: [8080, 8081],
        access_entries: {
          platform: {
            principal_arn: `arn:aws:iam::${ACCOUNT_ID}:role/platform`,
            policy: 'AmazonEKSClusterAdminPolicy',
          },
        },
      },
    ],
    [
      'shared/certificate',
      region,
      {
        domain: ORIGINS[region],
        zone_id: from('dns', GLOBAL, 'zone_id'),
      },
    ],
    alerting(region),
    [
      'shared/observability',
      region,
      {
        ...{ name: NAME, cluster_name: cluster('cluster_name') },
        nat_gateway_ids: network('nat_gateway_ids'),
      },
    ],
    [
      'app/database',
      region,
      {
        ...{ name: NAME, global_cluster_identifier: NAME },
        ...{ instance_class: 'db.r8g.large', engine_version: '17.7' },
        vpc_id: network('vpc_id'),
        zones: network('zones'),
        database_subnet_group_name: network('database_subnet_group_name'),
        application_subnet_ids: network('application_subnet_ids'),
        client_security_groups: { pods: network('pods_security_group_id') },
        ...(role === 'primary'
          ? { replica_regions: [STANDBY], instance_zones: zones }
          : {
              ...{ origin: role, role, primary_region: PRIMARY, instance_zones: [] },
              depends_on: [`module.database-${PRIMARY}`],
            }),
      },
    ],
    [
      'app/alarms',
      region,
      {
        ...{ name: NAME, runbook_url: RUNBOOKS, role },
        topic_arns: rung(region),
        database: {
          cluster_identifier: from('database', region, 'cluster_identifier'),
          ...{ maximum_connections: 1600, memory_bytes: 17_179_869_184, is_global: true },
        },
        deployment: {
          cluster_name: cluster('cluster_name'),
          ...{ namespace: 'hello', name: 'hello', maximum_pods: 10 },
        },
        nat_gateway_ids: network('nat_gateway_ids'),
        certificate_arns: { 'load-balancer': certificate },
        function_names: { rotation: from('database', region, 'rotation_function_name') },
      },
    ],
    [
      'shared/firewall',
      region,
      {
        ...{ name: NAME, scope: 'REGIONAL' },
        origin_check_rule_group_arn: `\${module.edge-${GLOBAL}.origin_check_rule_group_arns["${region}"]}`,
      },
    ],
    [
      'app/identity',
      region,
      {
        ...{ name: NAME, cluster_name: cluster('cluster_name') },
        secret_names: Object.fromEntries(
          ['application', 'migration'].map((purpose) => [
            purpose,
            `\${module.database-${region}.secret_names["${purpose}"]}`,
          ]),
        ),
        secrets_key_alias: from('database', region, 'secrets_key_alias'),
        external_dns: {
          zone_id: from('dns', GLOBAL, 'zone_id'),
          record_names: [ORIGINS[region]],
        },
      },
    ],
    state(region),
    ...(role === 'primary' ? [registry(region)] : []),
  ];
};

/** The topics that alarms of a region ring. */
const rung = (region: string) => ({
  critical: `\${module.alerting-${region}.topic_arns["critical"]}`,
  warning: `\${module.alerting-${region}.topic_arns["warning"]}`,
});

const registry = (region: string): Call => [
  'shared/registry',
  region,
  {
    ...{ name: 'hello', repositories: ['service', 'hello'], replica_regions: [STANDBY] },
    pull_role_arns: [
      ...REGIONS.map(nodeRole),
      `arn:aws:iam::${ACCOUNT_ID}:role/delivery/hello-prod-pull`,
    ],
    push_role_arns: [`arn:aws:iam::${ACCOUNT_ID}:role/delivery/hello-release-push`],
  },
];

const state = (region: string): Call => [
  'shared/state',
  region,
  { name: NAME, bucket: statesOf(region) },
];

const delivery: Call = [
  'shared/delivery',
  GLOBAL,
  {
    ...{ name: 'hello', region: undefined },
    repository: { owner: 'example', owner_id: 1234, name: 'hello', id: 5678 },
    environments: {
      prod: {
        ...{ prefix: NAME, regions: REGIONS },
        state: {
          buckets: [GLOBAL, ...REGIONS].map(statesOf),
          ...{ prefix: 'prod/', key_alias: `alias/${NAME}-state` },
        },
        secret_names: ['master', 'application', 'migration'].map(
          (each) => `${NAME}/database/${each}`,
        ),
        repositories: ['hello/service', 'hello/hello'],
      },
    },
    push: { release: [from('registry', PRIMARY, 'repository_arns["service"]')] },
  },
];

const global = (): Call[] => [
  delivery,
  state(GLOBAL),
  ['shared/dns', GLOBAL, { name: NAME, domain: DOMAIN, dnssec: true }],
  ['shared/certificate', GLOBAL, { domain: DOMAIN, zone_id: from('dns', GLOBAL, 'zone_id') }],
  alerting(GLOBAL),
  ['shared/firewall', GLOBAL, { name: `${NAME}-cloudfront`, scope: 'CLOUDFRONT' }],
  [
    'shared/edge',
    GLOBAL,
    {
      ...{ name: NAME, domains: [DOMAIN], origins: ORIGINS },
      ...{ serving_region: PRIMARY, health_path: '/openapi/json' },
      certificate_arn: from('certificate', GLOBAL, 'arn'),
      web_acl_arn: from('firewall', GLOBAL, 'web_acl_arn'),
    },
  ],
  [
    'app/record',
    GLOBAL,
    {
      ...{ name: NAME, region: undefined, domain: DOMAIN },
      zone_id: from('dns', GLOBAL, 'zone_id'),
      distribution_domain: from('edge', GLOBAL, 'distribution_domain'),
      distribution_zone_id: from('edge', GLOBAL, 'distribution_zone_id'),
      health_paths: { [PRIMARY]: `\${module.edge-${GLOBAL}.health_paths["${PRIMARY}"]}` },
    },
  ],
  [
    'app/alarms',
    GLOBAL,
    {
      ...{ name: NAME, runbook_url: RUNBOOKS },
      topic_arns: rung(GLOBAL),
      distribution: { id: from('edge', GLOBAL, 'distribution_id') },
      health_check: {
        id: from('record', GLOBAL, `health_check_ids["${PRIMARY}"]`),
        region: PRIMARY,
      },
      function_names: { 'origin-check': from('edge', GLOBAL, 'rotation_function_name') },
      certificate_arns: { edge: from('certificate', GLOBAL, 'arn') },
      signed_zone: { id: from('dns', GLOBAL, 'zone_id') },
    },
  ],
];

/** Every call, those that others need first. */
const calls = (): Call[] => [...global(), ...REGIONS.flatMap(regional)];

/** The folders of the modules, by the name of the call. */
export const FOLDERS: Readonly<Record<string, string>> = Object.fromEntries(
  calls().map(([module, region]) => [`${module.split('/')[1]}-${region}`, `modules/${module}`]),
);

const files = () => ({
  'main.tf.json': JSON.stringify({
    provider: {
      aws: [...new Set(calls().map(([, region]) => region))].map((region) => ({
        ...{ alias: region, region },
      })),
    },
    module: Object.fromEntries(
      calls().map(([module, region, inputs]) => [
        `${module.split('/')[1]}-${region}`,
        {
          source: `./modules/${module}`,
          providers: { aws: `aws.${region}` },
          ...{ region, account_id: ACCOUNT_ID, ...inputs },
          ...(MAKES_ROLES.has(module) && { permissions_boundary_arn: boundary }),
        },
      ]),
    ),
  }),
});

export interface Production {
  /** What is in the account after the apply. */
  readonly account: readonly Resource[];
  /** A file with a plan after the apply, as `tofu show -json` has it: everything in it is known. */
  readonly plan: string;
  /** What that plan would change, by address. */
  readonly changes: Readonly<Record<string, string>>;
  /** Removes it. */
  readonly stop: () => Promise<void>;
}

/** Applies production in a simulated account of its own. */
export const startProduction = async (): Promise<Production> => {
  await packFunctions(ROOT);
  const simulation = await startSimulation();
  const root = simulation.root(files());
  await simulation.run(root, 'init');
  await simulation.run(root, 'apply');
  const plan = await simulation.plan(root);
  await Bun.write(join(root, 'plan.json'), JSON.stringify(plan));
  return {
    account: await simulation.resources(),
    plan: join(root, 'plan.json'),
    changes: actionsOf(plan),
    stop: simulation.stop,
  };
};
