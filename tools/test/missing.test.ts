import { expect, setDefaultTimeout, test } from 'bun:test';
import { rehearse } from '../rehearsal.ts';
import { FORK, PLACEHOLDERS, setValues } from './fork.ts';

setDefaultTimeout(60_000);

test('each value that a fork has to set is named, until it is', async () => {
  await using clone = await rehearse();
  await setValues(clone, PLACEHOLDERS);
  const before = await clone.run('missing', []);
  expect(before.status).toBe(1);
  for (const line of [
    'package.json: "repository": "https://github.com/example/hello",',
    'kustomize/overlays/prod/kustomization.yaml: newName: registry.example.com/hello',
    '  set the registry: ACCOUNT.dkr.ecr.ORIGIN_REGION.amazonaws.com/hello/service',
    '  set whom alarms tell, or they ring nobody',
    'gitops/projects.yaml: - https://github.com/example/hello.git',
    'live/prod/environment.hcl: delivery_repository = { owner = "example", owner_id = 1234, name = "hello", id = 5678 }',
    "  set your repository with its IDs, which `gh api repos/OWNER/NAME --jq '.owner.id, .id'` tells",
    'live/prod/environment.hcl: principal_arn = "arn:aws:iam::444455556666:role/platform"',
  ])
    expect(before.output.replaceAll(/:\d+: /g, ': ').split('\n')).toContain(line);

  expect(before.output).toMatch(/set a team of your organisation, in \d+ lines of the file\n/);

  const named = [...before.output.matchAll(/^(\S+):\d+: /gm)];
  expect(before.output).toEndWith(`${named.length} values are to be set\n`);

  await setValues(clone, FORK);
  expect(await clone.run('missing', [])).toMatchObject({
    status: 0,
    output: 'nothing is missing\n',
  });

  const ids = /owner_id = \d+, (.*), id = \d+/;
  for (const left of ['owner_id = 1234, $1, id = 12345', 'owner_id = 12345, $1, id = 5678']) {
    await clone.edit('live/dev/environment.hcl', (text) => text.replace(ids, left));
    expect(await clone.run('missing', [])).toMatchObject({
      status: 1,
      output: expect.stringMatching(/^live\/dev\/environment.hcl.*\n.*its IDs.*\n1 values/),
    });
  }
});
