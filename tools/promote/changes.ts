/** What a change of an environment's files changes in its objects, by both ways of rendering. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  type Fields,
  type KubernetesObject,
  leaves,
  nameOf,
  parseObjects,
} from '../kubernetes/objects.ts';
import { ENVIRONMENTS, overlayText, renderChart } from '../kubernetes/render.ts';
import type { Promoted } from './environment.ts';

const ROOT = join(import.meta.dir, '../..');

/** The objects of an environment by the way that rendered them. */
export type Renders = ReadonlyMap<string, readonly KubernetesObject[]>;

/** Whether a place takes the image of an environment: `prod` and `prod-standby` that of prod. */
const takesFrom = (environment: Promoted, place: string): boolean =>
  place === environment || place.startsWith(`${environment}-`);

/**
 * What an environment's places render: all overlays by Kustomize, and those that the chart knows by Helm.
 * @param root the work tree; default: this one
 */
export const rendersOf = async (environment: Promoted, root = ROOT): Promise<Renders> => {
  const overlays = join(root, 'kustomize/overlays');
  const chart = join(root, 'helm/hello');
  const rendered = [
    ...readdirSync(overlays)
      .filter((place) => takesFrom(environment, place))
      .toSorted()
      .map(
        async (place) =>
          [
            `${place} by Kustomize`,
            parseObjects(await overlayText(join(overlays, place))),
          ] as const,
      ),
    ...Object.entries(ENVIRONMENTS)
      .filter(([place]) => takesFrom(environment, place))
      .map(async ([place, { files }]) => {
        const values = files.map((name) => join(chart, `values/${name}.yaml`));
        return [`${place} by Helm`, await renderChart({ chart, files: values })] as const;
      }),
  ];
  return new Map(await Promise.all(rendered));
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
  [...new Set([...before.keys(), ...after.keys()])].flatMap((way) => {
    const [old, now] = [valuesOf(before.get(way) ?? []), valuesOf(after.get(way) ?? [])];
    return [...new Set([...old.keys(), ...now.keys()])]
      .filter((path) => old.get(path) !== now.get(path))
      .map((path) => ({ where: `${way}: ${path}`, before: old.get(path), after: now.get(path) }));
  });

/** The changes that a promotion may bring: an image, and the name of a Job that carries its hash. */
export const isOfImage = ({ where }: Change): boolean =>
  /\.image$|: Job\/[^.]*\.metadata\.name$/.test(where);

/** Every image that objects name, of whatever kind: of containers, and of volumes. */
const imagesIn = (object: KubernetesObject): { path: string; image: Fields }[] =>
  leaves(object)
    .filter(({ path }) => /\.image(\.reference)?$/.test(path))
    .map(({ path, value }) => ({ path, image: value }));

/** The images that renders name beside the one that they may: a sentence each. */
export const strangeImages = (renders: Renders, allowed: string): string[] =>
  [...renders].flatMap(([way, objects]) =>
    objects.flatMap((object) =>
      imagesIn(object)
        .filter(({ image }) => image !== allowed)
        .map(({ path, image }) => `${way}: ${nameOf(object)}${path} is ${image}, not ${allowed}`),
    ),
  );
