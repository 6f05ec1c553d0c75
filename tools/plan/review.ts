/**
 * Plans units for a review: `bun tools/plan/review.ts ROOT OUTPUT UNIT ...`, units as folders in ROOT. OUTPUT gets each plan,
 * `<unit>.plan` and `<unit>.json`; the summary is printed as Markdown. The plans hold values: they are for no one else.
 */
import type { Plan } from './plan.ts';
import { summary } from './summary.ts';
import { planUnit, WaitingError } from './unit.ts';

const [root, output, ...units] = process.argv.slice(2);
if (!root || !output) {
  console.error('usage: bun tools/plan/review.ts ROOT OUTPUT UNIT ...');
  process.exit(2);
}

const plans = new Map<string, Plan>();
const waiting: string[] = [];
const failed: string[] = [];
for (const unit of units)
  try {
    plans.set(unit, await planUnit(root, unit, output));
  } catch (error) {
    (error instanceof WaitingError ? waiting : failed).push(unit);
    if (!(error instanceof WaitingError)) console.error((error as Error).message);
  }

process.stdout.write(summary(plans));
for (const unit of waiting)
  console.log(
    `\n### ${unit}: waits\n\nIt needs what isn't applied yet, and is planned, and approved, after that.`,
  );
for (const unit of failed) console.log(`\n### ${unit}: failed`);
process.exit(failed.length > 0 ? 1 : 0);
