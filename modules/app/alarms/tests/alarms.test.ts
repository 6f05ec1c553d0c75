import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type Resource,
  type Simulation,
  startSimulation,
} from '../../../../tools/aws-simulation/simulation.ts';
import { actionsOf } from '../../../tests/actions.ts';
import {
  type Call,
  LIMIT,
  set,
  testInterfaces,
  testLifecycle,
  testRefusals,
} from '../../../tests/prove.ts';
import { ACCOUNT_ID, callModule, type Inputs } from '../../../tests/root.ts';
import { testWithSources } from '../../../tests/sources.ts';
import { faultsOf, ringsWithoutData } from './promises.ts';
import { type Reporter, startReporter } from './reports.ts';

const [PRIMARY, STANDBY, GLOBAL] = ['eu-west-1', 'eu-central-1', 'us-east-1'];

const inputsOf = (region: string): Inputs => ({
  name: 'hello-test',
  region,
  account_id: ACCOUNT_ID,
  runbook_url: 'https://example.com/docs/runbooks',
  topic_arns: Object.fromEntries(
    ['critical', 'warning'].map((severity) => [
      severity,
      `arn:aws:sns:${region}:${ACCOUNT_ID}:hello-test-${severity}`,
    ]),
  ),
  certificate_arns: { edge: `arn:aws:acm:${region}:${ACCOUNT_ID}:certificate/1` },
});

const database = {
  cluster_identifier: 'hello-test',
  maximum_connections: 1600,
  memory_bytes: 17_179_869_184,
  is_global: true,
};

const zonesOf = (region: string): Inputs =>
  Object.fromEntries(['a', 'b', 'c'].map((zone) => [`${region}${zone}`, `nat-${zone}`]));

const primary: Call = {
  module: 'app/alarms',
  inputs: {
    ...inputsOf(PRIMARY),
    database,
    deployment: { cluster_name: 'hello-test', namespace: 'hello', name: 'hello', maximum_pods: 10 },
    nat_gateway_ids: zonesOf(PRIMARY),
    function_names: { rotation: 'hello-test-rotation' },
  },
};

const global: Inputs = {
  ...inputsOf(GLOBAL),
  distribution: { id: 'E2EXAMPLE' },
  health_check: { id: 'check-1', region: PRIMARY },
  signed_zone: { id: 'ZEXAMPLE' },
};

testInterfaces(primary);

const change = (name: string) => `module.alarm["${name}"].aws_cloudwatch_metric_alarm.this[0]`;

testLifecycle(primary, {
  faultsOf: (account) => faultsOf(account, PRIMARY),
  weakenings: [
    [
      'hello-test-replica-lag: nobody emits its metric',
      set('aws_cloudwatch_metric_alarm', { dimensions: { DBCluster: 'hello-test' } }),
    ],
    [
      'hello-test-replica-lag names another emitter',
      set('aws_cloudwatch_metric_alarm', { alarm_description: 'Emitted by somebody.' }),
    ],
    [
      'hello-test-replica-lag treats missing data without a reason',
      set('aws_cloudwatch_metric_alarm', { treat_missing_data: 'breaching' }),
    ],
    [
      'hello-test-replica-lag rings not once',
      set('aws_cloudwatch_metric_alarm', { alarm_actions: ['arn'] }),
    ],
    [
      'hello-test-replica-lag rings not once',
      set('aws_cloudwatch_composite_alarm', { alarm_actions: [] }),
    ],
    [
      'hello-test-resources has no runbook',
      set('aws_cloudwatch_composite_alarm', {
        alarm_description: 'Runbook: https://example.com/docs/runbooks/aws-nothing.md',
      }),
    ],
    [
      'hello-test-resources says more than CloudWatch keeps',
      set('aws_cloudwatch_composite_alarm', { alarm_description: 'x'.repeat(1025) }),
    ],
    [
      'when the database is overloaded,  rings',
      set('aws_cloudwatch_composite_alarm', { alarm_actions: [] }),
    ],
    [
      'the dashboard shows replicas_desired, which nobody emits',
      (account) =>
        account.map((resource) => ({
          ...resource,
          attributes: {
            ...resource.attributes,
            dashboard_body: String(resource.attributes.dashboard_body).replaceAll('PodName', 'Pod'),
          },
        })),
    ],
    [
      'while hello-test-database-storage is on, hello-test-replica-lag rings nobody',
      (account) =>
        account.map(({ attributes, ...resource }) => ({
          ...resource,
          attributes: {
            ...attributes,
            ...(resource.id.endsWith('-database-storage') && { alarm_actions: [] }),
            ...(attributes.alarm_rule && {
              alarm_rule: `${attributes.alarm_rule} OR ALARM("hello-test-database-storage")`,
            }),
          },
        })),
    ],
    ['there is no dashboard', (account) => account.filter(({ id }) => !id.endsWith(PRIMARY))],
  ],
  change: [
    {
      ...{ deployment: null, function_names: {}, nat_gateway_ids: {} },
      database: { ...database, maximum_connections: 3200 },
    },
    {
      [change('autoscaler')]: 'delete',
      [change('function-rotation')]: 'delete',
      ...Object.fromEntries(
        Object.keys(zonesOf(PRIMARY)).map((zone) => [change(`nat-${zone}`), 'delete']),
      ),
      [change('database-connections')]: 'update',
      'module.composite_alarm["resources"].aws_cloudwatch_composite_alarm.this[0]': 'update',
      'aws_cloudwatch_dashboard.this': 'update',
    },
  ],
});

