import { afterEach, beforeEach, expect } from 'bun:test';
import { rmSync, writeFileSync } from 'node:fs';
import {
  type Resource,
  type Simulation,
  startSimulation,
} from '../../../../tools/aws-simulation/simulation.ts';
import { actionsOf } from '../../../tests/actions.ts';
import {
  set,
  testInterfaces,
  testRefusals,
  type Weakening,
  without,
} from '../../../tests/prove.ts';
import { ACCOUNT_ID, callModule } from '../../../tests/root.ts';
import { testWithSources } from '../../../tests/sources.ts';
import type { Refusal } from '../../../tests/validations.ts';
import { faultsOf } from './promises.ts';

const MODULE = 'shared/network';
const ZONES = ['eu-west-1a', 'eu-west-1b', 'eu-west-1c'];
const INPUTS = {
  name: 'hello-test',
  region: 'eu-west-1',
  account_id: ACCOUNT_ID,
  zones: ZONES,
  range: '10.16.0.0/16',
  other_ranges: { 'eu-central-1': '10.17.0.0/16' },
  interface_endpoints: ['secretsmanager', 'ecr.api'],
};
const CALL = { module: MODULE, inputs: INPUTS };

let simulation: Simulation;

// The first one builds the simulation.
beforeEach(async () => {
  simulation = await startSimulation();
}, 600_000);

afterEach(() => simulation.stop());

const initialised = async (inputs: object): Promise<string> => {
  const root = simulation.root(callModule(MODULE, { ...INPUTS, ...inputs }));
  await simulation.run(root, 'init');
  return root;
};

const change = (root: string, inputs: object) =>
  writeFileSync(
    `${root}/main.tf.json`,
    callModule(MODULE, { ...INPUTS, ...inputs })['main.tf.json'] as string,
  );

testWithSources(
  'it holds what it promises, changes in place, mends drift and leaves nothing',
  async () => {
    const root = await initialised({});
    await simulation.run(root, 'validate');
    await simulation.run(root, 'apply');
    expect(actionsOf(await simulation.plan(root))).toEqual({});
    const account = await simulation.resources();
    expect(faultsOf(account, ZONES, 3)).toEqual([]);
    for (const [fault, weaken] of WEAKENINGS)
      expect(faultsOf(weaken(structuredClone(account)), ZONES, 3)).toContain(fault);

    const subnet = account.find(({ type }) => type === 'aws_subnet') as Resource;
    const { file: _, account: __, ...drifted } = structuredClone(subnet);
    drifted.attributes.map_public_ip_on_launch = true;
    writeFileSync(subnet.file, JSON.stringify(drifted));
    expect(Object.values(actionsOf(await simulation.plan(root)))).toEqual(['update']);
    await simulation.run(root, 'apply', 'plan');
    const route = account.find(({ type }) => type === 'aws_route') as Resource;
    rmSync(route.file);
    expect(Object.values(actionsOf(await simulation.plan(root)))).toEqual(['create']);
    await simulation.run(root, 'apply', 'plan');
    expect(faultsOf(await simulation.resources(), ZONES, 3)).toEqual([]);

    change(root, {
      zones: [...ZONES, 'eu-west-1d'],
      flow_log_retention_days: 30,
      interface_endpoints: ['secretsmanager'],
    });
    const actions = actionsOf(await simulation.plan(root));
    for (const [address, action] of Object.entries(actions))
      if (/aws_(vpc|subnet|nat_gateway|route_table)\./.test(address)) expect(action).toBe('create');
    expect(actions['module.vpc.aws_cloudwatch_log_group.flow_log[0]']).toBe('update');
    expect(Object.entries(actions).filter(([, action]) => action === 'replace')).toEqual([]);
    await simulation.run(root, 'apply', 'plan');
    expect(faultsOf(await simulation.resources(), [...ZONES, 'eu-west-1d'], 4)).toEqual([]);

    await simulation.run(root, 'destroy');
    expect(await simulation.resources()).toEqual([]);
  },
  300_000,
);

testWithSources(
  'one NAT gateway serves all zones where that is asked for, and an apply that was killed goes on',
  async () => {
    const root = await initialised({
      single_nat_gateway: true,
      zones: ZONES,
      interface_endpoints: [],
    });
    simulation.faults({ crash: 20 });
    // One at a time, so that what dies is the one write, not another whose answer was under way.
    expect((await simulation.tofu(root, 'apply', '-parallelism=1')).exitCode).not.toBe(0);
    simulation.faults({});
    expect((await simulation.resources()).length).toBeGreaterThan(0);
    await simulation.run(root, 'apply');
    expect(actionsOf(await simulation.plan(root))).toEqual({});
    expect(faultsOf(await simulation.resources(), ZONES, 1)).toEqual([]);
    await simulation.run(root, 'destroy');
    expect(await simulation.resources()).toEqual([]);
  },
  300_000,
);

