/**
 * Plans units for a review: `bun tools/plan/review.ts ROOT OUTPUT UNIT ...`, units as folders in ROOT. OUTPUT gets each plan,
 * `<unit>.plan` and `<unit>.json`; the summary is printed as Markdown. The plans hold values: they are for no one else.
 */
import { plannedSummary, planUnits } from './units.ts';

const [root, output, ...units] = process.argv.slice(2);
if (!root || !output) {
  console.error('usage: bun tools/plan/review.ts ROOT OUTPUT UNIT ...');
  process.exit(2);
}
const planned = await planUnits(root, output, units);
process.stdout.write(plannedSummary(planned));
process.exit(planned.failed.length > 0 ? 1 : 0);
