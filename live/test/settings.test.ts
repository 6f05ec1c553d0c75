/** What docs/delivery-setup.md says of settings and outputs. */
import { expect, test } from 'bun:test';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { terragrunt } from '../../tools/plan/unit.ts';
import { rehearse } from '../../tools/rehearsal.ts';

const ROOT = join(import.meta.dir, '../..');

test('the hosts of databases are outputs; providers, forms of subjects and readers of images reach their units', async () => {
  await using clone = await rehearse();
  await terragrunt(join(clone.folder, 'live'), 'stack', 'generate');
  const inputsOf = async (unit: string) =>
    JSON.parse(
      await terragrunt(join(clone.folder, 'live/dev/global/shared', unit), 'render', '--json'),
    ).inputs;

  // The hosts of the databases, by name and place: a global one where there are several regions.
  const page = readFileSync(join(ROOT, 'docs/delivery-setup.md'), 'utf8');
  const outputs = readFileSync(join(ROOT, 'modules/app/database/outputs.tf'), 'utf8');
  const asked = [...page.matchAll(/^cd (\S+\/app\/database) && terragrunt output -raw (\w+)$/gm)];
  expect(asked).toHaveLength(2);
  for (const [, folder = '', output] of asked) {
    expect(existsSync(join(clone.folder, folder))).toBe(true);
    expect(outputs).toContain(`output "${output}" {`);
    const { inputs } = JSON.parse(await terragrunt(join(clone.folder, folder), 'render', '--json'));
    expect([folder, output, inputs.origin]).toEqual([
      folder,
      inputs.global_cluster_identifier ? 'global_endpoint' : 'endpoint',
      'primary',
    ]);
  }

  const set = (readers: string, provider: string, form: string) =>
    clone.edit('live/dev/environment.hcl', (text) =>
      text
        .replace(/(?<=image_reader_role_arns = )\[[^\]]*\]/, readers)
        .replace(/(?<=oidc_provider_arn = )\S+/, provider)
        .replace(/(?<=subject_form = )\S+/, form),
    );
  await set('[]', 'null', '"immutable"');
  const made = await inputsOf('delivery');
  expect([made.oidc_provider_arn, made.subject_form]).toEqual([null, 'immutable']);
  const { pull_role_arns: pulling } = await inputsOf('registry');

  const reader = 'arn:aws:iam::123456789012:role/aws-reserved/sso.amazonaws.com/releases';
  const provider = 'arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com';
  await set(`["${reader}"]`, `"${provider}"`, '"name"');
  expect(await inputsOf('delivery')).toMatchObject({
    oidc_provider_arn: provider,
    subject_form: 'name',
  });
  expect((await inputsOf('registry')).pull_role_arns).toEqual([...pulling, reader]);
}, 300_000);
