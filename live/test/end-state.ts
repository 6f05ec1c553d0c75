/** What an environment was brought to, in a form in which two runs on two accounts can be compared. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Glob } from 'bun';
import type { Tree } from './tree.ts';

/** Attributes by a resource's unit and address. */
// biome-ignore lint/suspicious/noExplicitAny: as many shapes as types.
export type EndState = Readonly<Record<string, any>>;

/** What AWS makes up looks like one of these: IDs, parts of them, times, and the simulation's public addresses. */
const MADE_UP =
  /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9A-Fa-f]{6,}|\d{4}-\d\d-\d\dT[\d:.]+Z|203\.0\.113\.\d+/g;

/** What the states of an environment have. */
export const readEndState = ({ folder }: Tree, environment: string): EndState => {
  const states = join(folder, 'build/state', environment);
  const all: Record<string, unknown> = {};
  for (const file of new Glob('*/*/*.tfstate').scanSync(states)) {
    const state = JSON.parse(readFileSync(join(states, file), 'utf8').replaceAll(folder, ''));
    for (const { mode, module = '', type, name, instances } of state.resources)
      if (mode === 'managed')
        for (const { index_key = '', attributes } of instances)
          all[`${file.replace('.tfstate', '')} ${module} ${type}.${name} ${index_key}`] = unpacked({
            ...attributes,
            // The instance that was made first.
            writer: undefined,
          });
  }
  return all;
};

/** Both, in which what AWS made up is called by the place where it comes first. */
export const comparable = (one: EndState, other: EndState): readonly [EndState, EndState] => {
  const [own, others] = [madeUp(one), madeUp(other)];
  // What both have was written, but for addresses, of which there are few.
  const written = new Set([...own].filter((name) => others.has(name) && !name.includes('.')));
  return [renamed(one, own.difference(written)), renamed(other, others.difference(written))];
};

const madeUp = (state: EndState): Set<string> => new Set(JSON.stringify(state).match(MADE_UP));

const renamed = (state: EndState, names: ReadonlySet<string>): EndState => {
  const places = new Map<string, string>();
  // A list may be in the order of what was made up: what is in none has its name first.
  const all = [...texts(state)];
  const inList = ([place]: readonly [string, string]): boolean => place.includes('[]');
  for (const [place, text] of [...all.filter((text) => !inList(text)), ...all.filter(inList)])
    for (const [index, name] of (text.match(MADE_UP) ?? []).entries())
      if (names.has(name) && !places.has(name)) places.set(name, `<${place} ${index}>`);
  return rebuilt(state, (text) => text.replaceAll(MADE_UP, (name) => places.get(name) ?? name));
};

/** Every text with its place, in the order of the places. */
function* texts(value: unknown, place = ''): Generator<readonly [string, string]> {
  if (typeof value === 'string') yield [place, value];
  else if (Array.isArray(value)) for (const each of value) yield* texts(each, `${place}[]`);
  else if (value && typeof value === 'object')
    for (const [key, each] of Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      yield* texts(each, `${place}/${key}`);
}

/** With texts changed, and lists sorted. */
// biome-ignore lint/suspicious/noExplicitAny: as many shapes as types.
const rebuilt = (value: any, change: (text: string) => string): any => {
  if (typeof value === 'string') return change(value);
  if (Array.isArray(value))
    return value
      .map((each) => rebuilt(each, change))
      .toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  if (!value || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, each]) => [key, rebuilt(each, change)]),
  );
};

/** With the JSON that is in texts, such as policies, as what it says. */
const unpacked = (value: unknown): unknown => {
  if (typeof value === 'string' && /^[[{]/.test(value)) {
    try {
      return unpacked(JSON.parse(value));
    } catch {
      return value;
    }
  }
  if (Array.isArray(value)) return value.map(unpacked);
  if (!value || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, unpacked(each)]));
};
