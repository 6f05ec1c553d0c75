import type { Unit } from '../../tools/affected-units.ts';

const nodeOf = (path: string) => path.replaceAll(/[^a-z0-9]/g, '_');

/** A graph of an environment's units: an arrow leads from what is applied first to what needs it. */
export const drawUnits = (units: readonly Unit[], environment: string): string => {
  const own = units.filter(({ path }) => path.startsWith(`${environment}/`));
  const groups = [...new Set(own.map(({ path }) => path.split('/').slice(1, 3).join('/')))].sort();
  return [
    'flowchart LR',
    ...groups.flatMap((group) => [
      `  subgraph ${nodeOf(`${environment}/${group}`)}["${group}"]`,
      ...own
        .filter(({ path }) => path.startsWith(`${environment}/${group}/`))
        .map(({ path }) => `    ${nodeOf(path)}["${path.split('/')[3]}"]`)
        .sort(),
      '  end',
    ]),
    ...own
      .flatMap(({ path, dependencies }) =>
        dependencies.map((dependency) => `  ${nodeOf(dependency)} --> ${nodeOf(path)}`),
      )
      .sort(),
  ].join('\n');
};

/** The same of all environments, by layers. */
export const drawLayers = (units: readonly Unit[]): string => {
  const layerOf = (path: string) => path.split('/').slice(0, 3).join('/');
  const drawn = (layer: string) => `${nodeOf(layer)}["${layer}"]`;
  const arrows = units.flatMap(({ path, dependencies }) =>
    dependencies
      .map(layerOf)
      .filter((layer) => layer !== layerOf(path))
      .map((layer) => `  ${drawn(layer)} --> ${drawn(layerOf(path))}`),
  );
  return ['flowchart LR', ...[...new Set(arrows)].sort()].join('\n');
};

/** What each unit needs, wherever it is: names of units by the name of a unit, all sorted. */
export const needs = (units: readonly Unit[]): Map<string, string[]> => {
  const found = new Map<string, Set<string>>();
  const nameOf = (path: string) => path.split('/').slice(2).join('/');
  for (const { path, dependencies } of units) {
    const needed = found.get(nameOf(path)) ?? new Set();
    for (const dependency of dependencies) needed.add(nameOf(dependency));
    found.set(nameOf(path), needed);
  }
  return new Map(
    [...found]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([unit, needed]) => [unit, [...needed].sort()]),
  );
};