describe('in a standby and for all regions', () => {
  let simulation: Simulation;
  let reporter: Reporter;

  beforeAll(async () => {
    simulation = await startSimulation();
    reporter = await startReporter(String(primary.inputs.runbook_url));
  }, LIMIT);

  afterAll(async () => {
    await reporter?.stop();
    await simulation?.stop();
  }, LIMIT);

  /** Names of the alarms that are reported on when they go off; each report leads to the alarm's runbook. */
  const reportedOn = async (region: string): Promise<string[]> => {
    const reports = await reporter.reportsOf(await simulation.resources(), region);
    for (const [name, report] of reports) {
      expect(report).toStartWith(`${name} in ${region} is in ALARM since`);
      expect(report).toMatch(/Runbook: https:\S+\/[\w-]+\.md\n/);
    }
    return [...reports.keys()].map((name) => name.replace('hello-test-', '')).sort();
  };

  const makeUnit = async (inputs: Inputs, region: string) => {
    const root = simulation.root(callModule('app/alarms', inputs, region));
    const change = (changes: Inputs) =>
      writeFileSync(
        join(root, 'main.tf.json'),
        String(callModule('app/alarms', { ...inputs, ...changes }, region)['main.tf.json']),
      );
    await simulation.run(root, 'init');
    await simulation.run(root, 'apply');
    return { root, change };
  };
  const account = (): Promise<Resource[]> => simulation.resources();

  testWithSources(
    'a standby’s expected silence rings nobody; promoted, it is missed like any other',
    async () => {
      const standby = { ...primary.inputs, ...inputsOf(STANDBY), role: 'secondary' };
      const inputs = { ...standby, nat_gateway_ids: zonesOf(STANDBY) };
      const unit = await makeUnit(inputs, STANDBY);
      expect(faultsOf(await account(), STANDBY)).toEqual([]);
      expect(ringsWithoutData(await account(), STANDBY)).toEqual([]);
      const green = set('aws_cloudwatch_metric_alarm', { treat_missing_data: 'notBreaching' });
      expect(faultsOf(green(await account()), STANDBY)).toContain(
        'hello-test-global-lag hides that nobody may emit its metric',
      );
      unit.change({ role: 'active' });
      await simulation.run(unit.root, 'apply');
      expect(faultsOf(await account(), STANDBY)).toEqual([]);
      expect(ringsWithoutData(await account(), STANDBY)).toEqual(['hello-test-resources']);
      expect(await reportedOn(STANDBY)).toContain('global-lag');
      unit.change({ role: 'primary' });
      expect(Object.values(actionsOf(await simulation.plan(unit.root)))).not.toContain('replace');
      await simulation.run(unit.root, 'apply', 'plan');
      expect(faultsOf(await account(), STANDBY)).toEqual([]);
      expect(ringsWithoutData(await account(), STANDBY)).toEqual(['hello-test-resources']);
      expect(await reportedOn(STANDBY)).toEqual([
        ...['autoscaler', 'certificate-edge', 'database-storage', 'database-transactions'],
        ...['function-rotation', 'resources'],
      ]);
    },
    LIMIT,
  );

  testWithSources(
    'what users feel rings once, by the region that serves',
    async () => {
      const unit = await makeUnit(global, GLOBAL);
      expect(faultsOf(await account(), GLOBAL)).toEqual([]);
      expect(ringsWithoutData(await account(), GLOBAL)).toEqual(['hello-test-users']);
      expect(await reportedOn(GLOBAL)).toEqual([
        ...['certificate-edge', 'dnssec-failure', 'dnssec-keys', 'users', 'users-slowly'],
      ]);
      const faultsOfChanged = async (type: string, attributes: object) =>
        faultsOf(set(type, attributes)(await account()), GLOBAL);
      expect(
        await faultsOfChanged('aws_cloudwatch_composite_alarm', { actions_suppressor: [] }),
      ).toContain('when the service is down, users,users-slowly rings');
      const rule = 'ALARM("hello-test-errors-5m") OR ALARM("hello-test-errors-1h")';
      expect(
        await faultsOfChanged('aws_cloudwatch_composite_alarm', { alarm_rule: rule }),
      ).toContain('when a fault has just begun, users rings');
      expect(
        await faultsOfChanged('aws_cloudwatch_metric_alarm', {
          evaluate_low_sample_count_percentiles: 'evaluate',
        }),
      ).toContain('hello-test-latency goes off by a few requests');
      // Stricter thresholds need more requests to tell a rate.
      expect(await faultsOfChanged('aws_cloudwatch_metric_alarm', { threshold: 0.144 })).toContain(
        'hello-test-errors-1h goes off by one failure',
      );
      const unheard = 'DNSSECKeySigningKeysNeedingAction of ZEXAMPLE rings nobody';
      for (const attributes of [{ threshold: 2 }, { period: 300 }, { alarm_actions: [] }])
        expect(await faultsOfChanged('aws_cloudwatch_metric_alarm', attributes)).toContain(unheard);
      // Failed over, the other region's check is the one that rings.
      const checked = async () =>
        (await account()).find(({ id }) => id === 'hello-test-unhealthy')?.attributes.dimensions;
      expect(await checked()).toEqual({ HealthCheckId: 'check-1' });
      unit.change({
        health_check: { id: 'check-2', region: STANDBY },
        availability_objective: 99.99,
        signed_zone: null,
      });
      expect(actionsOf(await simulation.plan(unit.root))).toEqual({
        ...Object.fromEntries(
          ['1h', '5m', '6h', '30m'].map((window) => [change(`errors-${window}`), 'update']),
        ),
        [change('unhealthy')]: 'update',
        [change('dnssec-failure')]: 'delete',
        [change('dnssec-keys')]: 'delete',
        'aws_cloudwatch_dashboard.this': 'update',
      });
      await simulation.run(unit.root, 'apply', 'plan');
      expect(await checked()).toEqual({ HealthCheckId: 'check-2' });
      expect(faultsOf(await account(), GLOBAL)).toEqual([]);
      // A region that is active beside it has a check too, whose requests are no user's.
      unit.change({ active_health_checks: { [STANDBY]: 'check-2' } });
      await simulation.run(unit.root, 'apply');
      const counted = (await account()).find(({ id }) => id === 'hello-test-errors-5m');
      expect(JSON.stringify(counted?.attributes.metric_query)).toContain('requests >= 439,');
      expect(await reportedOn(GLOBAL)).toContain(`unhealthy-${STANDBY}`);
      expect(faultsOf(await account(), GLOBAL)).toEqual([]);
    },
    LIMIT,
  );
});

