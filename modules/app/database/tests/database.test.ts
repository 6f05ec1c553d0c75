import { afterEach, beforeEach, expect } from 'bun:test';
import { cpSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type Faults,
  type Resource,
  type Simulation,
  startSimulation,
} from '../../../../tools/aws-simulation/simulation.ts';
import { packFunction } from '../../../../tools/lambda.ts';
import { actionsOf } from '../../../tests/actions.ts';
import { testInterfaces, testRefusals } from '../../../tests/prove.ts';
import { ACCOUNT_ID, callModule, type Inputs } from '../../../tests/root.ts';
import { testWithSources } from '../../../tests/sources.ts';
import type { Refusal } from '../../../tests/validations.ts';
import { faultsOf } from './promises.ts';

const MODULE = 'app/database';
const [PRIMARY, STANDBY] = ['eu-west-1', 'eu-central-1'];
const CLUSTER = 'module.cluster.aws_rds_cluster.this[0]';

let simulation: Simulation;

// The first one builds the simulation.
beforeEach(async () => {
  simulation = await startSimulation();
  await Bun.write(
    join(import.meta.dir, '../rotation.zip'),
    await packFunction(`modules/${MODULE}/rotation`),
  );
}, 600_000);

afterEach(() => simulation.stop());

const zonesOf = (region: string) => ['a', 'b', 'c'].map((letter) => region + letter);

/** What a network and a cluster leave for the database: made without their modules, to be quick. */
const makeNetwork = async (region: string): Promise<Inputs> => {
  const subnets = Object.fromEntries(
    zonesOf(region).map((zone, index) => [
      zone,
      {
        vpc_id: `\${aws_vpc.this.id}`,
        availability_zone: zone,
        cidr_block: `10.16.${index}.0/24`,
      },
    ]),
  );
  const ids = Object.keys(subnets).map((zone) => `\${aws_subnet.${zone}.id}`);
  const root = simulation.root({
    'main.tf.json': JSON.stringify({
      provider: { aws: { region } },
      resource: {
        aws_vpc: { this: { cidr_block: '10.16.0.0/16' } },
        aws_subnet: subnets,
        aws_db_subnet_group: { this: { name: 'hello-test', subnet_ids: ids } },
        aws_security_group: { pods: { name: 'pods', vpc_id: `\${aws_vpc.this.id}` } },
      },
      output: {
        vpc_id: { value: `\${aws_vpc.this.id}` },
        application_subnet_ids: { value: ids },
        database_subnet_group_name: { value: `\${aws_db_subnet_group.this.name}` },
        client_security_groups: { value: { pods: `\${aws_security_group.pods.id}` } },
      },
    }),
  });
  await simulation.run(root, 'init');
  await simulation.run(root, 'apply');
  const outputs: Record<string, { value: unknown }> = JSON.parse(
    await simulation.run(root, 'output', '-json'),
  );
  return {
    name: 'hello-test',
    region,
    account_id: ACCOUNT_ID,
    zones: zonesOf(region),
    global_cluster_identifier: 'hello-test',
    instance_class: 'db.r8g.large',
    engine_version: '17.7',
    ...Object.fromEntries(Object.entries(outputs).map(([name, { value }]) => [name, value])),
  };
};

const PRIMARY_INPUTS = { instance_zones: zonesOf(PRIMARY), replica_regions: [STANDBY] };
const STANDBY_INPUTS = {
  origin: 'secondary',
  role: 'secondary',
  primary_region: PRIMARY,
  instance_zones: [],
};

interface Unit {
  readonly root: string;
  change(inputs: Inputs): void;
}

/** A root of the module in a region, initialised. */
const makeUnit = async (region: string, inputs: Inputs): Promise<Unit> => {
  const all = { ...(await makeNetwork(region)), ...inputs };
  const root = simulation.root(callModule(MODULE, all, region));
  await simulation.run(root, 'init');
  return {
    root,
    change: (changes) =>
      writeFileSync(
        join(root, 'main.tf.json'),
        callModule(MODULE, { ...all, ...changes }, region)['main.tf.json'] as string,
      ),
  };
};

