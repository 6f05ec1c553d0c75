import { expect } from 'bun:test';
import { type Resource, startSimulation } from '../../../../tools/aws-simulation/simulation.ts';
import { actionsOf } from '../../../tests/actions.ts';
import { LIMIT, set, testInterfaces, testRefusals, type Weakening } from '../../../tests/prove.ts';
import { ACCOUNT_ID, callModule } from '../../../tests/root.ts';
import { testWithSources } from '../../../tests/sources.ts';
import type { Refusal } from '../../../tests/validations.ts';
import { faultsOf } from './promises.ts';

const REGION = 'eu-west-1';
const BUCKET = 'hello-states';
const CALL = {
  module: 'shared/state',
  inputs: { name: 'hello-test', region: REGION, account_id: ACCOUNT_ID, bucket: BUCKET },
};

/** Changes the text of the policies. */
const rewrite =
  (from: string, to: string) =>
  (account: Resource[]): Resource[] =>
    account.map((resource) =>
      resource.type === 'aws_s3_bucket_policy'
        ? {
            ...resource,
            attributes: {
              ...resource.attributes,
              policy: resource.attributes.policy.replaceAll(from, to),
            },
          }
        : resource,
    );

const WEAKENINGS: readonly Weakening[] = [
  [
    'no versions',
    set('aws_s3_bucket_versioning', { versioning_configuration: [{ status: 'Suspended' }] }),
  ],
  [
    'no key of ours that is rotated',
    set('aws_s3_bucket_server_side_encryption_configuration', { rule: [] }),
  ],
  ['no key of ours that is rotated', set('aws_kms_key', { enable_key_rotation: false })],
  [
    `${BUCKET} may be public`,
    set('aws_s3_bucket_public_access_block', { block_public_policy: false }),
  ],
  [
    `${BUCKET}-log may be public`,
    set('aws_s3_bucket_public_access_block', { ignore_public_acls: false }),
  ],
  ['no TLS needed', rewrite('aws:SecureTransport', 'aws:MultiFactorAuthPresent')],
  ['states can be deleted', rewrite('s3:DeleteObjectVersion', 's3:GetObject')],
  ['written with another key', rewrite('NotEquals', 'Equals')],
  ['nobody can write', rewrite('"false"', '"true"')],
  ['Terragrunt misses RootAccess', rewrite('RootAccess', 'Root')],
  ['old versions end too early', set('aws_s3_bucket_lifecycle_configuration', { rule: [] })],
  [
    'the current version ends',
    set('aws_s3_bucket_lifecycle_configuration', { rule: [{ expiration: [{ days: 1 }] }] }),
  ],
  ['plans never end', set('aws_s3_bucket_lifecycle_configuration', { rule: [] })],
  ['states end with plans', set('aws_s3_bucket_lifecycle_configuration', { rule: [{}, {}] })],
  ['no access log', set('aws_s3_bucket_logging', { target_bucket: BUCKET })],
  ['others write into the log', rewrite('aws:SourceAccount', 'aws:PrincipalAccount')],
];

const REFUSALS: readonly Refusal[] = [
  [{ name: 'Hello' }, 'name is "Hello": set 2 to 32 lower-case letters'],
  [{ region: 'Ireland' }, 'region is "Ireland": set the code of a region'],
  [{ account_id: '12' }, 'account_id is "12": set the 12 digits'],
  [{ bucket: 'States' }, 'bucket is "States": set 3 to 59 lower-case letters'],
  [{ version_retention_days: 7 }, 'version_retention_days is 7: set a whole number from 30'],
  [{ log_retention_days: 0 }, 'log_retention_days is 0: set a whole number from 1'],
];

testInterfaces(CALL);
testRefusals(CALL, REFUSALS);

testWithSources(
  'it adopts the bucket that Terragrunt made, holds what it promises, and is not destroyed',
  async () => {
    const simulation = await startSimulation();
    try {
      // As Terragrunt: no configuration of ours knows the bucket.
      const before = simulation.root({
        'main.tf.json': JSON.stringify({
          provider: { aws: { region: REGION } },
          resource: { aws_s3_bucket: { made: { bucket: BUCKET } } },
        }),
      });
      await simulation.run(before, 'init');
      await simulation.run(before, 'apply');
      const root = simulation.root(
        callModule(CALL.module, CALL.inputs, REGION, {
          import: [{ to: 'module.tested.aws_s3_bucket.states', id: BUCKET }],
        }),
      );
      await simulation.run(root, 'init');
      const actions = actionsOf(await simulation.plan(root));
      expect(new Set(Object.values(actions))).toEqual(new Set(['create']));
      expect(actions['aws_s3_bucket.states']).toBeUndefined();
      await simulation.run(root, 'apply', 'plan');
      expect(actionsOf(await simulation.plan(root))).toEqual({});

      const account = await simulation.resources();
      expect(await faultsOf(account, BUCKET)).toEqual([]);
      for (const [fault, weaken] of WEAKENINGS)
        expect(await faultsOf(weaken(structuredClone(account)), BUCKET)).toContain(fault);

      const { exitCode, stderr } = await simulation.tofu(root, 'destroy');
      expect(exitCode).not.toBe(0);
      expect(stderr).toContain('prevent_destroy');
      expect(await simulation.resources()).toEqual(account);
    } finally {
      await simulation.stop();
    }
  },
  LIMIT,
);
