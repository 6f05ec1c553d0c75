/**
 * Extracts the schema of the AWS provider from @cdktn/provider-aws (structure) and @pulumi/aws (what AWS computes and what is
 * secret), and of smaller ones from @cdktf/provider-*, in the layout of `tofu providers schema -json`. Run by `extract schema`.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import corrections from './corrections.json';

type Type = string | [string, Type | Record<string, Type>];

interface Attribute {
  type: Type;
  required?: true;
  optional?: true;
  computed?: true;
  sensitive?: true;
  write_only?: true;
}

export interface Block {
  attributes?: Record<string, Attribute>;
  block_types?: Record<
    string,
    { nesting_mode: string; block: Block; min_items?: number; max_items?: number }
  >;
}

type Schemas = Record<string, { version: 0; block: Block }>;

export interface Provider {
  provider: { version: 0; block: Block };
  resource_schemas: Schemas;
  data_source_schemas: Schemas;
}

/** What a mapper of cdktn.js makes of a settable member. */
interface Settable {
  value: Type | Members | { element: Type | Members; isBlock?: boolean };
  type: string;
}
type Members = Record<string, Settable>;

// biome-ignore lint/suspicious/noExplicitAny: generated classes.
type Reference = any;

/** Has every member, each of which is itself: what code reads of it tells nothing. */
const ANYTHING: unknown = new Proxy({}, { get: () => ANYTHING, ownKeys: () => [] });

/** The computed side of a class: its getters by the provider's name of the attribute. */
function getters(instance: Reference): Map<string, { property: string; value: Reference }> {
  const found = new Map();
  const descriptors = Object.getOwnPropertyDescriptors(Object.getPrototypeOf(instance));
  for (const [property, { get }] of Object.entries(descriptors)) {
    // `engineInput` is what `engine` was set to.
    const isInput = property.endsWith('Input') && property.slice(0, -'Input'.length) in descriptors;
    if (!get || property === 'internalValue' || isInput) continue;
    const value = get.call(instance);
    const name = value?.terraformAttribute ?? value?.name;
    if (name) found.set(name, { property, value });
  }
  return found;
}

const isMembers = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !('element' in value);

/** A mapper's type without what it tells of blocks. */
const plain = (type: Reference): Type =>
  Array.isArray(type)
    ? [type[0], plain(type[1])]
    : type?.element
      ? ['list', plain(type.element)]
      : type;

/** The object of a list, set or map of objects. */
const elementOf = (value: Reference): Reference =>
  typeof value.get === 'function' ? value.get(0) : value;

/** The type of a computed value. */
function typeOf(value: Reference): Type {
  if (value.type) return value.type;
  const object: Type = ['object', objectOf(elementOf(value))];
  if (typeof value.get !== 'function') return object;
  return [value.rest[0] === true ? 'set' : value.rest.length === 0 ? 'map' : 'list', object];
}

const objectOf = (instance: Reference): Record<string, Type> =>
  Object.fromEntries(
    [...getters(instance)].map(([name, { value }]) => [name, typeOf(value)]).sort(),
  );

const writeOnly = (name: string) => (name.endsWith('_wo') ? { write_only: true as const } : {});

/** Flags of an argument that can be set: by its own reset method where it may be left out. */
const flags = (instance: Reference, property: string) =>
  `reset${property[0]?.toUpperCase()}${property.slice(1)}` in instance
    ? { optional: true as const }
    : { required: true as const };

export function blockOf(instance: Reference, members: Members): Block {
  const attributes: Record<string, Attribute> = {};
  const blocks: NonNullable<Block['block_types']> = {};
  const computed = getters(instance);
  for (const [name, { value }] of computed) {
    if (name in members) continue;
    attributes[name] = { type: typeOf(value), computed: true, ...writeOnly(name) };
  }
  for (const [name, member] of Object.entries(members)) {
    const { property, value } = computed.get(name) ?? { property: camel(name) };
    const flag = flags(instance, property);
    const { element, repeated } = elementsOf(member);
    if (!isMembers(element)) {
      const type = repeated ? ([member.type, plain(element)] as Type) : plain(element);
      attributes[name] = { type, ...flag, ...writeOnly(name) };
    } else if (isAttribute(instance, name, member)) {
      attributes[name] = objectAttribute(member, flag, value);
    } else {
      const block = blockOf(elementOf(value), element);
      blocks[name] = { ...limits(name, member, flag, repeated), block };
    }
  }
  return {
    ...(Object.keys(attributes).length > 0 && { attributes }),
    ...(Object.keys(blocks).length > 0 && { block_types: blocks }),
  };
}

const limits = (name: string, { type }: Settable, flag: object, repeated: boolean) => ({
  nesting_mode: name === 'timeouts' ? 'single' : type,
  ...('required' in flag && { min_items: 1 }),
  ...(!repeated && name !== 'timeouts' && { max_items: 1 }),
});