const find = async (type: string, region = PRIMARY): Promise<Resource> => {
  const found = (await simulation.resources()).find(
    (resource) => resource.type === type && [region, 'global'].includes(resource.region),
  );
  if (!found) throw new Error(`${region} has no ${type}`);
  return found;
};

/** As somebody at the console. */
const changeByHand = ({ file, account: _, ...resource }: Resource, attributes: object): void =>
  writeFileSync(
    file,
    JSON.stringify({ ...resource, attributes: { ...resource.attributes, ...attributes } }),
  );

/** What is left but the network and what AWS keeps: final snapshots, and secrets until their days are over. */
const leftOver = async (): Promise<string[]> =>
  (await simulation.resources())
    .map(({ type }) => type)
    .filter(
      (type) =>
        !/_(vpc|subnet|db_subnet_group|security_group|snapshot)$|^deleted_secret$|^aws_(network_acl|route_table|default_.*)$/.test(
          type,
        ),
    );

const masterPassword = async (): Promise<string> => {
  const { write_only } = await find('aws_rds_cluster');
  const password = write_only?.master_password_wo;
  if (typeof password !== 'string' || password.length < 40) throw new Error('no master password');
  return password;
};

testWithSources(
  'a primary and its standby hold what they promise, change in place, and leave nothing',
  async () => {
    const primary = await makeUnit(PRIMARY, PRIMARY_INPUTS);
    await simulation.run(primary.root, 'validate');
    await simulation.run(primary.root, 'apply');
    expect(actionsOf(await simulation.plan(primary.root))).toEqual({});
    const standby = await makeUnit(STANDBY, STANDBY_INPUTS);
    await simulation.run(standby.root, 'apply');
    for (const { root } of [primary, standby]) {
      await simulation.run(root, 'apply', '-refresh-only');
      expect(actionsOf(await simulation.plan(root))).toEqual({});
    }

    const account = await simulation.resources();
    const clients = (region: string) =>
      account
        .filter(
          ({ type, attributes }) => type === 'aws_security_group' && attributes.name === 'pods',
        )
        .filter((resource) => resource.region === region)
        .map(({ id }) => id);
    const check = (changed: Resource[], region: string, zones: readonly string[]) =>
      faultsOf(changed, region, zones, clients(region));
    expect(check(account, PRIMARY, zonesOf(PRIMARY))).toEqual([]);
    expect(check(account, STANDBY, [])).toEqual([]);
    const { kms_key_id, vpc_security_group_ids } = (await find('aws_rds_cluster')).attributes;
    for (const [fault, type, attributes] of [
      ...WEAKENINGS,
      ['secrets share the key of the data', 'aws_secretsmanager_secret', { kms_key_id }],
      [
        'the database may go out',
        'aws_vpc_security_group_egress_rule',
        { security_group_id: vpc_security_group_ids[0] },
      ],
    ] as const) {
      const weakened = account.map((resource) =>
        resource.type === type
          ? { ...resource, attributes: { ...resource.attributes, ...attributes } }
          : resource,
      );
      expect(check(weakened, PRIMARY, zonesOf(PRIMARY))).toContain(fault);
    }
    expect(check([], PRIMARY, zonesOf(PRIMARY))).toEqual(['not one cluster']);
    // In each region each secret by the same name, with a key of that region.
    const names = (region: string) =>
      account
        .filter((resource) => resource.type === 'aws_secretsmanager_secret')
        .filter((resource) => resource.region === region)
        .map(({ attributes }) => attributes.name);
    expect(names(PRIMARY)).toHaveLength(3);
    expect(names(STANDBY).sort()).toEqual(names(PRIMARY).sort());

    primary.change({
      ...{ instance_class: 'db.r8g.xlarge', engine_version: '17.8', iam_authentication: true },
      ...{ rotation_days: 7, log_retention_days: 30, master_password_version: 2 },
    });
    const before = await masterPassword();
    const actions = actionsOf(await simulation.plan(primary.root));
    expect(actions[CLUSTER]).toBe('update');
    const replaced = Object.keys(actions).filter((address) => actions[address] !== 'update');
    // A version of a secret never changes: the new password is a new one.
    expect(replaced).toEqual(['aws_secretsmanager_secret_version.master[0]']);
    await simulation.run(primary.root, 'apply', 'plan');
    expect(await masterPassword()).not.toBe(before);
    expect(await masterSecret()).toBe(await masterPassword());

    // The standby becomes active, and below a standby again.
    standby.change({ instance_zones: zonesOf(STANDBY), write_forwarding: true });
    expect(actionsOf(await simulation.plan(standby.root))[CLUSTER]).toBe('update');
    await simulation.run(standby.root, 'apply', 'plan');
    expect(actionsOf(await simulation.plan(standby.root))).toEqual({});
    const forwarding = async () => [
      (await find('aws_rds_cluster', STANDBY)).attributes.enable_global_write_forwarding,
      (await find('aws_rds_cluster_parameter_group', STANDBY)).attributes.parameter.find(
        ({ name }: { name: string }) => name === 'apg_write_forward.consistency_mode',
      ),
    ];
    expect(await forwarding()).toEqual([
      true,
      expect.objectContaining({ value: 'session', apply_method: 'pending-reboot' }),
    ]);
    expect(check(await simulation.resources(), STANDBY, zonesOf(STANDBY))).toEqual([]);

    const protectedOnes = await simulation.resources();
    const refused = await simulation.tofu(standby.root, 'destroy');
    expect(refused.exitCode).not.toBe(0);
    expect(refused.stdout + refused.stderr).toMatch(/deletion.?protection|prevent_destroy/i);
    // Terraform, which can't refuse the plan, leaves the cluster only.
    if (!process.env.TOFU) expect(await simulation.resources()).toEqual(protectedOnes);
    for (const unit of [standby, primary]) {
      unit.change({ deletion_protection: false });
      await simulation.run(unit.root, 'apply');
      if (unit === standby) expect(await forwarding()).toEqual([false, undefined]);
      await simulation.run(unit.root, 'destroy');
    }
    expect(await leftOver()).toEqual([]);
  },
  300_000,
);

