/** What of the chart is made from its values.yaml and from the service's settings: the README's table, a part of the schema. */
import type { TSchema } from '@sinclair/typebox';
import { isMap, isScalar, type Pair, parseDocument, type YAMLMap } from 'yaml';
import { Settings } from '../service/src/config.ts';

interface Schema {
  readonly $ref?: string;
  readonly $defs?: Record<string, Schema>;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly properties?: Record<string, Schema>;
}

/** The settings that other values of the chart decide, which its templates name in a refusal. */
const DECIDED = new Set([
  'HOST',
  'PORT',
  'MANAGEMENT_HOST',
  'MANAGEMENT_PORT',
  'DATABASE_URL',
  'DATABASE_CREDENTIALS_FILE',
  'DATABASE_CA_FILE',
  'DATABASE_POOL_MAX',
  'MIGRATE',
  'DRAIN_DELAY',
  'SHUTDOWN_TIMEOUT',
]);

const SETTINGS = /("settings": \{[^}]*?"properties": \{\n)[\s\S]*?(\n {6}\},\n)[\s\S]*?(\n {4}\})/;

/** The chart's schema with the service's settings in it, each with what the service takes. */
export const valuesSchema = (schema: string): string =>
  schema.replace(SETTINGS, (_, before, between, after) => {
    const own = Object.entries<TSchema>(Settings.properties)
      .filter(([name]) => !DECIDED.has(name))
      .map(([name, setting]) => `        "${name}": ${inline(limitsOf(setting))}`);
    return `${before}${own.join(',\n')}${between}${patterns}${after}`;
  });

const patterns = [
  '      "patternProperties": {',
  `        "^(${[...DECIDED].join('|')})$": true,`,
  '        "^OTEL_": { "type": ["string", "number", "boolean"] }',
  '      }',
].join('\n');

/** Type, range, pattern and choice of a setting. A format is the service's alone. */
const limitsOf = ({ anyOf, type, minimum, maximum, pattern }: TSchema) =>
  anyOf
    ? { enum: anyOf.map((choice: TSchema) => choice.const) }
    : { type, minimum, maximum, pattern };

/** JSON on one line, as the formatter writes it. */
const inline = (value: object): string =>
  JSON.stringify(value, null, 1)
    .replaceAll(/(?<=\[)\n *|\n *(?=\])/g, '')
    .replaceAll(/\n */g, ' ');

/**
 * The values as a Markdown table: meaning from the comment above each, type from the schema.
 * @throws Error for a value without a comment or a type
 */
export const valuesTable = (values: string, schema: string): string => {
  const root: Schema = JSON.parse(schema);
  const map = parseDocument(values).contents as YAMLMap;
  return [
    '| value | meaning | type | default |',
    '|---|---|---|---|',
    ...rows(map, root, root, ''),
  ].join('\n');
};

type Key = { value: string; commentBefore?: string };

const rows = (map: YAMLMap, schema: Schema, root: Schema, prefix: string): string[] =>
  (map.items as Pair<Key>[]).flatMap(({ key, value }, index) => {
    const path = prefix + key.value;
    const own = resolved(schema.properties?.[key.value], root);
    if (!own) throw new Error(`${path} is not in values.schema.json: describe it there`);
    // The comment above the first key belongs to the map.
    const meaning = lastParagraph(key.commentBefore ?? (index === 0 ? map.commentBefore : ''));
    if (isMap(value) && hasComments(value)) {
      const group = meaning ? [`| \`${path}\` | ${meaning} | | |`] : [];
      return [...group, ...rows(value, own, root, `${path}.`)];
    }
    if (!meaning)
      throw new Error(`${path} has no comment in values.yaml: say its meaning above it`);
    return [`| \`${path}\` | ${meaning} | ${typeOf(own, root)} | ${defaultOf(value)} |`];
  });

const lastParagraph = (comment: string | null | undefined): string | undefined =>
  comment
    ?.split(/\n\s*\n/)
    .at(-1)
    ?.replaceAll(/\s*\n\s*/g, ' ')
    .trim();

const hasComments = (map: YAMLMap): boolean =>
  map.commentBefore !== undefined ||
  map.items.some(
    ({ key, value }) =>
      (isScalar(key) && key.commentBefore) || (isMap(value) && hasComments(value)),
  );

const resolved = (schema: Schema | undefined, root: Schema): Schema | undefined =>
  schema?.$ref ? root.$defs?.[schema.$ref.replace('#/$defs/', '')] : schema;

const typeOf = (schema: Schema, root: Schema): string => {
  const own = resolved(schema, root) ?? schema;
  if (own.enum) return own.enum.map((value) => `\`${value === '' ? '""' : value}\``).join(', ');
  if (own.anyOf) return own.anyOf.map((one) => typeOf(one, root)).join(' or ');
  return [own.type ?? []].flat().join(' or ');
};

const defaultOf = (value: unknown): string => {
  const text = JSON.stringify((value as { toJSON(): unknown } | null)?.toJSON() ?? null);
  return text.length > 80 ? 'see values.yaml' : `\`${text}\``;
};