const camel = (name: string) => name.replace(/_(\w)/g, (_, letter) => letter.toUpperCase());

/** What a settable member has: one or several of what. */
function elementsOf({ value }: Settable): { element: Type | Members; repeated: boolean } {
  const repeated = typeof value === 'object' && !Array.isArray(value) && 'element' in value;
  return repeated
    ? { element: (value as { element: Type | Members }).element, repeated }
    : { element: value as Type | Members, repeated };
}

function objectAttribute({ type }: Settable, flag: object, value: Reference): Attribute {
  const object: Type = ['object', objectOf(elementOf(value))];
  if (type === 'struct') return { type: object, ...flag };
  return { type: [type, object], ...flag, computed: true };
}

/** What is written like a block may be an attribute: of newer resources, and where AWS may set it. A comment tells. */
const isAttribute = (instance: Reference, name: string, { type }: Settable) =>
  (type === 'struct' && name !== 'timeouts') ||
  sourceOf.get(instance.constructor.name)?.includes(`// ${name} - computed: true`);

/** The text of each class that was read, since what runs has no comments. */
const sourceOf = new Map<string, string>();

function readSources(folder: string): void {
  for (const file of new Bun.Glob('**/*.js').scanSync({ cwd: folder })) {
    const text = readFileSync(join(folder, file), 'utf8');
    for (const [source, name = ''] of text.matchAll(/^class (\w+) extends [\s\S]*?^\}/gm))
      sourceOf.set(name, source);
  }
}

/** What is kept as it is: the provider's own class has no computed side, and statements of web ACLs hold statements. */
const KEPT_TYPES = [
  'aws_lexv2models_bot_version',
  'aws_wafv2_rule_group',
  'aws_wafv2_web_acl',
  'aws_wafv2_web_acl_rule',
];
const KEPT = ['provider', ...KEPT_TYPES.map((type) => type.replace('aws_', '').replace(/_/g, '-'))];

/** What is read of the small providers: of the hundreds of types of kubernetes only those that modules make. */
const SMALL: Record<string, readonly string[]> = {
  helm: ['release'],
  kubernetes: ['config-map-v1', 'namespace-v1', 'secret-v1'],
  time: ['sleep'],
};

/** The providers whose schema is extracted. */
export const EXTRACTED = ['aws', ...Object.keys(SMALL)];

/** The resources and data sources of a provider's package in a folder with node_modules. */
export function extract(
  folder: string,
  provider: string,
): Pick<Provider, 'resource_schemas' | 'data_source_schemas'> {
  const require = createRequire(join(folder, 'index.js'));
  const scope = provider in SMALL ? '@cdktf' : '@cdktn';
  const library = join(folder, `node_modules/${scope}/provider-${provider}/lib`);
  const resources: Schemas = {};
  const data: Schemas = {};
  for (const name of SMALL[provider] ??
    readdirSync(library).filter((entry) => !entry.includes('.'))) {
    readSources(join(library, name));
    const exported = require(join(library, name, 'index.js'));
    // biome-ignore lint/suspicious/noExplicitAny: generated classes.
    const Class = Object.values(exported).find((value: any) => value.tfResourceType) as Reference;
    if (!Class || KEPT.includes(name)) continue;
    const instance = new Class({}, 'id', {});
    const members = Class.prototype.synthesizeHclAttributes.call(ANYTHING);
    const isData = name.startsWith('data-aws-');
    const block = blockOf(instance, members);
    (isData ? data : resources)[Class.tfResourceType] = { version: 0, block };
    for (const always of ['id', 'region', 'tags_all']) {
      const attribute = block.attributes?.[always];
      if (attribute?.optional) attribute.computed = true;
    }
  }
  if (provider === 'aws') flagFromPulumi(join(folder, 'node_modules/@pulumi/aws'), resources);
  return { resource_schemas: resources, data_source_schemas: data };
}

const fileOf = (provider: string) => join(import.meta.dir, `../schema/${provider}.json.gz`);
const addressOf = (provider: string) => `registry.opentofu.org/hashicorp/${provider}`;

/** The facts as they are committed. */
export const committed = (provider: string): Provider =>
  JSON.parse(new TextDecoder().decode(gunzipSync(readFileSync(fileOf(provider))))).provider_schemas[
    addressOf(provider)
  ];

/** The facts extracted anew, with what is kept and the corrections of what no package tells. */
export function renewed(folder: string, provider: string): Provider {
  const before = committed(provider);
  const { resource_schemas, data_source_schemas } = extract(folder, provider);
  for (const type of KEPT_TYPES.filter((kept) => kept.startsWith(`${provider}_`)))
    resource_schemas[type] = before.resource_schemas[type] as Schemas[string];
  for (const [path, computed] of Object.entries(corrections)) {
    const names = path.split('.');
    const schemas = names[0] === 'data' ? data_source_schemas : resource_schemas;
    if (schemas === data_source_schemas) names.shift();
    if (!names[0]?.startsWith(`${provider}_`)) continue;
    const last = names.pop() as string;
    let block = schemas[names.shift() as string]?.block;
    for (const name of names) block = block?.block_types?.[name]?.block;
    const attribute = block?.attributes?.[last];
    if (!attribute) throw new Error(`corrections.json: there is no ${path} any more`);
    if (computed) attribute.computed = true;
    else delete attribute.computed;
  }
  return { provider: before.provider, resource_schemas, data_source_schemas };
}

