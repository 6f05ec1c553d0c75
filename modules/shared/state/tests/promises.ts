import type { Resource } from '../../../../tools/aws-simulation/simulation.ts';
import { may, type Role } from '../../../tests/permissions.ts';
import { ACCOUNT_ID } from '../../../tests/root.ts';

/** What is wrong with the bucket of states in an account, a line each. */
export const faultsOf = async (account: readonly Resource[], bucket: string): Promise<string[]> => {
  const faults: string[] = [];
  const promise = (holds: boolean, fault: string) => void (holds || faults.push(fault));
  const of = (type: string, name = bucket) =>
    account.find(({ type: other, attributes }) => other === type && attributes.bucket === name)
      ?.attributes ?? {};
  const statements: Statement[] = JSON.parse(of('aws_s3_bucket_policy').policy ?? '{}').Statement;
  const denies = (sid: string, actions: readonly string[], condition?: object) =>
    statements?.some(
      ({ Sid, Effect, Principal, Action, Condition }) =>
        Sid === sid &&
        Effect === 'Deny' &&
        Principal === '*' &&
        Bun.deepEquals([Action].flat(), actions) &&
        Bun.deepEquals(Condition, condition),
    ) ?? false;

  promise(
    of('aws_s3_bucket_versioning').versioning_configuration?.[0]?.status === 'Enabled',
    'no versions',
  );
  const [rule] = of('aws_s3_bucket_server_side_encryption_configuration').rule ?? [];
  const [encryption] = rule?.apply_server_side_encryption_by_default ?? [];
  promise(
    account.some(
      ({ type, attributes: { arn, enable_key_rotation } }) =>
        type === 'aws_kms_key' && arn === encryption?.kms_master_key_id && enable_key_rotation,
    ),
    'no key of ours that is rotated',
  );
  for (const name of [bucket, `${bucket}-log`]) {
    const block = of('aws_s3_bucket_public_access_block', name);
    promise(
      BLOCKS.every((each) => block[each]),
      `${name} may be public`,
    );
  }
  promise(denies('EnforcedTLS', ['s3:*'], UNENCRYPTED), 'no TLS needed');
  promise(
    denies('KeepStates', ['s3:DeleteBucket', 's3:DeleteObjectVersion']),
    'states can be deleted',
  );
  const mayWrite = (context: Record<string, string>) =>
    may(account, WRITER, 's3:PutObject', `arn:aws:s3:::${bucket}/x`, {
      'aws:SecureTransport': 'true',
      ...context,
    });
  const our = String(encryption?.kms_master_key_id);
  const ours: Record<string, string>[] = [{}, { [SSE]: 'aws:kms', [KEY]: our }];
  for (const written of ours) promise(await mayWrite(written), 'nobody can write');
  const others: Record<string, string>[] = [
    { [SSE]: 'AES256' },
    { [SSE]: 'aws:kms' },
    { [SSE]: 'aws:kms', [KEY]: our.replace(ACCOUNT_ID, '999999999999') },
  ];
  for (const written of others) promise(!(await mayWrite(written)), 'written with another key');
  // Else Terragrunt writes it into the policy at each bootstrap.
  promise(
    statements?.some(({ Sid }) => Sid === 'RootAccess') ?? false,
    'Terragrunt misses RootAccess',
  );
  const [lifecycle, plans] = of('aws_s3_bucket_lifecycle_configuration').rule ?? [];
  const [old] = lifecycle?.noncurrent_version_expiration ?? [];
  promise(
    old?.noncurrent_days >= 30 && old?.newer_noncurrent_versions >= 10,
    'old versions end too early',
  );
  promise(!lifecycle?.expiration?.length, 'the current version ends');
  promise(plans?.filter?.[0]?.prefix === 'plans/', 'states end with plans');
  promise(plans?.expiration?.[0]?.days === 30, 'plans never end');
  promise(of('aws_s3_bucket_logging').target_bucket === `${bucket}-log`, 'no access log');
  promise(
    String(of('aws_s3_bucket_policy', `${bucket}-log`).policy).includes(
      `"aws:SourceAccount": "${ACCOUNT_ID}"`,
    ),
    'others write into the log',
  );
  return faults;
};

interface Statement {
  readonly Sid: string;
  readonly Effect: string;
  readonly Principal: unknown;
  readonly Action: string | string[];
  readonly Condition?: object;
}

const BLOCKS = [
  ...['block_public_acls', 'block_public_policy'],
  ...['ignore_public_acls', 'restrict_public_buckets'],
];
const UNENCRYPTED = { Bool: { 'aws:SecureTransport': 'false' } };
/** What a request names of encryption. */
const SSE = 's3:x-amz-server-side-encryption';
const KEY = 's3:x-amz-server-side-encryption-aws-kms-key-id';

const WRITER: Role = {
  ...{ name: 'writer', arn: `arn:aws:iam::${ACCOUNT_ID}:role/writer` },
  trust: { name: 'trust', statements: [] },
  policies: [
    { name: 'write', statements: [{ Effect: 'Allow', Action: 's3:PutObject', Resource: '*' }] },
  ],
};
