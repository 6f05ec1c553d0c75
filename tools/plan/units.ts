/** Plans several units, whatever becomes of each. */
import { effectsOf, type Plan } from './plan.ts';
import { summary } from './summary.ts';
import { planUnit, WaitingError } from './unit.ts';

/** Unit that a person applies: no pipeline changes what bounds it. */
export const BY_A_PERSON = /\/shared\/delivery$/;

/**
 * Units that a person plans too: the roles of pipelines don't read how the buckets of the states are set, and GitHub's runners
 * don't reach a cluster's API.
 */
export const UNSEEN = /\/shared\/(gitops|state)$/;

export interface Planned {
  readonly plans: ReadonlyMap<string, Plan>;
  /** Units that need what isn't applied yet. */
  readonly waiting: readonly string[];
  readonly failed: readonly string[];
}

/** Plans units, folders in a root, into an output, without their locks; why one failed goes to standard error. */
export const planUnits = async (
  root: string,
  output: string,
  units: readonly string[],
): Promise<Planned> => {
  const plans = new Map<string, Plan>();
  const waiting: string[] = [];
  const failed: string[] = [];
  for (const unit of units)
    try {
      plans.set(unit, await planUnit(root, unit, output, 'unlocked'));
    } catch (error) {
      const waits = error instanceof WaitingError;
      (waits ? waiting : failed).push(unit);
      if (!waits) console.error((error as Error).message);
    }
  return { plans, waiting, failed };
};

/** The units whose plan does something. */
export const changing = (plans: Planned['plans']): Map<string, Plan> =>
  new Map([...plans].filter(([, plan]) => effectsOf(plan).length > 0));

/** All of it as Markdown. */
export const plannedSummary = ({ plans, waiting, failed }: Planned): string =>
  [
    summary(plans),
    ...waiting.map(
      (unit) =>
        `### ${unit}: waits\n\nIt needs what isn't applied yet, and is planned, and approved, after that.\n`,
    ),
    ...failed.map((unit) => `### ${unit}: failed\n`),
  ].join('\n');
