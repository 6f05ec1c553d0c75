import { beforeAll, expect, setDefaultTimeout, test } from 'bun:test';
import { join } from 'node:path';
import { make } from 'covertable';
import {
  type Fields,
  type KubernetesObject,
  leaves,
  parseObjects,
} from '../../tools/kubernetes/objects.ts';
import {
  brokenPromises,
  PROMISES,
  type PromiseName,
} from '../../tools/kubernetes/promises/index.ts';
import { CHART, renderChart } from '../../tools/kubernetes/render.ts';
import { MINORS, schemaFaults } from '../../tools/kubernetes/schemas.ts';
import { FACTORS } from './factors.ts';

// Some fifty renders, and the schemas of four versions, on a machine that others may load.
setDefaultTimeout(180_000);

const names = Object.keys(FACTORS);

/** For each factor the number of its level, by name: rows in which every pair of levels of two factors is together. */
const rows = make(
  Object.fromEntries(names.map((name) => [name, [...(FACTORS[name]?.keys() ?? [])]])),
) as Record<string, number>[];

const levelsOf = (row: Record<string, number>) =>
  names.map((name) => FACTORS[name]?.[row[name] ?? 0] ?? { values: {} });

const isMap = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const merged = (one: Fields, other: Fields): Fields =>
  Object.fromEntries(
    [...new Set([...Object.keys(one), ...Object.keys(other)])].map((key) => {
      if (!(key in other)) return [key, one[key]];
      const both = isMap(one[key]) && isMap(other[key]);
      return [key, both ? merged(one[key], other[key]) : other[key]];
    }),
  );

const [defaults] = parseObjects(await Bun.file(join(CHART, 'values.yaml')).text()) as Fields[];

/** A value is what has no keys; an empty map or list is one, and so are the keys below an open one. */
const pathsOf = (value: Fields, path = ''): string[] =>
  isMap(value) && Object.keys(value).length > 0
    ? Object.entries(value).flatMap(([key, child]) => pathsOf(child, `${path}.${key}`))
    : [path];

const renders: (readonly KubernetesObject[])[] = [];

const AT_ONCE = 4;

beforeAll(async () => {
  const pending = [...rows.entries()];
  const render = async () => {
    for (let next = pending.shift(); next; next = pending.shift()) {
      const [index, row] = next;
      const values = levelsOf(row).reduce((all, level) => merged(all, level.values), {});
      renders[index] = await renderChart({ values });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, render));
});

const givenUp = (row: Record<string, number>): PromiseName[] =>
  levelsOf(row).flatMap(({ givesUp = [] }) => givesUp);

for (const [index, row] of rows.entries()) {
  const chosen = names.filter((name) => row[name] !== 0).map((name) => `${name} ${row[name]}`);
  test(`renders ${chosen.join(', ')}`, () => {
    const objects = renders[index] ?? [];
    expect(brokenPromises(objects, givenUp(row))).toEqual([]);
    for (const minor of MINORS) expect(schemaFaults(objects, minor)).toEqual([]);
  });
}

test('no promise is given up for nothing', () => {
  const broken = rows.flatMap((row, index) =>
    givenUp(row).filter((name) => PROMISES[name](renders[index] ?? []).length > 0),
  );
  expect([...new Set(broken)].toSorted()).toEqual([...new Set(rows.flatMap(givenUp))].toSorted());
});

test('every pair of levels is rendered together', () => {
  const missing = names.flatMap((one, index) =>
    names
      .slice(index + 1)
      .flatMap((other) =>
        [...(FACTORS[one]?.keys() ?? [])].flatMap((left) =>
          [...(FACTORS[other]?.keys() ?? [])]
            .filter((right) => !rows.some((row) => row[one] === left && row[other] === right))
            .map((right) => `${one} ${left} with ${other} ${right}`),
        ),
      ),
  );
  expect(missing).toEqual([]);
});

test('every value of values.yaml is varied', () => {
  const levels = Object.values(FACTORS).flat();
  const varied = levels.flatMap(({ values }) => [
    ...pathsOf(values),
    ...leaves(values).map(({ path }) => path.replace(/\[.*/, '')),
  ]);
  const still = pathsOf(defaults).filter(
    (path) =>
      !varied.some(
        (own) => own === path || own.startsWith(`${path}.`) || path.startsWith(`${own}.`),
      ),
  );
  expect(still).toEqual([]);
});