test('each runbook of AWS’s alarms is one of an alarm', async () => {
  const code = await Promise.all(
    ['users', 'database', 'resources', 'composites'].map((file) =>
      Bun.file(join(import.meta.dir, `../${file}.tf`)).text(),
    ),
  );
  for (const page of new Bun.Glob('aws-*.md').scanSync(
    join(import.meta.dir, '../../../../docs/runbooks'),
  ))
    expect(code.join('\n')).toContain(page.replace('.md', ''));
});

testRefusals(primary, [
  [{ name: 'Hello' }, 'name is "Hello": set 2 to 32 lower-case letters'],
  [{ region: 'Ireland' }, 'region is "Ireland": set the code of a region'],
  [{ account_id: '12' }, 'account_id is "12": set the 12 digits'],
  [{ runbook_url: 'docs/' }, 'runbook_url is "docs/": set an address that begins with https://'],
  [{ topic_arns: inputsOf(GLOBAL).topic_arns }, 'set topics of eu-west-1; an alarm rings only'],
  [{ role: 'writer' }, 'role is "writer": set primary, active or secondary'],
  [{ distribution: { id: 'E2EXAMPLE' } }, "CloudFront's metrics are in us-east-1 only"],
  [
    { health_check: { id: 'check', region: PRIMARY } },
    "Route 53's metrics are in us-east-1 only; set null here",
  ],
  [{ active_health_checks: { [STANDBY]: 'check' } }, "Route 53's metrics are in us-east-1 only"],
  [{ signed_zone: { id: 'ZEXAMPLE' } }, 'the metrics of zones are in us-east-1 only; set null'],
  [{ availability_objective: 100 }, 'availability_objective is 100: set a percentage from 93.06'],
  [{ availability_objective: 93 }, 'availability_objective is 93: set a percentage from 93.06'],
  [{ latency_objective_milliseconds: 0 }, 'latency_objective_milliseconds is 0: set 1 or more'],
  [{ minimum_requests: 0 }, 'minimum_requests is 0: set 1 or more, or null'],
  [{ database: { ...database, memory_bytes: 16 } }, 'memory_bytes of 1073741824 (1 GiB) or more'],
  [
    { role: 'secondary', database: { ...database, is_global: false } },
    'role is secondary, but database.is_global is false',
  ],
  [
    { role: 'active', database: { ...database, is_global: false } },
    'role is active, but database.is_global is false',
  ],
  [
    { deployment: { cluster_name: 'x', namespace: 'x', name: 'x', maximum_pods: 1 } },
    'set maximum_pods to a whole number of 2 or more',
  ],
  [
    { certificate_arns: inputsOf(GLOBAL).certificate_arns },
    "set certificates of eu-west-1; the others' metrics are in their regions",
  ],
]);
