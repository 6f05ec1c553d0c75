/** The environments on GitHub, as its program is told to make them. */
import { expect, test } from 'bun:test';
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { ENVIRONMENTS } from '../../live/test/tree.ts';
import { terragrunt } from '../plan/unit.ts';
import { rehearse } from '../rehearsal.ts';
import { environmentsOf, workflows } from '../workflows.ts';

/** Stands in for GitHub's program: notes how it is called and what it is given, and knows a rule of branches too many. */
const GH = `#!/bin/sh
case "$*" in
  *teams*) echo 7 ;;
  *deployment-branch-policies) echo '{"branch_policies":[{"id":3,"type":"branch","name":"*"}]}' ;;
esac
echo "$*" | sed 's/ --input .*//' >> calls
while [ $# -gt 0 ]; do
  [ "$1" != --input ] || { cat "$2" >> calls; echo >> calls; }
  shift
done
`;

test('environments are those of the workflows, for whom the roles are, with their roles', async () => {
  await using clone = await rehearse();
  const gh = join(clone.folder, 'build/bin/gh');
  await Bun.write(gh, GH);
  chmodSync(gh, 0o755);
  const made = await clone.bun(['tools/github-environments.ts', 'platform'], {
    PATH: `${join(clone.folder, 'build/bin')}:${process.env.PATH}`,
  });
  expect(made).toMatchObject({ status: 0, errors: '' });
  const used = environmentsOf(await workflows(), ({ environment }) => environment !== undefined);
  expect(made.output.trim().split('\n').toSorted()).toEqual(
    used.map((name) => `${name}: set`).toSorted(),
  );

  const called = (await Bun.file(join(clone.folder, 'calls')).text()).split('\n');
  const at = (name: string) => `repos/{owner}/{repo}/environments/${name}`;
  const given = (name: string) =>
    JSON.parse(called[called.indexOf(`api --silent --method PUT ${at(name)}`) + 1] ?? '');
  const reviewed = { prevent_self_review: true, reviewers: [{ type: 'Team', id: 7 }] };
  const free = { prevent_self_review: false, reviewers: null, deployment_branch_policy: null };
  const ruled = { protected_branches: false, custom_branch_policies: true };
  expect(
    Object.fromEntries(
      ['prod-plan', 'prod', 'dev-plan', 'prod-pull'].map((name) => [name, given(name)]),
    ),
  ).toEqual({
    'prod-plan': { ...reviewed, deployment_branch_policy: null },
    prod: { ...reviewed, deployment_branch_policy: ruled },
    'dev-plan': free,
    'prod-pull': free,
  });
  for (const name of ['prod', 'prod-drift', 'prodrelease', 'dev', 'dev-drift', 'devrelease']) {
    expect(given(name).deployment_branch_policy).toEqual(ruled);
    const rules = `${at(name)}/deployment-branch-policies`;
    expect(called).toContain(`api --silent --method DELETE ${rules}/3`);
    expect(called).toContain(`api --silent --method POST ${rules} -f name=main -f type=branch`);
    const tags = called.includes(`api --silent --method POST ${rules} -f name=v* -f type=tag`);
    expect({ name, tags }).toEqual({ name, tags: name.endsWith('release') });
  }

  // The registry lets in those roles.
  const roleOf = (name: string) =>
    called
      .find((line) => line.startsWith(`variable set AWS_ROLE_ARN --env ${name} `))
      ?.split(' ')
      .at(-1);
  expect(roleOf('prod-drift')).toBe(roleOf('prod-plan'));
  const registry = join(clone.folder, 'live/prod/global/shared/registry');
  const { inputs } = JSON.parse(await terragrunt(registry, 'render', '--json'));
  expect(inputs.pull_role_arns).toContain(roleOf('prod-pull'));
  expect(inputs.push_role_arns).toEqual([roleOf('prodrelease')]);
  expect(called).toContain(
    `variable set IMAGE_REPOSITORY --env prodrelease --body ${ENVIRONMENTS.prod}.dkr.ecr.eu-west-1.amazonaws.com/hello/service`,
  );
}, 300_000);
