type Json = Record<string, unknown>;

/** The faults of a value against a JSON Schema, for the few keywords that our OpenAPI document has; throws at others. */
export const schemaFaults = (
  schema: Json,
  value: unknown,
  components: Record<string, Json>,
  path = '$',
): string[] =>
  Object.entries(schema).flatMap(([keyword, argument]) => {
    const check = KEYWORDS[keyword];
    if (!check)
      throw new Error(`the document uses the keyword ${keyword}, which this test ignores`);
    return check(argument, value, { schema, components, path });
  });

interface Context {
  readonly schema: Json;
  readonly components: Record<string, Json>;
  readonly path: string;
}

// biome-ignore lint/suspicious/noExplicitAny: each keyword has an argument of its own type
type Check = (argument: any, value: unknown, context: Context) => string[];

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const fault = (ok: boolean, { path }: Context, text: string): string[] =>
  ok ? [] : [`${path}: ${text}`];

const isOfType: Record<string, (value: unknown) => boolean> = {
  object: isObject,
  array: Array.isArray,
  string: (value) => typeof value === 'string',
  integer: Number.isInteger,
};

const ignore = () => [];

const KEYWORDS: Record<string, Check> = {
  description: ignore,
  examples: ignore,
  type: (type: string, value, context) =>
    fault(isOfType[type]?.(value) === true, context, `is no ${type}`),
  const: (expected: unknown, value, context) =>
    fault(value === expected, context, `is not ${JSON.stringify(expected)}`),
  pattern: (pattern: string, value, context) =>
    fault(new RegExp(pattern, 'u').test(String(value)), context, `does not match ${pattern}`),
  format: (format: string, value, context) =>
    fault(
      format === 'date' && new Date(String(value)).toJSON()?.slice(0, 10) === value,
      context,
      `is no ${format}`,
    ),
  maxLength: (length: number, value, context) =>
    fault(String(value).length <= length, context, `is longer than ${length}`),
  minItems: (count: number, value, context) =>
    fault(Array.isArray(value) && value.length >= count, context, `has fewer than ${count} items`),
  required: (names: string[], value, context) =>
    names.flatMap((name) => fault(isObject(value) && name in value, context, `lacks ${name}`)),
  properties: (properties: Record<string, Json>, value, { components, path }) =>
    Object.entries(properties).flatMap(([name, schema]) =>
      isObject(value) && name in value
        ? schemaFaults(schema, value[name], components, `${path}.${name}`)
        : [],
    ),
  additionalProperties: (allowed: boolean, value, context) =>
    Object.keys(isObject(value) ? value : {}).flatMap((name) =>
      fault(allowed || name in (context.schema.properties as Json), context, `has also ${name}`),
    ),
  items: (items: Json, value, { components, path }) =>
    (Array.isArray(value) ? value : []).flatMap((item, index) =>
      schemaFaults(items, item, components, `${path}[${index}]`),
    ),
  $ref: (reference: string, value, { components, path }) => {
    const schema = components[reference.replace('#/components/schemas/', '')];
    if (!schema) throw new Error(`the document has no ${reference}`);
    return schemaFaults(schema, value, components, path);
  },
};
