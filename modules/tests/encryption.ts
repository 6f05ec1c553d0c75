/** What an account stores, under which key, and who may use that. */
import { committed } from '../../tools/aws-simulation/extract/schema.ts';
import type { Resource } from '../../tools/aws-simulation/simulation.ts';
import { namer, type Rows, sorted, tableOf } from './names.ts';
import {
  type Context,
  listOf,
  may,
  resourcePolicies,
  rolesOf,
  type Statement,
} from './permissions.ts';
import { principalsOf } from './policies.ts';

type Attributes = Resource['attributes'];

/** Something stored: what, and the key as the argument names it. */
type Stored = readonly [what: string, key: string | undefined];

/** What each type stores; nothing, where another type of the list tells of it. */
const STORES: Readonly<Record<string, (attributes: Attributes, all: All) => Stored[]>> = {
  aws_cloudwatch_log_group: ({ name, kms_key_id }) => [[`log group ${name}`, kms_key_id]],
  aws_ecr_repository: ({ name, encryption_configuration }) => [
    [`repository ${name}`, listOf(encryption_configuration)[0]?.kms_key],
  ],
  aws_ecr_repository_creation_template: ({ prefix, encryption_configuration }) => [
    [`copied repositories ${prefix}/*`, listOf(encryption_configuration)[0]?.kms_key],
  ],
  aws_eks_cluster: ({ name, encryption_config }) => [
    [`Kubernetes objects of ${name}`, listOf(listOf(encryption_config)[0]?.provider)[0]?.key_arn],
  ],
  aws_lambda_function: ({ function_name, kms_key_arn }) => [
    [`environment of function ${function_name}`, kms_key_arn],
  ],
  aws_rds_cluster: ({ cluster_identifier, kms_key_id, performance_insights_kms_key_id }) => [
    [`database ${cluster_identifier}, backups`, kms_key_id],
    [`insights of database ${cluster_identifier}`, performance_insights_kms_key_id],
  ],
  aws_rds_cluster_instance: () => [],
  aws_rds_global_cluster: () => [],
  aws_s3_bucket: ({ bucket }, all) => {
    const configuration = all('aws_s3_bucket_server_side_encryption_configuration').find(
      (each) => each.bucket === bucket,
    );
    const [rule] = listOf(configuration?.rule);
    const [byDefault] = listOf(rule?.apply_server_side_encryption_by_default);
    return [[`bucket ${bucket}`, byDefault?.kms_master_key_id]];
  },
  aws_s3_bucket_server_side_encryption_configuration: () => [],
  aws_scheduler_schedule: ({ name, kms_key_arn }) => [[`schedule ${name}`, kms_key_arn]],
  aws_secretsmanager_secret: ({ name, kms_key_id }) => [[`secret ${name}`, kms_key_id]],
  aws_sns_topic: ({ name, kms_master_key_id }) => [
    [`messages of topic ${name}`, kms_master_key_id],
  ],
  aws_sqs_queue: ({ name, kms_master_key_id }) => [
    [`messages of queue ${name}`, kms_master_key_id],
  ],
};

/** Arguments by which the provider offers a key. */
const OFFERS_KEY = /kms_(master_)?key_(id|arn)$|encryption_config(uration)?\.|storage_encrypted$/;

/** The arguments of all resources of a type in a region. */
type All = (type: string) => Attributes[];

interface Found {
  readonly region: string;
  readonly what: string;
  /** The key's resource, if it is ours. */
  readonly key: Resource | undefined;
  /** The key as the argument names it. */
  readonly named: string | undefined;
}

const found = (account: readonly Resource[]): Found[] => {
  const keys = account.filter(({ type }) => /^aws_kms_(replica_)?key$/.test(type));
  const aliases = account.filter(({ type }) => type === 'aws_kms_alias');
  const keyOf = (named: string | undefined, region: string) => {
    const alias = aliases.find(
      (each) =>
        each.region === region && [each.attributes.name, each.attributes.arn].includes(named),
    );
    return keys.find(
      ({ id, region: place, attributes }) =>
        place === region && [id, attributes.arn].includes(alias?.attributes.target_key_id ?? named),
    );
  };
  return account.flatMap(({ type, region, attributes }) => {
    const all: All = (wanted) =>
      account
        .filter((each) => each.type === wanted && each.region === region)
        .map((each) => each.attributes);
    return (STORES[type]?.(attributes, all) ?? []).map(([what, named]) => ({
      ...{ region, what, named },
      key: keyOf(named, region),
    }));
  });
};

