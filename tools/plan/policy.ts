/**
 * What a plan may never do: `bun tools/plan/policy.ts FOLDER` reads every `<unit>.json` below it, and ends with 1 and a line
 * for each thing. What is known only after the apply can't be told here; the tests of modules/ tell it of the whole account.
 */
import { join } from 'node:path';
import { Glob } from 'bun';
import { type Plan, type ResourceChange, readPlan } from './plan.ts';

type Values = Readonly<Record<string, unknown>>;

const list = (value: unknown): unknown[] =>
  value === undefined || value === null ? [] : Array.isArray(value) ? value : [value];

const ANYBODY = ['0.0.0.0/0', '::/0'];
const anybody = (...ranges: readonly unknown[]): boolean =>
  ranges.flatMap(list).some((range) => ANYBODY.includes(String(range)));

/** Types that hold what can't be made again. */
const STORES = new Set([
  ...['aws_db_instance', 'aws_dynamodb_table', 'aws_ebs_volume', 'aws_ecr_repository'],
  ...['aws_efs_file_system', 'aws_kms_key', 'aws_rds_cluster', 'aws_rds_global_cluster'],
  ...['aws_route53_zone', 'aws_s3_bucket', 'aws_secretsmanager_secret'],
]);

/** The argument that encrypts, by type; with a key of ours where it names one. */
const ENCRYPTED_BY: Readonly<Record<string, string>> = {
  aws_db_instance: 'storage_encrypted',
  aws_ebs_volume: 'encrypted',
  aws_efs_file_system: 'encrypted',
  aws_rds_cluster: 'storage_encrypted',
  aws_rds_global_cluster: 'storage_encrypted',
};

/** Whether a statement lets everything of a service, or everything, be done on everything. */
const isWild = ({ Effect, Action, Resource, Condition }: Values): boolean =>
  Effect === 'Allow' &&
  !Condition &&
  list(Resource).includes('*') &&
  list(Action).some((action) => /^(\*|[\w-]+:\*)$/.test(String(action)));

const statementsOf = (policy: unknown): Values[] =>
  typeof policy === 'string' ? (list(JSON.parse(policy).Statement) as Values[]) : [];

interface Rule {
  readonly says: string;
  readonly types: RegExp;
  /** Of what the resource is to be, and what of it is known only after the apply. */
  readonly broken: (after: Values, unknown: Values, change: ResourceChange) => boolean;
}

const RULES: readonly Rule[] = [
  {
    says: 'lets anybody in',
    types: /^aws_(default_)?security_group$/,
    broken: ({ ingress }) =>
      list(ingress).some((rule) => {
        const { cidr_blocks, ipv6_cidr_blocks } = rule as Values;
        return anybody(cidr_blocks, ipv6_cidr_blocks);
      }),
  },
  {
    says: 'lets anybody in',
    types: /^aws_security_group_rule$/,
    broken: ({ type, cidr_blocks, ipv6_cidr_blocks }) =>
      type === 'ingress' && anybody(cidr_blocks, ipv6_cidr_blocks),
  },
  {
    says: 'lets anybody in',
    types: /^aws_vpc_security_group_ingress_rule$/,
    broken: ({ cidr_ipv4, cidr_ipv6 }) => anybody(cidr_ipv4, cidr_ipv6),
  },
  {
    says: 'has a public address',
    types: /^aws_(db_instance|rds_cluster_instance)$/,
    broken: ({ publicly_accessible }) => publicly_accessible === true,
  },
  {
    says: 'is not encrypted',
    types: new RegExp(`^(${Object.keys(ENCRYPTED_BY).join('|')})$`),
    broken: (after, unknown, { type }) => {
      const argument = ENCRYPTED_BY[type] ?? '';
      return after[argument] !== true && !unknown[argument];
    },
  },
  {
    says: 'is not encrypted by a key of ours',
    types: /^aws_(secretsmanager_secret|cloudwatch_log_group)$/,
    broken: ({ kms_key_id }, unknown) => !kms_key_id && !unknown.kms_key_id,
  },
  {
    says: 'is a key that never rotates',
    types: /^aws_kms_key$/,
    // AWS rotates no asymmetric ones.
    broken: ({ enable_key_rotation, customer_master_key_spec: spec }, unknown) =>
      [undefined, null, 'SYMMETRIC_DEFAULT'].includes(spec as string) &&
      enable_key_rotation !== true &&
      !unknown.enable_key_rotation,
  },
  {
    says: 'is a role without a boundary',
    types: /^aws_iam_role$/,
    // Those of the pipelines, which a person applies.
    broken: ({ permissions_boundary, path }, unknown) =>
      path !== '/delivery/' && !permissions_boundary && !unknown.permissions_boundary,
  },
  {
    says: 'allows everything of a service on everything',
    types: /^aws_iam_(policy|role_policy)$/,
    // A boundary there grants nothing.
    broken: ({ policy, path }) => path !== '/delivery/' && statementsOf(policy).some(isWild),
  },
];

/** What a plan would do and may never, a line each. */
export const violations = ({ resource_changes = [] }: Plan): string[] =>
  resource_changes
    .filter(({ mode }) => mode === 'managed')
    .flatMap((resource) => {
      const { address, type, change } = resource;
      const { actions, after, after_unknown } = change;
      const deleted = actions.includes('delete') && STORES.has(type);
      const made = actions.includes('create') || actions.includes('update');
      const broken = RULES.filter(
        ({ types, broken }) =>
          made &&
          types.test(type) &&
          broken((after ?? {}) as Values, (after_unknown ?? {}) as Values, resource),
      );
      return [
        ...(deleted ? [`${address}: would be deleted, with what it holds`] : []),
        ...broken.map(({ says }) => `${address}: ${says}`),
      ];
    });

if (import.meta.main) {
  const [folder, ...others] = process.argv.slice(2);
  if (!folder || others.length > 0) {
    console.error('usage: bun tools/plan/policy.ts FOLDER');
    process.exit(2);
  }
  let found = 0;
  for (const file of [...new Glob('**/*.json').scanSync({ cwd: folder })].toSorted())
    for (const line of violations(await readPlan(join(folder, file)))) {
      console.log(`${file.replace(/\.json$/, '')}: ${line}`);
      found++;
    }
  process.exit(found > 0 ? 1 : 0);
}
