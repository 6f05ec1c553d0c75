import { expect, test } from 'bun:test';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Plan } from '../plan.ts';
import { violations } from '../policy.ts';

type Values = Record<string, unknown>;

const plan = (
  type: string,
  after: Values | null,
  actions = ['create'],
  after_unknown = {},
): Plan => ({
  resource_changes: [
    {
      ...{ address: `${type}.this`, type, mode: 'managed' },
      change: { actions, before: null, after, after_unknown },
    },
  ],
});

const policy = (statement: Values): Values => ({
  policy: JSON.stringify({ Statement: [statement] }),
});
const ALL = { Effect: 'Allow', Action: 'rds:*', Resource: '*' };

/** What is said, of what, and of the same where nothing is wrong. */
const RULES: readonly [says: string, type: string, wrong: Values, right: Values][] = [
  [
    'lets anybody in',
    'aws_security_group',
    { ingress: [{ cidr_blocks: ['0.0.0.0/0'] }] },
    { ingress: [{ cidr_blocks: ['10.0.0.0/16'] }], egress: [{ cidr_blocks: ['0.0.0.0/0'] }] },
  ],
  [
    'lets anybody in',
    'aws_security_group_rule',
    { type: 'ingress', ipv6_cidr_blocks: ['::/0'] },
    { type: 'egress', cidr_blocks: ['0.0.0.0/0'] },
  ],
  [
    'lets anybody in',
    'aws_vpc_security_group_ingress_rule',
    { cidr_ipv4: '0.0.0.0/0' },
    { cidr_ipv4: '10.0.0.0/16' },
  ],
  [
    'has a public address',
    'aws_rds_cluster_instance',
    { publicly_accessible: true },
    { publicly_accessible: false },
  ],
  ['is not encrypted', 'aws_rds_cluster', {}, { storage_encrypted: true }],
  ['is not encrypted', 'aws_ebs_volume', { encrypted: false }, { encrypted: true }],
  [
    'is not encrypted by a key of ours',
    'aws_secretsmanager_secret',
    { kms_key_id: null },
    { kms_key_id: 'arn:aws:kms:eu-west-1:123456789012:key/1' },
  ],
  [
    'is a key that never rotates',
    'aws_kms_key',
    { enable_key_rotation: false },
    { enable_key_rotation: false, customer_master_key_spec: 'ECC_NIST_P256' },
  ],
  [
    'is a role without a boundary',
    'aws_iam_role',
    { path: '/' },
    { path: '/', permissions_boundary: 'arn:aws:iam::123456789012:policy/b' },
  ],
  [
    'allows everything of a service on everything',
    'aws_iam_policy',
    policy(ALL),
    policy({ ...ALL, Resource: 'arn:aws:rds:eu-west-1:123456789012:db:hello' }),
  ],
  [
    'allows everything of a service on everything',
    'aws_iam_role_policy',
    policy({ ...ALL, Action: ['s3:GetObject', '*'] }),
    policy({ ...ALL, Effect: 'Deny' }),
  ],
];

for (const [says, type, wrong, right] of RULES)
  test(`a plan never has a ${type} that ${says}`, () => {
    expect(violations(plan(type, wrong))).toEqual([`${type}.this: ${says}`]);
    expect(violations(plan(type, wrong, ['update']))).toEqual([`${type}.this: ${says}`]);
    expect(violations(plan(type, wrong, ['no-op']))).toEqual([]);
    expect(violations(plan(type, right))).toEqual([]);
  });

test('a plan never deletes or replaces what stores', () => {
  for (const actions of [['delete'], ['create', 'delete']])
    expect(violations(plan('aws_rds_cluster', { storage_encrypted: true }, actions))).toEqual([
      'aws_rds_cluster.this: would be deleted, with what it holds',
    ]);
  expect(violations(plan('aws_vpc', null, ['delete']))).toEqual([]);
});

test('what is known only after the apply is not held against a plan', () => {
  const unknown = { permissions_boundary: true };
  expect(violations(plan('aws_iam_role', {}, ['create'], unknown))).toEqual([]);
});

test('the command names the unit, and ends with 1', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hello-policy-'));
  const call = (after: Values) => {
    const made = { format_version: '1.2', ...plan('aws_kms_key', after) };
    writeFileSync(join(folder, 'unit.json'), JSON.stringify(made));
    const { exitCode, stdout } = Bun.spawnSync([
      ...[process.execPath, join(import.meta.dir, '../policy.ts'), folder],
    ]);
    return { status: exitCode, output: `${stdout}` };
  };
  try {
    expect(call({})).toEqual({
      status: 1,
      output: 'unit: aws_kms_key.this: is a key that never rotates\n',
    });
    expect(call({ enable_key_rotation: true })).toEqual({ status: 0, output: '' });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
