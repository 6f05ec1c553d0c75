/**
 * Tells in an issue on GitHub what differs from what is in Git: `bun tools/plan/drift.ts NAME ROOT OUTPUT [UNIT ...]` plans
 * the units, without any those of live/NAME, and opens the issue "Drift in NAME", writes it anew, or closes it when nothing
 * differs and each unit could be planned.
 */
import { join } from 'node:path';
import { findUnits } from '../affected-units.ts';
import { changing, plannedSummary, planUnits, UNSEEN } from './units.ts';

const REPOSITORY = join(import.meta.dir, '../..');

const gh = async (...words: readonly string[]): Promise<string> => {
  const child = Bun.spawn(['gh', ...words], { stdio: ['ignore', 'pipe', 'inherit'] });
  const output = await new Response(child.stdout).text();
  if ((await child.exited) !== 0) throw new Error(`gh ${words.slice(0, 2).join(' ')} failed`);
  return output.trim();
};

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
  const issue = await gh(
    ...['issue', 'list', '--state', 'open', '--search', `in:title "${title}"`],
    ...['--json', 'number', '--jq', '.[0].number // empty'],
  );
  const clean = [differing.plans.size, planned.waiting.length, planned.failed.length].every(
    (count) => count === 0,
  );
  if (!clean && !issue) await gh('issue', 'create', '--title', title, '--body-file', body);
  if (!clean && issue) await gh('issue', 'edit', issue, '--body-file', body);
  if (clean && issue) await gh('issue', 'close', issue, '--comment', 'Nothing differs any more.');
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
