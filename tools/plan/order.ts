/** The order in which units are applied: what each needs first, else region after region, in each layer by layer. */
import type { Unit } from '../affected-units.ts';

/** What other regions need first, and what needs them last. */
const rank = (path: string): string => {
  const [, region = '', layer = ''] = path.split('/');
  const place = region !== 'global' ? '2' : layer === 'shared' ? '1' : '3';
  return `${place}/${region}/${layer === 'shared' ? '1' : '2'}/${path}`;
};

/** Changed units, and all that need what is applied of them, at any depth: their inputs may change. */
export const withDependents = (
  units: readonly Unit[],
  changed: readonly string[],
  isApplied: (unit: string) => boolean,
): ReadonlySet<string> => {
  const reached = new Set(changed);
  for (let before = -1; before < reached.size; ) {
    before = reached.size;
    for (const { path, dependencies } of units)
      if (dependencies.some((on) => reached.has(on) && isApplied(on))) reached.add(path);
  }
  return reached;
};

/** @throws Error for units that need each other */
export const inOrder = (units: readonly Unit[]): string[] => {
  const left = units.toSorted((one, other) => (rank(one.path) < rank(other.path) ? -1 : 1));
  const ordered: string[] = [];
  while (left.length > 0) {
    const open = new Set(left.map(({ path }) => path));
    const next = left.findIndex(({ dependencies }) => !dependencies.some((on) => open.has(on)));
    if (next === -1) throw new Error(`${[...open].join(', ')} need each other`);
    ordered.push(...left.splice(next, 1).map(({ path }) => path));
  }
  return ordered;
};