/** What is stored without a key of ours that is renewed each year, and types of which it isn't known, a line each. */
export const unencrypted = (account: readonly Resource[]): string[] => {
  const schemas = committed('aws').resource_schemas;
  const types = [...new Set(account.map(({ type }) => type))].sort();
  return [
    ...types
      .filter(
        (type) =>
          !STORES[type] && argumentsOf(schemas[type]?.block).some((name) => OFFERS_KEY.test(name)),
      )
      .map((type) => `${type} may have a key: tell in modules/tests/encryption.ts what it stores`),
    ...found(account)
      .filter(({ key }) => key?.attributes.enable_key_rotation !== true)
      .map(({ what, region, key, named }) => {
        if (key) return `${what} in ${region} has a key that is not renewed`;
        return `${what} in ${region} has ${named ? `the key ${named}, none of ours` : 'no key'}`;
      }),
  ];
};

type Block = ReturnType<typeof committed>['resource_schemas'][string]['block'];

const argumentsOf = (block: Block | undefined): string[] => [
  ...Object.keys(block?.attributes ?? {}),
  ...Object.entries(block?.block_types ?? {}).flatMap(([name, { block: inner }]) =>
    argumentsOf(inner).map((argument) => `${name}.${argument}`),
  ),
];

/** Everything that is stored, with its key. */
export const drawStored = (account: readonly Resource[], regions: readonly string[]): string => {
  const tell = namer(account, regions);
  const rows: Rows = found(account).map(({ region, what, key, named = '' }) => [
    region,
    [tell(what, region), tell(key ? key.id : named, region)],
  ]);
  return tableOf(['stored', 'key'], sorted(rows), regions);
};

/** Each key with whom its policy names beside the account itself, and the roles that may decrypt by their own policies. */
export const drawKeys = async (
  account: readonly Resource[],
  regions: readonly string[],
): Promise<string> => {
  const tell = namer(account, regions);
  const keys = resourcePolicies(account).filter(({ resource }) => resource.type === 'aws_kms_key');
  const rows = keys.map(async ({ resource: { id, region, attributes }, statements }) => {
    const named = statements.flatMap(principalsOf).filter((each) => !each.endsWith(':root'));
    const roles = await rolesThatDecrypt(account, attributes.arn, region);
    const cells = [named, roles].map((list) =>
      [...new Set(list.map((each) => tell(each, region)))].sort().join('<br/>'),
    );
    return [region, [tell(id, region), ...cells]] as const;
  });
  return tableOf(
    ['key', 'its policy names', 'roles that may decrypt'],
    sorted(await Promise.all(rows)),
    regions,
  );
};

/** Roles that may decrypt, tried under the conditions that their own policies ask for. */
const rolesThatDecrypt = async (
  account: readonly Resource[],
  key: string,
  region: string,
): Promise<string[]> => {
  const names: string[] = [];
  for (const role of rolesOf(account)) {
    const contexts = role.policies.flatMap(({ statements }) => statements.map(contextOf));
    for (const context of [{}, ...contexts])
      if (await may(account, role, 'kms:Decrypt', key, context)) {
        names.push(role.name);
        break;
      }
  }
  return names;

  function contextOf({ Effect, Condition = {} }: Statement): Context {
    const asked = Effect === 'Allow' ? Object.values(Condition).flatMap(Object.entries) : [];
    return Object.fromEntries(
      asked
        .filter(([name]) => name !== 'kms:ResourceAliases')
        .map(([name, values]) => [
          name,
          String(listOf(values)[0]).replaceAll('?', 'x').replaceAll('*', region),
        ]),
    );
  }
};
