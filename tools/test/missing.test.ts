import { expect, setDefaultTimeout, test } from 'bun:test';
import { rehearse } from '../rehearsal.ts';

setDefaultTimeout(60_000);

test('each value that a fork has to set is named, until it is', async () => {
  await using clone = await rehearse();
  const before = await clone.run('missing', []);
  expect(before.status).toBe(1);
  for (const line of [
    'package.json: "repository": "https://github.com/example/hello",',
    'kustomize/overlays/prod/kustomization.yaml: newName: registry.example.com/hello',
    '  set the host of the database: an output of modules/app/database',
    'gitops/projects.yaml: - https://github.com/example/hello.git',
    'live/prod/environment.hcl: delivery_repository = { owner = "example", owner_id = 1234, name = "hello", id = 5678 }',
    "  set your repository with its IDs, which `gh api repos/OWNER/NAME --jq '.owner.id, .id'` tells",
  ])
    expect(before.output.replaceAll(/:\d+: /g, ': ').split('\n')).toContain(line);

  expect(before.output).toMatch(/set a team of your organisation, in \d+ lines of the file\n/);

  const named = [...before.output.matchAll(/^(\S+):\d+: /gm)].map(([, file = '']) => file);
  expect(before.output).toEndWith(`${named.length} values are to be set\n`);
  for (const file of new Set(named))
    await clone.edit(file, (text) =>
      text
        .replaceAll('example.com', 'greetings.org')
        .replaceAll('owner = "example"', 'owner = "greeters"')
        .replaceAll('subscriptions = {}', 'subscriptions = { team = "" }')
        .replaceAll('@example/', '@greeters/')
        .replaceAll('github.com/example/', 'github.com/greeters/')
        .replaceAll(/111122223333|444455556666/g, '123412341234'),
    );
  expect(await clone.run('missing', [])).toMatchObject({
    status: 0,
    output: 'nothing is missing\n',
  });
});
