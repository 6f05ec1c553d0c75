/** What an account, a repository on GitHub or an organisation has already is set in environment.hcl alone. */
import { expect, test } from 'bun:test';
import { join } from 'node:path';
import { terragrunt } from '../../tools/plan/unit.ts';
import { rehearse } from '../../tools/rehearsal.ts';

test("an account's provider, the form of a repository's subject and readers of images reach their units", async () => {
  await using clone = await rehearse();
  await terragrunt(join(clone.folder, 'live'), 'stack', 'generate');
  const inputsOf = async (unit: string) =>
    JSON.parse(
      await terragrunt(join(clone.folder, 'live/dev/global/shared', unit), 'render', '--json'),
    ).inputs;

  const made = await inputsOf('delivery');
  expect([made.oidc_provider_arn, made.subject_form]).toEqual([null, 'immutable']);
  const { pull_role_arns: pulling } = await inputsOf('registry');

  const reader = 'arn:aws:iam::123456789012:role/aws-reserved/sso.amazonaws.com/releases';
  const provider = 'arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com';
  await clone.edit('live/dev/environment.hcl', (text) =>
    text
      .replace('image_reader_role_arns = []', `image_reader_role_arns = ["${reader}"]`)
      .replace('oidc_provider_arn = null', `oidc_provider_arn = "${provider}"`)
      .replace('subject_form = "immutable"', 'subject_form = "name"'),
  );
  expect(await inputsOf('delivery')).toMatchObject({
    oidc_provider_arn: provider,
    subject_form: 'name',
  });
  expect((await inputsOf('registry')).pull_role_arns).toEqual([...pulling, reader]);
}, 300_000);
