import { removeRuleGroup, writeRuleGroup } from './rule-groups.ts';
import { openStore } from './store.ts';

/** What the schedule calls the function with, or Terraform, which adds what it does with it. */
export interface RotationEvent {
  /** Regions of the load balancers. */
  readonly regions: readonly string[];
  readonly tf?: {
    readonly action: 'create' | 'update' | 'delete';
    readonly prev_input?: { readonly regions?: readonly string[] } | null;
  };
}

/**
 * Rotates the value that load balancers want to see, or, for Terraform, makes and removes the rule groups that look for
 * it. A value is accepted one rotation before it is sent and one after, so that neither WAF nor CloudFront has to be
 * waited for. A run that broke off is gone on with; of two at once, the store refuses one, or both do the same.
 * @returns the ARNs of the rule groups by region
 */
export const handler = async ({ regions, tf }: RotationEvent): Promise<Record<string, string>> => {
  const removes = tf?.action === 'delete';
  const arns = removes ? {} : await accept(regions, tf === undefined);
  const former = removes ? regions : (tf?.prev_input?.regions ?? []);
  for (const region of former) if (!(region in arns)) await removeRuleGroup(region);
  console.info({ message: tf ? `${tf.action}d` : 'rotated', regions: Object.keys(arns) });
  return arns;
};

/** Makes the regions accept what is sent now and next, and with a rotation what is sent after that. */
const accept = async (
  regions: readonly string[],
  rotates: boolean,
): Promise<Record<string, string>> => {
  const store = await openStore();
  const { current, next } = store.values ?? (await store.begin());
  const pending = store.pending ?? (rotates ? await store.propose() : undefined);
  const values = pending ? [current, next, pending] : [current, next];
  const arns: Record<string, string> = {};
  for (const region of regions) arns[region] = await writeRuleGroup(region, values);
  if (pending) await store.rotate(next, pending);
  return arns;
};
