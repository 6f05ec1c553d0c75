/**
 * Tells in an issue on GitHub what differs from what is in Git: `bun tools/plan/drift.ts NAME ROOT OUTPUT [UNIT ...]` plans
 * the units, without any those of live/NAME, and opens the issue "Drift in NAME", writes it anew, or closes it when nothing
 * differs and each unit could be planned.
 */
import { join } from 'node:path';
import { findUnits } from '../affected-units.ts';
import { tell } from './issue.ts';
import { changing, plannedSummary, planUnits, UNSEEN } from './units.ts';

const REPOSITORY = join(import.meta.dir, '../..');

const report = async (
  name: string,
  root: string,
  output: string,
  units: readonly string[],
): Promise<number> => {
  const planned = await planUnits(root, output, units);
  const differing = { ...planned, plans: changing(planned.plans) };
  const [title, body] = [`Drift in ${name}`, join(output, 'drift.md')];
  await Bun.write(body, plannedSummary(differing));
  const clean = [differing.plans.size, planned.waiting.length, planned.failed.length].every(
    (count) => count === 0,
  );
  await tell(title, clean ? undefined : body);
  console.log(clean ? `${name}: nothing differs` : await Bun.file(body).text());
  return planned.failed.length > 0 ? 1 : 0;
};

/** The units of an environment, or of a folder in it. */
const unitsOf = async (name: string): Promise<string[]> =>
  (await findUnits(REPOSITORY))
    .map(({ path }) => path)
    .filter((path) => path.startsWith(`${name}/`) && !UNSEEN.test(path));

const [name, root, output, ...units] = process.argv.slice(2);
if (!name || !root || !output) {
  console.error('usage: bun tools/plan/drift.ts NAME ROOT OUTPUT [UNIT ...]');
  process.exit(2);
}
process.exit(await report(name, root, output, units.length > 0 ? units : await unitsOf(name)));
