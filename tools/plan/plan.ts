/** A plan as `tofu show -json` has it, and what applying it would do, value by value. */

/** A mask has the form of the value it is of, and true where that is unknown or sensitive. */
type Mask = unknown;

interface Change {
  readonly actions: readonly string[];
  readonly before: unknown;
  readonly after: unknown;
  readonly after_unknown?: Mask;
  readonly before_sensitive?: Mask;
  readonly after_sensitive?: Mask;
  /** That it is taken over into the state, by an ID that may not be known yet. */
  readonly importing?: { readonly id?: string };
  readonly replace_paths?: readonly (readonly (string | number)[])[];
}

export interface ResourceChange {
  readonly address: string;
  /** Such as `aws_vpc`. */
  readonly type: string;
  readonly previous_address?: string;
  /** Of an object that a failed replacement left. */
  readonly deposed?: string;
  readonly mode: 'managed' | 'data';
  readonly change: Change;
}

export interface Plan {
  readonly errored?: boolean;
  readonly variables?: Readonly<Record<string, { readonly value?: unknown }>>;
  readonly resource_changes?: readonly ResourceChange[];
  readonly output_changes?: Readonly<Record<string, Change>>;
}

/** What is known only once it is applied. */
export const UNKNOWN = Symbol('known after apply');

export interface Value {
  /** A text, number, boolean or null; an empty list or map; or {@link UNKNOWN}. */
  readonly value: unknown;
  sensitive: boolean;
}

/** One thing that is made, changed or removed. */
export interface Effect {
  /** Of a resource, or `output.<name>`. */
  readonly address: string;
  readonly actions: readonly string[];
  readonly previousAddress?: string;
  /** ID of what is taken over into the state; empty while unknown. */
  readonly importedId?: string;
  /** What forces a replacement, by path. */
  readonly replacedBy: readonly string[];
  readonly before: ReadonlyMap<string, Value>;
  readonly after: ReadonlyMap<string, Value>;
}

/** What a plan does, without what stays and what is only read. */
export const effectsOf = ({ resource_changes = [], output_changes = {} }: Plan): Effect[] => {
  const effects: Effect[] = [
    ...resource_changes
      .filter(({ mode }) => mode === 'managed')
      .map(({ address, deposed, previous_address, change }) => ({
        ...effectOf(deposed ? `${address} (deposed ${deposed})` : address, change),
        previousAddress: previous_address,
      })),
    ...Object.entries(output_changes).map(([name, change]) => effectOf(`output.${name}`, change)),
  ];
  hideCopies(effects);
  return effects.filter(
    ({ actions, previousAddress, importedId }) =>
      previousAddress !== undefined ||
      importedId !== undefined ||
      actions.some((action) => !['no-op', 'read'].includes(action)),
  );
};

const effectOf = (address: string, change: Change) => ({
  address,
  actions: change.actions,
  importedId: change.importing && (change.importing.id ?? ''),
  replacedBy: (change.replace_paths ?? []).map((path) => path.join('.')),
  before: valuesOf(change.before, change.before_sensitive, undefined),
  after: valuesOf(change.after, change.after_sensitive, change.after_unknown),
});

/** Characters from which on a text is looked for in others. */
const TELLING = 4;

/** Providers copy values, such as those of `tags` into `tags_all`, without the mark that they are sensitive. */
const hideCopies = (effects: readonly Pick<Effect, 'before' | 'after'>[]): void => {
  const values = effects.flatMap(({ before, after }) => [...before.values(), ...after.values()]);
  const secrets = new Set(
    values
      .filter(({ sensitive, value }) => sensitive && String(value).length >= TELLING)
      .map(({ value }) => String(value)),
  );
  for (const value of values)
    if ([...secrets].some((secret) => String(value.value).includes(secret))) value.sensitive = true;
};

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

/** The child of a value or of a mask; a mask that is true is so for all below it. */
const below = (parent: unknown, key: string): unknown =>
  parent === true ? true : isObject(parent) ? parent[key] : undefined;

/** A JSON document in a text, such as a policy, whose order and spaces say nothing. */
const document = (value: unknown): unknown => {
  if (typeof value !== 'string' || !/^\s*[{[]/.test(value)) return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
};

const keysOf = (...values: readonly unknown[]): string[] => [
  ...new Set(values.filter(isObject).flatMap((value) => Object.keys(value))),
];

/** The values of a resource by path; what is not set, which says the same as null, is left out. */
const valuesOf = (
  given: unknown,
  secret: Mask,
  open: Mask,
  path: readonly string[] = [],
): Map<string, Value> => {
  const leaf = (value: unknown) =>
    new Map([[path.join('.'), { value, sensitive: secret === true }]]);
  if (open === true) return leaf(UNKNOWN);
  const value = document(given);
  const keys = keysOf(value, open);
  if (keys.length > 0)
    return new Map(
      keys.flatMap((key) => [
        ...valuesOf(below(value, key), below(secret, key), below(open, key), [...path, key]),
      ]),
    );
  if (value === null || value === undefined) return new Map();
  return leaf(isObject(value) ? JSON.stringify(value) : value);
};

/** A mock of `stacks/mocks.hcl`, as a word of its own: `vpc-mock`, `sg-mock1`, `ZMOCK`. */
const MOCK = /(?<![a-z0-9])[EZ]?mock\d*(?![a-z0-9])/i;

/** Whether a value came from an output that was assumed, as `live/` marks it. */
export const isMocked = (value: unknown): boolean =>
  typeof value === 'string'
    ? MOCK.test(value)
    : isObject(value) && Object.values(value).some(isMocked);

/** The texts that the inputs of a plan were assumed as. */
export const mocksOf = ({ variables = {} }: Plan): string[] => {
  const texts = (value: unknown): string[] =>
    typeof value === 'string'
      ? [value]
      : isObject(value)
        ? Object.values(value).flatMap(texts)
        : [];
  return Object.values(variables)
    .flatMap(({ value }) => texts(value))
    .filter(isMocked);
};

/** The inputs of a plan that were assumed, since what they come from isn't applied yet. */
export const mockedInputs = ({ variables = {} }: Plan): string[] =>
  Object.entries(variables)
    .filter(([, { value }]) => isMocked(value))
    .map(([name]) => name);

/** Numbers of AWS accounts, which summaries leave out. */
const ACCOUNT = /(?<!\d)\d{12}(?!\d)/g;

/** A text for people, without numbers of accounts. */
export const withoutAccounts = (text: string): string => text.replaceAll(ACCOUNT, '…');

/** Characters of a value that are shown at most. */
const SHOWN = 100;

/** A value for people: nothing sensitive, no number of an account, not too long. */
export const shown = (value: Value | undefined): string => {
  if (!value) return 'nothing';
  if (value.sensitive) return '(sensitive)';
  if (value.value === UNKNOWN) return '(known after apply)';
  const text = withoutAccounts(JSON.stringify(value.value));
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
};

/**
 * Reads a plan from a file.
 * @throws Error when it is none, or one of a planning that failed
 */
export const readPlan = async (file: string): Promise<Plan> => {
  const plan: Plan & { format_version?: string } = await Bun.file(file).json();
  if (!plan.format_version) throw new Error(`${file} is no plan: make it with tofu show -json`);
  if (plan.errored) throw new Error(`${file} is of a planning that failed`);
  return plan;
};