testWithSources(
  'no change of role replaces a cluster, and a wrong one is noticed',
  async () => {
    const primary = await makeUnit(PRIMARY, PRIMARY_INPUTS);
    await simulation.run(primary.root, 'apply');
    const standby = await makeUnit(STANDBY, STANDBY_INPUTS);
    await simulation.run(standby.root, 'apply');

    // AWS fails over; nobody has told the variables yet.
    const global = await find('aws_rds_global_cluster');
    changeByHand(global, {
      global_cluster_members: global.attributes.global_cluster_members.map(
        (member: { is_writer: boolean }) => ({ ...member, is_writer: !member.is_writer }),
      ),
    });
    for (const [{ root }, now] of [
      [primary, 'role is primary, but AWS says that hello-test in eu-west-1 follows'],
      [standby, 'role is secondary, but AWS says that hello-test in eu-central-1 takes writes'],
    ] as const)
      expect(oneLine(await simulation.run(root, 'plan'))).toContain(now);

    // Then the variables follow.
    primary.change({ role: 'secondary' });
    standby.change({ role: 'primary', instance_zones: zonesOf(STANDBY) });
    for (const { root } of [primary, standby]) {
      const plan = await simulation.plan(root);
      const actions = actionsOf(plan);
      expect(Object.values(actions)).not.toContain('replace');
      for (const address of [CLUSTER, 'aws_rds_global_cluster.this[0]'])
        expect(actions[address] ?? 'update').toBe('update');
      expect(oneLine(await simulation.run(root, 'plan'))).not.toContain('AWS says');
    }
    const actions = actionsOf(await simulation.plan(standby.root));
    expect(actions['aws_secretsmanager_secret_rotation.this["application"]']).toBe('create');
    expect(actions['aws_secretsmanager_secret_rotation.this["migration"]']).toBe('create');
    expect(actions[`module.cluster.aws_rds_cluster_instance.this["${STANDBY}a"]`]).toBe('create');
  },
  300_000,
);

