/**
 * Plans the units of an environment that changes since a commit reach: `bun tools/plan/affected.ts ENVIRONMENT COMMIT OUTPUT`.
 * OUTPUT gets the plans as tools/plan/review.ts leaves them, and as `summary.md`, for tools/comment.ts, what is printed as Markdown.
 * Its heading says of which commit it is: PLANNED, where what is checked out is its merge with main; default: HEAD.
 */
import { join } from 'node:path';
import { affectedUnits } from '../affected-units.ts';
import { git } from '../git.ts';
import { plannedSummary, planUnits, UNSEEN } from './units.ts';

const ROOT = join(import.meta.dir, '../..');

const [environment, commit, output, ...others] = process.argv.slice(2);
if (!environment || !commit || !output || others.length > 0) {
  console.error('usage: bun tools/plan/affected.ts ENVIRONMENT COMMIT OUTPUT');
  process.exit(2);
}

const { changed, removed } = await affectedUnits(ROOT, commit);
const of = (units: readonly string[]): string[] =>
  units.filter((unit) => unit.startsWith(`${environment}/`));
const units = of(changed);
const planned = await planUnits(
  join(ROOT, 'live'),
  output,
  units.filter((unit) => !UNSEEN.test(unit)),
);
const head = await git(ROOT, 'rev-parse', '--short', process.env.PLANNED || 'HEAD');
const text = [
  `<!-- plan-${environment} -->\n## Plan of ${environment} at ${head}\n\n${plannedSummary(planned)}`,
  ...units
    .filter((unit) => UNSEEN.test(unit))
    .map((unit) => `### ${unit}: changed\n\nA person plans and applies it.\n`),
  ...of(removed).map(
    (unit) =>
      `### ${unit}: gone\n\nWhat it made stays until it is destroyed, by a clone that still has it.\n`,
  ),
].join('\n');
process.stdout.write(text);
await Bun.write(join(output, 'summary.md'), text);
process.exit(planned.failed.length > 0 ? 1 : 0);
