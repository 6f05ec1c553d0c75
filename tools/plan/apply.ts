/**
 * Applies units as they were reviewed: `bun tools/plan/apply.ts ROOT REVIEWED OUTPUT UNIT ...`, in the order given, that of
 * their dependencies. Each is planned again just before, after those it needs. Ends with 3, before anything of a unit is
 * applied, when its plan does something else than the reviewed one, or was never reviewed: OUTPUT has it then, for another
 * review, and what is printed says the difference. Ends with 1 at the first failure.
 */
import { existsSync } from 'node:fs';
import { DIFFERENT, differences } from './compare.ts';
import { effectsOf, mockedInputs, type Plan, readPlan } from './plan.ts';
import { violations } from './policy.ts';
import { summary } from './summary.ts';
import { applyUnit, jsonFile, planUnit } from './unit.ts';
import { BY_A_PERSON } from './units.ts';

/** A plan that does nothing: that of a unit which wasn't reviewed. */
const NOTHING: Plan = {};

/** Applies a unit; whether it did what was reviewed. */
const apply = async (
  root: string,
  reviewed: string,
  output: string,
  unit: string,
): Promise<boolean> => {
  const plan = await planUnit(root, unit, output, 'locked');
  const mocked = mockedInputs(plan);
  if (mocked.length > 0) throw new Error(`${unit} is planned on mocks: ${mocked.join(', ')}`);
  if (effectsOf(plan).length === 0) {
    console.log(`${unit}: nothing to do`);
    return true;
  }
  if (BY_A_PERSON.test(unit)) throw new Error(`${unit} is applied by a person: see docs/live.md`);
  const never = violations(plan);
  if (never.length > 0) throw new Error(`${unit} would do what may never be:\n${never.join('\n')}`);
  const file = jsonFile(reviewed, unit);
  const lines = differences(existsSync(file) ? await readPlan(file) : NOTHING, plan);
  if (lines.length > 0) {
    console.log(`${unit} would do something else than was reviewed:\n${lines.join('\n')}\n`);
    console.log(summary(new Map([[unit, plan]])));
    return false;
  }
  await applyUnit(root, unit, output);
  console.log(`${unit}: applied`);
  return true;
};

/**
 * Applies units in the order given.
 * @returns the unit that stopped all after it, since it would do something else than was reviewed
 * @throws Error at the first failure
 */
export const applyUnits = async (
  root: string,
  reviewed: string,
  output: string,
  units: readonly string[],
): Promise<string | undefined> => {
  for (const unit of units) if (!(await apply(root, reviewed, output, unit))) return unit;
  return undefined;
};

const main = async ([root, reviewed, output, ...units]: readonly string[]): Promise<number> => {
  if (!root || !reviewed || !output)
    throw new Error('usage: bun tools/plan/apply.ts ROOT REVIEWED OUTPUT UNIT ...');
  return (await applyUnits(root, reviewed, output, units)) ? DIFFERENT : 0;
};

if (import.meta.main)
  process.exit(
    await main(process.argv.slice(2)).catch((error: Error) => {
      console.error(error.message);
      return 1;
    }),
  );