testWithSources(
  'after an apply that broke off anywhere, secret and cluster agree',
  async () => {
    const unit = await makeUnit(PRIMARY, PRIMARY_INPUTS);
    const breakOff = async (faults: Faults) => {
      simulation.faults(faults);
      // One at a time, so that what dies is the one write, not another whose answer was under way.
      const { exitCode } = await simulation.tofu(unit.root, 'apply', '-parallelism=1');
      expect(exitCode).not.toBe(0);
      simulation.faults({});
    };
    await breakOff({ crash: 8 });
    await breakOff({ deny: ['create aws_rds_cluster'] });
    await breakOff({ deny: ['create aws_rds_cluster_instance'] });
    await simulation.run(unit.root, 'apply');
    expect(await masterSecret()).toBe(await masterPassword());

    unit.change({ master_password_version: 2 });
    const first = await masterPassword();
    // The first write is the secret's, the second the cluster's.
    await breakOff({ crash: 2 });
    expect(await masterPassword()).toBe(first);
    await simulation.run(unit.root, 'apply');
    const second = await masterPassword();
    expect(second).not.toBe(first);
    expect(await masterSecret()).toBe(second);

    // Refused by AWS it is in the state all the same: README.md says to raise the version once more.
    unit.change({ master_password_version: 3 });
    await breakOff({ deny: ['change aws_rds_cluster'] });
    unit.change({ master_password_version: 4 });
    await simulation.run(unit.root, 'apply');
    expect(actionsOf(await simulation.plan(unit.root))).toEqual({});
    expect(await masterPassword()).not.toBe(second);
    expect(await masterSecret()).toBe(await masterPassword());
  },
  300_000,
);

testWithSources(
  'no password is in plan, state or output, and drift is mended',
  async () => {
    const { root } = await makeUnit(PRIMARY, PRIMARY_INPUTS);
    const plan = JSON.stringify(await simulation.plan(root));
    const output = await simulation.run(root, 'apply', 'plan');
    const password = await masterPassword();
    const again = JSON.stringify(await simulation.plan(root));
    const state = await Bun.file(join(root, 'terraform.tfstate')).text();
    expect(state).toContain('hello_master');
    for (const text of [plan, output, again, state]) expect(text).not.toContain(password);

    changeByHand(await find('aws_rds_cluster'), { deletion_protection: false });
    changeByHand(await find('aws_secretsmanager_secret_rotation'), {
      rotation_rules: [{ automatically_after_days: 900 }],
    });
    expect(Object.values(actionsOf(await simulation.plan(root)))).toEqual(['update', 'update']);
    await simulation.run(root, 'apply', 'plan');
    expect((await find('aws_rds_cluster')).attributes.deletion_protection).toBe(true);

    // A rotation moves the label; Terraform leaves it there.
    const initial = (await simulation.resources()).filter(
      ({ type, attributes }) =>
        type === 'aws_secretsmanager_secret_version' &&
        attributes.version_stages?.includes('INITIAL'),
    );
    expect(initial).toHaveLength(2);
    for (const version of initial) changeByHand(version, { version_stages: ['INITIAL'] });
    expect(actionsOf(await simulation.plan(root))).toEqual({});
  },
  300_000,
);

testWithSources(
  'regions that the account lacks, and a missing archive of the function are refused',
  async () => {
    const { root, change } = await makeUnit(PRIMARY, PRIMARY_INPUTS);
    change({ replica_regions: ['eu-centrl-1'] });
    const unknown = oneLine((await simulation.tofu(root, 'plan')).stderr);
    expect(unknown).toContain(
      'replica_regions is ["eu-centrl-1"], of which the account has no eu-',
    );
    change({});
    const copy = join(root, 'copy');
    cpSync(join(import.meta.dir, '..'), copy, { recursive: true });
    rmSync(join(copy, 'rotation.zip'));
    const file = join(root, 'main.tf.json');
    writeFileSync(file, (await Bun.file(file).text()).replace(`./modules/${MODULE}`, './copy'));
    await simulation.run(root, 'init');
    const { exitCode, stderr } = await simulation.tofu(root, 'plan');
    expect(exitCode).toBe(1);
    expect(oneLine(stderr)).toContain('rotation.zip is missing: build it with `bun run build`');
  },
  120_000,
);

/** Diagnostics are wrapped to the width of a terminal. */
const oneLine = (text: string): string => text.replaceAll(/[\s│]+/g, ' ');

