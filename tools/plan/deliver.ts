/**
 * Applies what an environment lacks of HEAD, as it was reviewed: `bun tools/plan/deliver.ts ENVIRONMENT OUTPUT`, in a clone of
 * the main branch. Reaches all units that changed since the commit that was applied last, and those that need them, whose
 * inputs may be others now; or every unit. When one would do something else than was reviewed it stops with 3, and its new plan
 * is the reviewed one of the next run: who starts that, or approves it, has it in what is printed. Ends with 1 at the first
 * failure; the next run begins there.
 */
import { join } from 'node:path';
import { affectedUnits, findUnits, type Unit } from '../affected-units.ts';
import { git } from '../git.ts';
import { applyUnits } from './apply.ts';
import { DIFFERENT } from './compare.ts';
import { inOrder, withDependents } from './order.ts';
import { appliedKey, openStore, planKeys, type Store } from './store.ts';
import { jsonFile } from './unit.ts';
import { BY_A_PERSON, UNSEEN } from './units.ts';

const ROOT = join(import.meta.dir, '../..');

/** Whether a run applies a unit, so that who needs it gets other inputs. */
const isApplied = (unit: string): boolean => !UNSEEN.test(unit) && !BY_A_PERSON.test(unit);

/** The units that changed since the last apply, and those that need them, in the order of their applies. */
const dueUnits = async (
  environment: string,
  units: readonly Unit[],
  applied: string | undefined,
): Promise<string[]> => {
  if (applied)
    await git(ROOT, 'merge-base', '--is-ancestor', applied, 'HEAD').catch(() => {
      throw new Error(`${environment} has ${applied}, which HEAD doesn't come after: run on main`);
    });
  const changed = applied && (await affectedUnits(ROOT, applied, units)).changed;
  const due = changed && withDependents(units, changed, isApplied);
  return inOrder(units).filter(
    (unit) => unit.startsWith(`${environment}/`) && (!due || due.has(unit)),
  );
};

/** Copies the reviewed plans of units into a folder; a unit that was never planned has none. */
const fetchReviewed = async (store: Store, folder: string, units: readonly string[]) => {
  const key = await planKeys(ROOT);
  for (const unit of units) {
    const plan = await store.read(key(unit));
    if (plan) await Bun.write(jsonFile(folder, unit), plan);
  }
};

const deliver = async (environment: string, output: string): Promise<number> => {
  // Makes the units too, of which one says where the store is.
  const all = await findUnits(ROOT);
  const store = await openStore(ROOT, environment);
  const due = await dueUnits(environment, all, await store.read(appliedKey(environment)));
  for (const unit of due.filter((unit) => UNSEEN.test(unit)))
    console.log(`${unit}: it or what it needs changed; a person plans and applies it`);
  const units = due.filter((unit) => !UNSEEN.test(unit));
  const [reviewed, planned] = [join(output, 'reviewed'), join(output, 'planned')];
  await fetchReviewed(store, reviewed, units);
  const stopped = await applyUnits(join(ROOT, 'live'), reviewed, planned, units);
  if (stopped) {
    const key = (await planKeys(ROOT))(stopped);
    await store.write(key, await Bun.file(jsonFile(planned, stopped)).text());
    return DIFFERENT;
  }
  await store.write(appliedKey(environment), await git(ROOT, 'rev-parse', 'HEAD'));
  console.log(`${environment}: applied`);
  return 0;
};

const [environment, output, ...others] = process.argv.slice(2);
if (!environment || !output || others.length > 0) {
  console.error('usage: bun tools/plan/deliver.ts ENVIRONMENT OUTPUT');
  process.exit(2);
}
process.exit(
  await deliver(environment, output).catch((error: Error) => {
    console.error(error.message);
    return 1;
  }),
);
