/** What a change of an environment's files changes in its objects, by both ways of rendering. */
import { type KubernetesObject, leaves, nameOf } from '../kubernetes/objects.ts';
import { buildOverlay, type Environment, renderChart, valuesFiles } from '../kubernetes/render.ts';

/** The objects of an environment by the way that rendered them. */
export type Renders = ReadonlyMap<string, readonly KubernetesObject[]>;

export const rendersOf = async (environments: readonly Environment[]): Promise<Renders> => {
  const rendered = environments.map(async (environment) => [
    [`${environment} by Kustomize`, await buildOverlay(environment)] as const,
    [`${environment} by Helm`, await renderChart({ files: valuesFiles(environment) })] as const,
  ]);
  return new Map((await Promise.all(rendered)).flat());
};

/** An object's values by path. A Job's name ends with a hash of what it does: it is the same Job all the same. */
const valuesOf = (objects: readonly KubernetesObject[]): Map<string, unknown> =>
  new Map(
    objects.flatMap((object) => {
      const name = nameOf(object);
      const of = object.kind === 'Job' ? name.replace(/-[a-z0-9]{10}$/, '') : name;
      return leaves(object).map(({ path, value }): [string, unknown] => [`${of}${path}`, value]);
    }),
  );

export interface Change {
  /** Environment, way, object and path. */
  readonly where: string;
  readonly before: unknown;
  readonly after: unknown;
}

export const changesOf = (before: Renders, after: Renders): Change[] =>
  [...after].flatMap(([way, objects]) => {
    const [old, now] = [valuesOf(before.get(way) ?? []), valuesOf(objects)];
    return [...new Set([...old.keys(), ...now.keys()])]
      .filter((path) => old.get(path) !== now.get(path))
      .map((path) => ({ where: `${way}: ${path}`, before: old.get(path), after: now.get(path) }));
  });

/** The changes that a promotion may bring: an image, and the name of a Job that carries its hash. */
export const isOfImage = ({ where }: Change): boolean =>
  /\.image$|: Job\/[^.]*\.metadata\.name$/.test(where);