/** The master password that Secrets Manager has. */
const masterSecret = async (): Promise<unknown> => {
  const versions = (await simulation.resources()).filter(
    ({ type, attributes, write_only }) =>
      type === 'aws_secretsmanager_secret_version' &&
      write_only &&
      attributes.version_stages?.includes('AWSCURRENT'),
  );
  expect(versions).toHaveLength(1);
  return JSON.parse(String(versions[0]?.write_only?.secret_string_wo)).password;
};

/** Each takes one promise away: every resource of a type gets these attributes. */
const WEAKENINGS: readonly (readonly [fault: string, type: string, attributes: object])[] = [
  [
    'not one instance in each zone',
    'aws_rds_cluster_instance',
    { availability_zone: 'eu-west-1a' },
  ],
  ['an instance has a public address', 'aws_rds_cluster_instance', { publicly_accessible: true }],
  ['an instance upgrades itself', 'aws_rds_cluster_instance', { auto_minor_version_upgrade: true }],
  ['no key of the region of its own', 'aws_rds_cluster', { storage_encrypted: false }],
  ['no key of the region of its own', 'aws_rds_cluster', { kms_key_id: 'alias/aws/rds' }],
  ['no key of the region of its own', 'aws_kms_key', { enable_key_rotation: false }],
  ['no Database Insights with our key', 'aws_rds_cluster', { performance_insights_enabled: false }],
  ['no deletion protection', 'aws_rds_cluster', { deletion_protection: false }],
  ['backups of less than a week', 'aws_rds_cluster', { backup_retention_period: 1 }],
  ['connections without TLS', 'aws_rds_cluster_parameter_group', { parameter: [] }],
  [
    'the log has the values of statements',
    'aws_rds_cluster_parameter_group',
    { parameter: [{ name: 'rds.force_ssl', value: '1' }] },
  ],
  [
    'others than clients and rotation may enter',
    'aws_vpc_security_group_ingress_rule',
    { referenced_security_group_id: null, cidr_ipv4: '0.0.0.0/0' },
  ],
  [
    'others than clients and rotation may enter',
    'aws_vpc_security_group_ingress_rule',
    { from_port: 0 },
  ],
  ['a secret has no key of ours', 'aws_secretsmanager_secret', { kms_key_id: null }],
  ['a secret is not rotated', 'aws_secretsmanager_secret_rotation', { rotation_enabled: false }],
  ['a log has no key of ours', 'aws_cloudwatch_log_group', { kms_key_id: null }],
];