/** A class or nested type of @pulumi/aws: by the bare name of each property, what is known of it. */
type Described = Map<string, { mayBeComputed: boolean; secret: boolean; type: string }>;

/** A name as both packages have it; lists are in the plural there. */
const bare = (name: string) => name.replace(/_/g, '').toLowerCase();
const find = (described: Described, name: string) =>
  [name, `${name}s`, `${name}es`, name.replace(/y$/, 'ies')]
    .map((plural) => described.get(bare(plural)))
    .find(Boolean);

function describe(folder: string, path: string): Described | undefined {
  const text = readFileSync(join(folder, `${path}.d.ts`), 'utf8');
  const [, body] =
    /export declare class \w+ extends pulumi.CustomResource \{([\s\S]*?)\n\}/.exec(text) ?? [];
  if (!body) return undefined;
  const code = readFileSync(join(folder, `${path}.js`), 'utf8');
  const secrets: string[] = JSON.parse(
    /additionalSecretOutputs: (\[.*?\])/.exec(code)?.[1] ?? '[]',
  );
  return new Map(
    [...body.matchAll(/readonly (\w+): pulumi\.Output<([\s\S]*?)>;\n/g)].map(
      ([, name = '', type = '']) => [
        bare(name),
        { mayBeComputed: !type.endsWith('| undefined'), secret: secrets.includes(name), type },
      ],
    ),
  );
}

/** The nested types, as `rds.ClusterScalingConfiguration`. */
function describeNested(folder: string): Map<string, Described> {
  const nested = new Map<string, Described>();
  let namespace = '';
  let current: Described = new Map();
  for (const line of readFileSync(join(folder, 'types/output.d.ts'), 'utf8').split('\n')) {
    const [, space] = /^export declare namespace (\w+)/.exec(line) ?? [];
    const [, indent = '', name] = /^( *)(?:export )?interface (\w+)/.exec(line) ?? [];
    const [, property, optional, type = ''] = /^ +(\w+)(\?)?: (.*)$/.exec(line) ?? [];
    if (space) namespace = space;
    else if (name) {
      current = new Map();
      nested.set(indent.length > 0 ? `${namespace}.${name}` : name, current);
    } else if (property)
      current.set(bare(property), { mayBeComputed: !optional, secret: false, type });
  }
  return nested;
}

/** Marks what is optional there and yet always has a value as computed, and what is secret as sensitive. */
function flag(block: Block, described: Described, nested: Map<string, Described>): void {
  for (const [name, attribute] of Object.entries(block.attributes ?? {})) {
    const known = find(described, name);
    if (known?.mayBeComputed && attribute.optional) attribute.computed = true;
    if (known?.secret) attribute.sensitive = true;
  }
  for (const [name, { block: inner }] of Object.entries(block.block_types ?? {})) {
    const [, reference = ''] = /outputs\.([\w.]+)/.exec(find(described, name)?.type ?? '') ?? [];
    const known = nested.get(reference);
    if (known) flag(inner, known, nested);
  }
}

/** Finds the class of each resource: names differ in part, so the one that shares the most properties. */
function flagFromPulumi(folder: string, resources: Record<string, { block: Block }>): void {
  const nested = describeNested(folder);
  const classes = [...new Bun.Glob('*/*.d.ts').scanSync({ cwd: folder })].flatMap((file) => {
    const described = describe(folder, file.replace('.d.ts', ''));
    const [module = '', name = ''] = file.replace('.d.ts', '').toLowerCase().split('/');
    return described ? [{ module, name, described }] : [];
  });
  for (const [type, { block }] of Object.entries(resources)) {
    const plainType = type.replace(/_/g, '');
    const own = Object.keys(block.attributes ?? {}).map(bare);
    const [best] = classes
      .map(({ module, name, described }) => {
        const shared = own.filter((attribute) => described.has(attribute)).length;
        const alike =
          (plainType.endsWith(name) ? 0.3 + name.length / 1000 : 0) +
          (plainType.includes(module) ? 0.1 : 0);
        return { described, score: shared / (own.length + described.size) + alike };
      })
      .sort((x, y) => y.score - x.score);
    if (best) flag(block, best.described, nested);
  }
}

if (import.meta.main) {
  for (const provider of EXTRACTED) {
    const facts = {
      format_version: '1.0',
      provider_schemas: { [addressOf(provider)]: renewed(process.argv[2] as string, provider) },
    };
    writeFileSync(fileOf(provider), gzipSync(JSON.stringify(facts), { level: 9 }));
  }
}
