/**
 * Whether a plan does what was reviewed: `bun tools/plan/compare.ts REVIEWED.json PLANNED.json`, both by `tofu show -json`.
 * Ends with 0 if so; with 3, and a line for each difference, if it would do something else; with 1 when it can't be told.
 */
import {
  type Effect,
  effectsOf,
  mockedInputs,
  mocksOf,
  type Plan,
  readPlan,
  shown,
  UNKNOWN,
  type Value,
  withoutAccounts,
} from './plan.ts';

/** The status that asks for another approval. */
export const DIFFERENT = 3;

/** Where a plan does something else than what was reviewed, a line each, without numbers of accounts. */
export const differences = (reviewed: Plan, planned: Plan): string[] =>
  compare(reviewed, planned).map(withoutAccounts);

const compare = (reviewed: Plan, planned: Plan): string[] => {
  const [was, is] = [reviewed, planned].map(
    (plan) => new Map(effectsOf(plan).map((effect) => [effect.address, effect])),
  ) as [Map<string, Effect>, Map<string, Effect>];
  const mocks = mocksOf(reviewed);
  return [...new Set([...was.keys(), ...is.keys()])].toSorted().flatMap((address) => {
    const [one, other] = [was.get(address), is.get(address)];
    if (!one) return `${address}: ${other && said(other)}, which was not reviewed`;
    if (!other) return `${address}: ${said(one)} was reviewed, now nothing`;
    return differencesOf(one, other, mocks).map((line) => `${address}${line}`);
  });
};

/** What is done, and where what it is done to comes from. */
const said = ({ actions, previousAddress, importedId }: Effect): string =>
  actions.join(' and ') +
  (previousAddress ? `, moved from ${previousAddress}` : '') +
  (importedId === undefined ? '' : `, imported from ${importedId || 'what is not known yet'}`);

const differencesOf = (reviewed: Effect, planned: Effect, mocks: readonly string[]): string[] => {
  const [was, is] = [reviewed, planned].map(
    (effect) =>
      said(effect) +
      (effect.replacedBy.length > 0
        ? `, because of ${effect.replacedBy.toSorted().join(', ')}`
        : ''),
  );
  if (was !== is) return [`: ${was} was reviewed, now ${is}`];
  return [...new Set([...reviewed.after.keys(), ...planned.after.keys()])]
    .toSorted()
    .filter((path) => !isReviewed(path, reviewed, planned, mocks))
    .map(
      (path) =>
        `.${path}: ${shown(reviewed.after.get(path))} was reviewed, now ${shown(planned.after.get(path))}`,
    );
};

/** Whether a value is the reviewed one, or one that was open then. */
const isReviewed = (
  path: string,
  reviewed: Effect,
  planned: Effect,
  mocks: readonly string[],
): boolean => {
  const [was, is] = [reviewed.after.get(path), planned.after.get(path)];
  if (was?.value === is?.value) return true;
  return was ? isOpen(was, mocks) : opened(path, reviewed);
};

/** Whether a value was open in the review: unknown, or made of an assumed one. */
const isOpen = ({ value }: Value, mocks: readonly string[]): boolean =>
  value === UNKNOWN || (typeof value === 'string' && mocks.some((mock) => value.includes(mock)));

/** Whether a path lies below one that was unknown as a whole. */
const opened = (path: string, { after }: Effect): boolean => {
  const parent = path.slice(0, Math.max(0, path.lastIndexOf('.')));
  if (after.get(parent)?.value === UNKNOWN) return true;
  return parent !== '' && opened(parent, { after } as Effect);
};

const main = async (files: readonly string[]): Promise<number> => {
  const [reviewed, planned, ...others] = files;
  if (!reviewed || !planned || others.length > 0)
    throw new Error('usage: bun tools/plan/compare.ts REVIEWED.json PLANNED.json');
  const plan = await readPlan(planned);
  const mocked = mockedInputs(plan);
  if (mocked.length > 0)
    throw new Error(`${planned} is made on mocks, and can't be applied: ${mocked.join(', ')}`);
  const lines = differences(await readPlan(reviewed), plan);
  for (const line of lines) console.log(line);
  return lines.length > 0 ? DIFFERENT : 0;
};

if (import.meta.main)
  process.exit(
    await main(process.argv.slice(2)).catch((error: Error) => {
      console.error(error.message);
      return 1;
    }),
  );
