import { removeRuleGroup, writeRuleGroup } from './rule-groups.ts';
import { openStore } from './store.ts';

/** What the schedule calls the function with, or Terraform, which adds what it does with it. */
export interface RotationEvent {
  /** Regions of the load balancers. */
  readonly regions: readonly string[];
  readonly tf?: { readonly action: 'create' | 'update' | 'delete' };
}

/**
 * Longer than a run and its repetitions by Lambda take, and than WAF and CloudFront need to spread a change: who calls
 * for a rotation so soon after one is the same call again.
 */
const REST_MILLISECONDS = 5 * 60_000;

/**
 * Rotates the value that load balancers want to see, or, for Terraform, makes and removes the rule groups that look for
 * it. A value is accepted one rotation before it is sent and one after, so that neither WAF nor CloudFront has to be
 * waited for. A run that broke off is gone on with; of two at once, the store refuses one, or both do the same.
 * @returns the ARNs of the rule groups by region
 */
export const handler = async ({ regions, tf }: RotationEvent): Promise<Record<string, string>> => {
  const arns = tf?.action === 'delete' ? {} : await accept(regions, tf === undefined);
  if (tf) await removeOthers(Object.keys(arns), tf.action === 'delete');
  return arns;
};

/**
 * Makes the regions accept what is in the store, and with a rotation what is sent after that. What they accept and what
 * the store has is the same after each run, in whatever order runs come.
 */
const accept = async (
  regions: readonly string[],
  rotates: boolean,
): Promise<Record<string, string>> => {
  const store = await openStore();
  const values = store.values ?? (await store.begin());
  if (regions.some((region) => !store.regions.includes(region)))
    await store.remember([...new Set([...store.regions, ...regions])]);
  const rests = store.age < REST_MILLISECONDS;
  const pending =
    store.pending ?? (rotates && store.values && !rests ? await store.propose() : undefined);
  const { current, next } = values;
  const accepted = pending ? [current, next, pending] : Object.values(values);
  const arns: Record<string, string> = {};
  for (const region of regions) arns[region] = await writeRuleGroup(region, accepted);
  if (pending) await store.rotate({ previous: current, current: next, next: pending });
  else if (await store.changed()) return accept(regions, rotates);
  console.info({ message: pending ? 'rotated' : 'not rotated', regions });
  return arns;
};

/** Removes the rule groups of all regions that have or may have one, but of some; what fails is left for the next time. */
const removeOthers = async (kept: readonly string[], throws: boolean): Promise<void> => {
  const store = await openStore();
  const left: string[] = [];
  for (const region of store.regions.filter((each) => !kept.includes(each)))
    try {
      await removeRuleGroup(region);
    } catch (error) {
      if (throws) throw error;
      console.error({ message: 'not removed', region, error: String(error) });
      left.push(region);
    }
  const regions = [...kept, ...left];
  if (regions.join() !== store.regions.join()) await store.remember(regions);
};
