/** Plans of a simulated account, compared and summarised. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, spyOn, test } from 'bun:test';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Simulation, startSimulation } from '../../aws-simulation/simulation.ts';
import { differences } from '../compare.ts';
import type { Plan } from '../plan.ts';
import { summary } from '../summary.ts';
import { planUnits } from '../units.ts';

// OpenTofu takes its time on a machine that others use too.
setDefaultTimeout(180_000);

const SECRET = 'a value that nobody reads';

const code = (vpc: string, subnet = '') => `
terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 6.28"
    }
  }
}
provider "aws" {
  region = "eu-west-1"
}
variable "secret" {
  type      = string
  sensitive = true
}
variable "zone" {
  type = string
}
resource "aws_vpc" "this" {
  ${vpc}
}
resource "aws_subnet" "this" {
  vpc_id            = aws_vpc.this.id
  cidr_block        = "10.0.1.0/24"
  availability_zone = var.zone
  tags              = { secret = var.secret }
}
${subnet}
output "vpc_id" {
  value = aws_vpc.this.id
}
`;

const FIRST = 'cidr_block = "10.0.0.0/16"';
const TAGGED = `${FIRST}\n  tags = { account = "arn:aws:iam::123456789012:role/x", pipe = "a|b" }`;
const ANOTHER = 'cidr_block = "10.0.0.0/20"';

let simulation: Simulation;
let root: string;
const plans: Record<'create' | 'mocked' | 'tagged' | 'again' | 'replaced' | 'removed', Plan> =
  {} as never;

beforeAll(async () => {
  simulation = await startSimulation();
  root = simulation.root({ 'main.tf': code(FIRST) });
  await simulation.run(root, 'init');
  const plan = (text: string, zone = 'eu-west-1a', secret = SECRET): Promise<Plan> => {
    writeFileSync(join(root, 'main.tf'), text);
    return simulation.plan(root, `-var=secret=${secret}`, `-var=zone=${zone}`);
  };
  mkdirSync(join(root, '123456789012'));
  plans.mocked = await plan(code(FIRST), 'zone-mock');
  plans.create = await plan(code(FIRST));
  await simulation.run(root, 'apply', 'plan');
  plans.tagged = await plan(code(TAGGED));
  plans.again = await plan(code(TAGGED), 'eu-west-1a', 'another that nobody reads');
  plans.replaced = await plan(code(ANOTHER));
  plans.removed = await plan(code(FIRST).replace(/resource "aws_subnet"[\s\S]*?\n}\n/, ''));
});
afterAll(() => simulation.stop());

const imported = (id?: string): Plan => ({
  resource_changes: [
    {
      address: 'aws_iam_role.this',
      type: 'aws_iam_role',
      mode: 'managed',
      change: { actions: ['no-op'], before: {}, after: {}, ...(id && { importing: { id } }) },
    },
  ],
});

describe('a plan', () => {
  test('does what was reviewed when it is the same', () => {
    for (const plan of Object.values(plans)) expect(differences(plan, plan)).toEqual([]);
  });

  test('may know what was unknown or assumed at the review, and nothing else', () => {
    expect(differences(plans.mocked, plans.create)).toEqual([]);
    const [line, ...others] = differences(plans.create, plans.mocked);
    expect(others).toEqual([]);
    expect(line).toBe(
      'aws_subnet.this.availability_zone: "eu-west-1a" was reviewed, now "zone-mock"',
    );
    const known = structuredClone(plans.create) as never as {
      resource_changes: { change: { after: { id?: string }; after_unknown: { id?: boolean } } }[];
    };
    for (const { change } of known.resource_changes) {
      change.after.id = 'known-1';
      change.after_unknown.id = false;
    }
    expect(differences(plans.create, known as never)).toEqual([]);
    expect(differences(known as never, plans.create)).not.toEqual([]);
  });

  test('does something else with another action, resource, value or reason', () => {
    expect(differences(plans.tagged, plans.create)).toContain(
      'aws_vpc.this: update was reviewed, now create',
    );
    expect(differences(plans.tagged, plans.removed)).toEqual([
      'aws_subnet.this: delete, which was not reviewed',
      'aws_vpc.this: update was reviewed, now nothing',
    ]);
    expect(differences(plans.removed, plans.replaced)).toContain(
      'aws_subnet.this: delete was reviewed, now delete and create, because of vpc_id',
    );
  });

  test('is told without sensitive values', () => {
    // The secret alone differs, so the subnet is changed too.
    const lines = differences(plans.tagged, plans.again);
    expect(lines).toEqual(['aws_subnet.this: update, which was not reviewed']);
    const other = JSON.parse(JSON.stringify(plans.create).replaceAll(SECRET, 'another'));
    expect(differences(plans.create, other)).toEqual([
      'aws_subnet.this.tags.secret: (sensitive) was reviewed, now (sensitive)',
      'aws_subnet.this.tags_all.secret: (sensitive) was reviewed, now (sensitive)',
    ]);
  });

  test('does something when it only takes over what is there', () => {
    expect(summary(new Map([['unit', imported('admin')]]))).toStartWith('### unit: 1 to import\n');
    expect(summary(new Map([['unit', imported('admin')]]))).toContain(
      '| import | `aws_iam_role.this` | `admin` |',
    );
    expect(differences({}, imported('admin'))).toEqual([
      'aws_iam_role.this: no-op, imported from admin, which was not reviewed',
    ]);
    expect(differences(imported('one'), imported('other'))).toEqual([
      'aws_iam_role.this: no-op, imported from one was reviewed, now no-op, imported from other',
    ]);
    expect(differences({}, imported())).toEqual([]);
  });

  test('is held to a reviewed value that has the letters of a mock, or is not one of the plan', () => {
    const named = (name: string, zone: string): Plan => ({
      variables: { zone: { value: zone } },
      resource_changes: [
        {
          address: 'aws_vpc.this',
          type: 'aws_vpc',
          mode: 'managed',
          change: { actions: ['create'], before: null, after: { name } },
        },
      ],
    });
    const other = named('other', 'zone');
    expect(differences(named('hammock', 'zone'), other)).toHaveLength(1);
    expect(differences(named('hammock', 'hammock'), other)).toHaveLength(1);
    expect(differences(named('mock-name', 'zone'), other)).toHaveLength(1);
    expect(differences(named('mock-name', 'sg-mock1'), other)).toHaveLength(1);
    expect(differences(named('in ZMOCK', 'ZMOCK'), other)).toEqual([]);
    expect(differences(named('in sg-mock1', 'sg-mock1'), other)).toEqual([]);
  });

  test('is not another for the order in a policy', () => {
    const policy = (text: string): Plan => ({
      resource_changes: [
        {
          address: 'aws_iam_policy.this',
          type: 'aws_iam_policy',
          mode: 'managed',
          change: { actions: ['create'], before: null, after: { policy: text } },
        },
      ],
    });
    expect(differences(policy('{"a": 1, "b": [2]}'), policy('{"b":[2],"a":1}'))).toEqual([]);
    expect(differences(policy('{"a": 1}'), policy('{"a": 2}'))).toEqual([
      'aws_iam_policy.this.policy.a: 1 was reviewed, now 2',
    ]);
  });
});

describe('a summary', () => {
  test('counts and names what happens, the gravest first', () => {
    const text = summary(new Map([['dev/eu-west-1/shared/network', plans.replaced]]));
    expect(text).toStartWith('### dev/eu-west-1/shared/network: 2 to replace\n');
    expect(text).toContain('| replace | `aws_subnet.this` | because of `vpc_id` |');
    expect(text).toContain('| replace | `aws_vpc.this` | because of `cidr_block` |');
    expect(summary(new Map([['unit', plans.removed]]))).toContain('| destroy | `aws_subnet.this`');
    expect(summary(new Map([['unit', { resource_changes: [] }]]))).toBe('### unit: nothing\n');
    expect(summary(new Map())).toBe('No unit is affected.\n');
  });

  test('tells what changes, without secrets and accounts, in whole cells', () => {
    const text = summary(new Map([['unit', plans.again]]));
    expect(text).toContain('### unit: 2 to change');
    expect(text).toContain(
      '`tags.account`: `nothing` → `"arn:aws:iam::…:role/x"`<br>`tags.pipe`: `nothing` → `"a¦b"`',
    );
    expect(text).toContain('`tags.secret`: `(sensitive)` → `(sensitive)`');
    for (const secret of [SECRET, 'another that nobody reads', '123456789012'])
      expect(text).not.toContain(secret);
  });

  test('has no account in an address or of what is imported, nor has the log of a failure', async () => {
    const address = 'aws_iam_role.this["arn:aws:iam::123456789012:role/x"]';
    const moved = imported('123456789012/x').resource_changes?.map((change) => ({
      ...change,
      address,
      previous_address: address,
    }));
    const text = summary(new Map([['unit', { resource_changes: moved }]]));
    expect(text).toContain('arn:aws:iam::…:role/x');
    expect(text).not.toContain('123456789012');
    const log = spyOn(console, 'error').mockImplementation(() => {});
    try {
      expect(await planUnits(root, join(root, 'plans'), ['123456789012'])).toMatchObject({
        failed: ['123456789012'],
      });
      expect(log.mock.calls.join()).toContain('…');
      expect(log.mock.calls.join()).not.toContain('123456789012');
    } finally {
      log.mockRestore();
    }
  });

  test('marks what was made on mocks', () => {
    expect(summary(new Map([['unit', plans.mocked]]))).toContain(
      "**Made on mocks** of what isn't applied yet: `zone`.",
    );
    expect(summary(new Map([['unit', plans.create]]))).not.toContain('mocks');
  });

  test('is no longer than a comment may be', () => {
    const many = Array.from({ length: 500 }, (_, index): [string, Plan] => [
      `unit-${index}`,
      plans.create,
    ]);
    const text = summary(new Map(many));
    expect(text.length).toBeLessThan(65_536);
    expect(text).toMatch(/\d+ units are left out/);
  });
});

describe('the commands', () => {
  const call = (program: string, ...words: readonly string[]) => {
    const { exitCode, stdout, stderr } = Bun.spawnSync(
      [process.execPath, join(import.meta.dir, '..', program), ...words],
      { stdio: ['ignore', 'pipe', 'pipe'] },
    );
    return { status: exitCode, output: `${stdout}${stderr}` };
  };

  test('read files, and tell by their status', () => {
    const folder = mkdtempSync(join(tmpdir(), 'hello-plan-'));
    try {
      mkdirSync(join(folder, 'dev/shared'), { recursive: true });
      const file = (name: string, value: unknown): string => {
        writeFileSync(join(folder, name), JSON.stringify(value));
        return join(folder, name);
      };
      const create = file('dev/shared/network.json', plans.create);
      expect(call('summary.ts', folder).output).toStartWith('### dev/shared/network: 2 to create');
      const tagged = file('tagged.json', plans.tagged);
      expect(call('compare.ts', create, create)).toEqual({ status: 0, output: '' });
      expect(call('compare.ts', create, tagged)).toMatchObject({
        status: 3,
        output: expect.stringContaining('aws_vpc.this: create was reviewed, now update'),
      });
      expect(call('compare.ts', create, file('mocked.json', plans.mocked))).toMatchObject({
        status: 1,
        output: expect.stringContaining("is made on mocks, and can't be applied: zone"),
      });
      expect(call('compare.ts', create, file('other.json', {}))).toMatchObject({ status: 1 });
      expect(
        call('compare.ts', create, file('failed.json', { format_version: '1.2', errored: true })),
      ).toMatchObject({ status: 1, output: expect.stringContaining('planning that failed') });
      expect(call('compare.ts', create)).toMatchObject({ status: 1 });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
