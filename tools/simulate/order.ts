/** A unit with what it waits for, by their paths in the environment. */
export interface Waiting {
  readonly path: string;
  readonly dependencies: readonly string[];
}

/** The units, in their order, a step further where one waits for another: all of a step may run side by side. */
export const drawOrder = (units: readonly Waiting[]): string => {
  const steps = new Map<string, number>();
  const width = Math.max(...units.map(({ path }) => path.length));
  for (const { path, dependencies } of units)
    steps.set(path, 1 + Math.max(0, ...dependencies.map((each) => steps.get(each) ?? 0)));
  return units
    .toSorted(
      (a, b) => (steps.get(a.path) ?? 0) - (steps.get(b.path) ?? 0) || (a.path < b.path ? -1 : 1),
    )
    .map(({ path, dependencies }) => {
      const needs = dependencies.map((each) => shorten(each, path)).sort();
      const step = String(steps.get(path)).padStart(3);
      return `${step}  ${path.padEnd(width)}  ${needs.length > 0 ? `<- ${needs.join(' ')}` : ''}`.trimEnd();
    })
    .join('\n');
};

/** A unit as one of the same region, or of the same layer there, names it. */
const shorten = (path: string, from: string): string => {
  const [region, layer] = from.split('/');
  for (const prefix of [`${region}/${layer}/`, `${region}/`])
    if (path.startsWith(prefix)) return path.slice(prefix.length);
  return path;
};