const REFUSALS: readonly Refusal[] = [
  [{ name: 'Hello' }, 'name is "Hello": set 2 to 32 lower-case letters'],
  [{ name: 'hello--prod' }, 'name is "hello--prod": set 2 to 32 lower-case letters'],
  [{ region: 'Ireland' }, 'region is "Ireland": set the code of a region'],
  [{ account_id: '12' }, 'account_id is "12": set the 12 digits'],
  [{ origin: 'copy' }, 'origin is "copy": set primary or secondary'],
  [
    { origin: 'secondary', primary_region: STANDBY },
    'origin is secondary, but global_cluster_identifier is null',
  ],
  [{ role: 'writer' }, 'role is "writer": set primary or secondary'],
  [{ role: 'secondary' }, 'role is secondary, but global_cluster_identifier is null'],
  [{ global_cluster_identifier: 'A B' }, 'global_cluster_identifier is "A B": set 1 to 63'],
  [{ primary_region: STANDBY }, 'origin is primary and primary_region is "eu-central-1"'],
  [
    { origin: 'secondary', global_cluster_identifier: 'x' },
    'origin is secondary and primary_region is null',
  ],
  [
    { origin: 'secondary', global_cluster_identifier: 'x', primary_region: PRIMARY },
    'primary_region is the region of this cluster, eu-west-1',
  ],
  [
    {
      ...{ origin: 'secondary', global_cluster_identifier: 'x', primary_region: STANDBY },
      replica_regions: [STANDBY],
    },
    'replica_regions is ["eu-central-1"], but origin is secondary',
  ],
  [{ replica_regions: [PRIMARY] }, 'replica_regions names eu-west-1, where the secrets are'],
  [{ application_subnet_ids: ['subnet-1'] }, 'application_subnet_ids has 1 entries'],
  [{ instance_zones: [] }, 'instance_zones is empty, but role is primary'],
  [{ instance_zones: ['eu-west-1a', 'eu-west-1a'] }, 'instance_zones names a zone twice'],
  [
    { instance_zones: ['eu-west-1d'] },
    'instance_zones is ["eu-west-1d"], but the network has ["eu-west-1a"',
  ],
  [{ instance_zones: ['us-east-1a'] }, 'set zones of eu-west-1, such as eu-west-1a'],
  [{ write_forwarding: true }, 'write_forwarding is true, but role is primary'],
  [
    {
      ...{ role: 'secondary', global_cluster_identifier: 'x' },
      write_forwarding: true,
      instance_zones: [],
    },
    'write_forwarding is true, but instance_zones is empty',
  ],
  [{ instance_class: 'large' }, 'instance_class is "large": set a class such as db.r8g.large'],
  [{ instance_class: 'db.r8g.huge' }, 'instance_class is "db.r8g.huge": set a class such as'],
  [{ permissions_boundary_arn: 'bounds' }, 'permissions_boundary_arn is "bounds": set the ARN'],
  [
    { instance_class: 'db.t4g.medium', global_cluster_identifier: 'x' },
    'instance_class is "db.t4g.medium": a global database needs a class for memory',
  ],
  [{ instance_class: 'db.serverless' }, 'instance_class is db.serverless and serverless_capacity'],
  [
    { instance_class: 'db.serverless', serverless_capacity: { minimum: 0.7, maximum: 4 } },
    'set a minimum of at least 0.5 and a maximum of 1 to 256, in steps of 0.5',
  ],
  [{ engine_version: '17' }, 'engine_version is "17": set major and minor version, 16 to 18'],
  [{ database_name: 'my-data' }, 'database_name is "my-data": set 1 to 63 lower-case letters'],
  [{ backup_retention_days: 36 }, 'backup_retention_days is 36: set a whole number from 1 to 35'],
  [{ backup_window: 'at night' }, 'backup_window is "at night": set two times'],
  [{ maintenance_window: 'sunday' }, 'maintenance_window is "sunday": set two days and times'],
  ...[
    ['04:00-05:00', 'tue:03:30-tue:04:30'],
    ['03:00-04:00', 'tue:03:30-tue:04:30'],
    ['23:30-00:30', 'mon:00:00-mon:01:00'],
    ['00:00-01:00', 'sun:23:30-mon:00:30'],
  ].map(
    ([backup_window, maintenance_window]): Refusal => [
      { backup_window, maintenance_window },
      `backup_window ${backup_window} and maintenance_window ${maintenance_window} overlap`,
    ],
  ),
  [{ backup_window: '02:00-02:29' }, 'backup_window 02:00-02:29 or maintenance_window tue:03:30'],
  [{ maintenance_window: 'tue:03:30-tue:03:59' }, 'tue:03:30-tue:03:59 is too short: set half an'],
  [{ insights_mode: 'most' }, 'insights_mode is "most": set standard or advanced'],
  [{ log_retention_days: 31 }, 'log_retention_days is 31: set a number that CloudWatch Logs'],
  [{ master_password_version: 0 }, 'master_password_version is 0: set a whole number from 1'],
  [{ rotation_days: 0 }, 'rotation_days is 0: set a whole number from 1 to 1000'],
  [{ deletion_days: 31 }, 'deletion_days is 31: set a whole number from 7 to 30'],
];

const RIGHT = {
  ...{ name: 'hello-test', region: PRIMARY, account_id: ACCOUNT_ID },
  ...{ vpc_id: 'vpc-1', database_subnet_group_name: 'hello-test' },
  ...{ application_subnet_ids: ['subnet-1', 'subnet-2'] },
  ...{ zones: zonesOf(PRIMARY), instance_zones: zonesOf(PRIMARY) },
  ...{ instance_class: 'db.r8g.large', engine_version: '17.7' },
};

const CALL = { module: MODULE, inputs: RIGHT };

testInterfaces(CALL);
testRefusals(CALL, REFUSALS);
