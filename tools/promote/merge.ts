/**
 * Lets the pull request of a promotion to dev be merged, in a workflow: `bun tools/promote/merge.ts COMMIT CI PROMOTION`, with
 * how the two workflows ended that judged the commit. It sets them as commit statuses, which the rules of main ask for, and
 * merges when both are `success`. The checks of a pull request that a workflow opens wait for a person otherwise.
 */
import { gh } from '../github.ts';
import { BRANCH } from './branch.ts';

const {
  GITHUB_SERVER_URL: server,
  GITHUB_REPOSITORY: repository,
  GITHUB_RUN_ID: run,
} = process.env;

const [commit, ci, promotion, ...others] = process.argv.slice(2);
if (!commit || !ci || !promotion || others.length > 0) {
  console.error('usage: bun tools/promote/merge.ts COMMIT CI PROMOTION');
  process.exit(2);
}

/** The checks that the rules of main ask for, as the jobs that make them for a person's pull request are called. */
const CHECKS = { ci, 'promotion (dev)': promotion, 'promotion (prod)': promotion };

for (const [context, result] of Object.entries(CHECKS))
  await gh(
    ...['api', '--silent', `repos/${repository}/statuses/${commit}`],
    ...['-f', `context=${context}`, '-f', `state=${result === 'success' ? result : 'failure'}`],
    ...['-f', `target_url=${server}/${repository}/actions/runs/${run}`],
    ...['-f', 'description=Judged by the run that proposed it'],
  );
const failed = Object.entries(CHECKS).filter(([, result]) => result !== 'success');
if (failed.length > 0) {
  console.error(failed.map(([context, result]) => `${context} ended with ${result}`).join('\n'));
  process.exit(1);
}
const head = await gh('pr', 'view', BRANCH, '--json', 'headRefOid', '--jq', '.headRefOid');
if (head === commit)
  await gh('pr', 'merge', BRANCH, '--auto', '--squash', '--match-head-commit', commit);
else console.log(`${BRANCH} is ${head}: a newer image took its place`);