const WEAKENINGS: readonly Weakening[] = [
  ['not one database subnet in each zone', without(named('-database-eu-west-1b'))],
  ['not one application subnet in each zone', without(named('-application-eu-west-1a'))],
  ['not one public subnet in each zone', without(named('-public-eu-west-1c'))],
  ['a subnet gives public addresses away', set('aws_subnet', { map_public_ip_on_launch: true })],
  ['a public subnet has no Internet gateway', set('aws_route', { gateway_id: '' })],
  ['not 3 NAT gateways', without(({ type }) => type === 'aws_nat_gateway')],
  ['an application subnet has no NAT', set('aws_route', { nat_gateway_id: '' })],
  [
    'an application subnet leaves through another zone',
    (account) => {
      const [first] = account.filter(({ type }) => type === 'aws_nat_gateway');
      return set('aws_nat_gateway', { subnet_id: first?.attributes.subnet_id })(account);
    },
  ],
  [
    'a database subnet has a route out',
    (account) => {
      const table = account.find(
        ({ type, attributes }) =>
          type === 'aws_route_table' && attributes.tags?.Name?.includes('-database-'),
      );
      return set('aws_route', { route_table_id: table?.id })(account);
    },
  ],
  [
    'the database subnets have no network ACL of their own',
    set('aws_network_acl', { subnet_ids: [] }),
  ],
  [
    'the network ACL knows others than application subnets',
    set('aws_network_acl_rule', { cidr_block: '0.0.0.0/0' }),
  ],
  ['the network ACL lets in more than 5432', set('aws_network_acl_rule', { to_port: 65535 })],
  ['the default security group is open', set('aws_default_security_group', { ingress: [{}] })],
  [
    'the endpoints let in others than application subnets',
    set('aws_security_group_rule', { cidr_blocks: ['0.0.0.0/0'] }),
  ],
  ['no flow log of all traffic', set('aws_flow_log', { traffic_type: 'REJECT' })],
  ['the flow log has no key that is rotated', set('aws_kms_key', { enable_key_rotation: false })],
  ['the flow log has no key that is rotated', set('aws_cloudwatch_log_group', { kms_key_id: '' })],
  ['an application subnet reaches S3 by NAT', set('aws_vpc_endpoint', { route_table_ids: [] })],
];

function named(part: string) {
  return ({ type, attributes }: Resource) =>
    type === 'aws_subnet' && attributes.tags?.Name?.endsWith(part);
}

const REFUSALS: readonly Refusal[] = [
  [{ name: 'Hello' }, 'name is "Hello": set 3 to 32 lower-case letters'],
  [{ region: 'Ireland' }, 'region is "Ireland": set the code of a region'],
  [{ account_id: '12' }, 'account_id is "12": set the 12 digits'],
  [{ zones: ['eu-west-1a'] }, 'zones has 1 entries: set 2 to 4'],
  [{ zones: ['eu-west-1a', 'eu-west-1a'] }, 'zones names a zone twice'],
  [{ zones: ['us-east-1a', 'us-east-1b'] }, 'set zones of eu-west-1, such as eu-west-1a'],
  [{ range: '10.16.0.1/16' }, 'range is "10.16.0.1/16": set an IPv4 range by its first address'],
  [{ range: '10.16.0.0' }, 'range is "10.16.0.0": set an IPv4 range by its first address'],
  [{ range: '10.0.0.0/8' }, 'range is "10.0.0.0/8": set a /16 to /20'],
  [{ range: '10.16.0.0/21' }, 'range is "10.16.0.0/21": set a /16 to /20'],
  [{ range: '172.17.0.0/16' }, 'range is "172.17.0.0/16": set a private range'],
  [{ range: '52.0.0.0/16' }, 'range is "52.0.0.0/16": set a private range'],
  [{ other_ranges: { other: 'ten' } }, 'other_ranges is {"other":"ten"}: set IPv4 ranges'],
  ...['10.16.0.0/16', '10.0.0.0/8', '10.16.128.0/20'].map(
    (range): Refusal => [
      { other_ranges: { other: range } },
      `range 10.16.0.0/16 overlaps with one of other_ranges, {"other":"${range}"}`,
    ],
  ),
  [{ other_ranges: { other: '10.32.0.1/16' } }, 'set IPv4 ranges by their first addresses'],
  [{ interface_endpoints: ['s3'] }, 'interface_endpoints is ["s3"]: leave s3 out'],
  [{ interface_endpoints: ['dynamodb'] }, 'leave dynamodb out'],
  [
    { interface_endpoints: ['ecr-api'] },
    'interface_endpoints is ["ecr-api"]: set names of services',
  ],
  [{ permissions_boundary_arn: 'bounds' }, 'permissions_boundary_arn is "bounds": set the ARN'],
  [{ flow_log_retention_days: 31 }, 'flow_log_retention_days is 31: set a number that CloudWatch'],
  [{ key_deletion_days: 6 }, 'key_deletion_days is 6: set a whole number from 7 to 30'],
];

testInterfaces(CALL);
testRefusals(CALL, REFUSALS);
