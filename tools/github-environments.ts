/**
 * Sets up the environments on GitHub that jobs take roles in, by GitHub's program: `bun tools/github-environments.ts TEAM`, in a clone,
 * by an administrator of the repository. TEAM, of its organisation, approves what is done with production. The next call brings back
 * who approves, from which branches and tags, and the variables that it sets. What somebody added there stays: further rules,
 * secrets, variables and environments, and the bypass of administrators.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { environments, isProduction } from './environments.ts';
import { gh } from './github.ts';
import { terragrunt } from './plan/unit.ts';

const ROOT = join(import.meta.dir, '..');

interface Environment {
  readonly name: string;
  /** Its role's name ends with it. */
  readonly role: string;
  /** Branches and tags whose jobs may run there, such as `branch main`; without any, all. */
  readonly only: readonly string[];
  /** Whether somebody else than who started it approves each job. */
  readonly approved: boolean;
}

/** Those of an environment of `live/`, with who may take which of the roles of `modules/shared/delivery`. */
const environmentsOf = (name: string, production: boolean): readonly Environment[] => [
  { name: `${name}-pull`, role: `${name}-pull`, only: [], approved: false },
  { name: `${name}-plan`, role: `${name}-plan`, only: [], approved: production },
  { name: `${name}-drift`, role: `${name}-plan`, only: ['branch main'], approved: false },
  { name, role: `${name}-apply`, only: ['branch main'], approved: production },
  {
    ...{ name: `${name}release`, role: `${name}release-push` },
    ...{ only: ['branch main', 'tag v*'], approved: false },
  },
];

/** What the unit of the roles says of an environment. */
interface Delivery {
  readonly name: string;
  readonly account_id: string;
  readonly push: Readonly<Record<string, readonly string[]>>;
}

/** The variables of jobs in an environment. */
const variablesOf = (inputs: Delivery, { role }: Environment): Record<string, string> => {
  const [[repository = ''] = []] = Object.values(inputs.push);
  const [, , , region, account] = repository.split(':');
  const registry = `${account}.dkr.ecr.${region}.amazonaws.com/${inputs.name}`;
  return {
    AWS_ROLE_ARN: `arn:aws:iam::${inputs.account_id}:role/delivery/${inputs.name}-${role}`,
    AWS_REGION: `${region}`,
    ...(role.endsWith('-push') && {
      IMAGE_REPOSITORY: `${registry}/service`,
      CHART_REPOSITORY: registry,
    }),
  };
};

/** Sets one up, by files in a folder; `team` is the ID of who approves. */
const setUp = async (
  work: string,
  team: number,
  { name, only, approved }: Environment,
): Promise<void> => {
  const at = `repos/{owner}/{repo}/environments/${name}`;
  const policies = `${at}/deployment-branch-policies`;
  const body = join(work, 'environment.json');
  const restricted = { protected_branches: false, custom_branch_policies: true };
  await Bun.write(
    body,
    JSON.stringify({
      ...{
        prevent_self_review: approved,
        reviewers: approved ? [{ type: 'Team', id: team }] : null,
      },
      deployment_branch_policy: only.length > 0 ? restricted : null,
    }),
  );
  await gh('api', '--silent', '--method', 'PUT', at, '--input', body);
  if (only.length === 0) return;
  const {
    branch_policies: found,
  }: { branch_policies: { id: number; name: string; type: string }[] } = JSON.parse(
    await gh('api', policies),
  );
  for (const { id, type, name } of found)
    if (!only.includes(`${type} ${name}`))
      await gh('api', '--silent', '--method', 'DELETE', `${policies}/${id}`);
  for (const [type = '', name = ''] of only.map((each) => each.split(' ')))
    if (!found.some((policy) => policy.type === type && policy.name === name))
      await gh(
        ...['api', '--silent', '--method', 'POST', policies],
        ...['-f', `name=${name}`, '-f', `type=${type}`],
      );
};

const main = async (team: string): Promise<void> => {
  const id = Number(await gh('api', `orgs/{owner}/teams/${team}`, '--jq', '.id'));
  await terragrunt(join(ROOT, 'live'), 'stack', 'generate');
  const work = mkdtempSync(join(tmpdir(), 'hello-environments-'));
  try {
    for (const name of environments()) {
      const unit = join(ROOT, 'live', name, 'global/shared/delivery');
      const { inputs } = JSON.parse(await terragrunt(unit, 'render', '--json'));
      for (const environment of environmentsOf(name, isProduction(name))) {
        await setUp(work, id, environment);
        for (const [key, value] of Object.entries(variablesOf(inputs, environment)))
          await gh('variable', 'set', key, '--env', environment.name, '--body', value);
        console.log(`${environment.name}: set`);
      }
    }
  } finally {
    rmSync(work, { recursive: true });
  }
};

if (import.meta.main) {
  const [team, ...others] = process.argv.slice(2);
  if (!team || others.length > 0) {
    console.error('usage: bun tools/github-environments.ts TEAM');
    process.exit(2);
  }
  await main(team).catch((error: Error) => {
    console.error(error.message);
    process.exit(1);
  });
}
