import type { Fields } from '../objects.ts';

const ZONES = 3;

/**
 * The pods for which no place is left when of three zones one is lost, by the scheduler's rule for `DoNotSchedule`:
 * a zone may take a pod while its pods, with it, exceed those of the emptiest by at most `maxSkew`. With fewer zones than
 * `minDomains` the emptiest counts as having none; so does the lost zone, unless the taints of its nodes are honoured
 * (Kubernetes' documentation, "Pod Topology Spread Constraints").
 */
export const unplaced = (constraint: Fields, pods: number): number => {
  const { maxSkew, minDomains = 1, nodeTaintsPolicy = 'Ignore' } = constraint;
  const before = spreadEvenly(pods, ZONES);
  const left = before.slice(1);
  const lostCounts = nodeTaintsPolicy !== 'Honor' || left.length < minDomains;
  for (let missing = before[0] ?? 0; missing > 0; missing--) {
    const least = Math.min(...left);
    const floor = lostCounts ? 0 : least;
    if (least + 1 - floor > maxSkew) return missing;
    left[left.indexOf(least)] = least + 1;
  }
  return 0;
};

const spreadEvenly = (pods: number, zones: number): number[] =>
  Array.from({ length: zones }, (_, zone) => Math.ceil((pods - zone) / zones));
