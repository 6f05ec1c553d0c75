import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv, { type ValidateFunction } from 'ajv/dist/2020';
import { type Fields, type KubernetesObject, leaves, nameOf, parseObjects } from './objects.ts';

/** Where the first call fetches them to. */
const FOLDER = (
  await Bun.$`${join(import.meta.dir, '../kubernetes-schemas/unpacked')}`.text()
).trim();

/** Definitions of kinds that no package carries, by our own reading. */
const OURS = join(import.meta.dir, '../kubernetes-schemas');

/** `$id` of Kubernetes' definitions. */
const KUBERNETES = 'https://kubernetes.io/api/_definitions.json';

/** Minor versions of Kubernetes whose schemas are here, oldest first. */
export const MINORS = readdirSync(FOLDER)
  .flatMap((file) => /^kubernetes-(.*)\.json$/.exec(file)?.[1] ?? [])
  .toSorted(Bun.semver.order);

/** The definitions of custom resources. */
export const definitions = [FOLDER, OURS].flatMap((folder) =>
  readdirSync(folder)
    .filter((file) => file.endsWith('.yaml'))
    .flatMap((file) => parseObjects(readFileSync(join(folder, file), 'utf8'))),
);

/** A schema that refuses the fields which it doesn't describe, as the API server does with `--validate=strict`. */
const closed = (schema: Fields): Fields => {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== 'object' || schema === null) return schema;
  const copy = Object.fromEntries(
    Object.entries(schema).map(([key, value]) => [
      key,
      key === 'default' || key === 'enum' ? value : closed(value),
    ]),
  );
  const open = 'additionalProperties' in schema || schema['x-kubernetes-preserve-unknown-fields'];
  return isSchemaOfObject(schema) && !open ? { ...copy, additionalProperties: false } : copy;
};

/** Schemas that only restrict others, below `anyOf` and the like, have no type. */
const isSchemaOfObject = ({ type, properties }: Fields): boolean =>
  type === 'object' && typeof properties === 'object';

/** One kind's schema of a custom resource definition. */
const customSchemas = definitions.flatMap(({ spec: { group, names, versions } }) =>
  versions.map(({ name, schema }: Fields) => {
    const { properties, ...rest } = closed(schema.openAPIV3Schema);
    return {
      $id: `https://kubernetes.io/custom/${group}/${name}/${names.kind}`,
      ...rest,
      properties: {
        ...properties,
        metadata: { $ref: `${KUBERNETES}#/$defs/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta` },
      },
    };
  }),
);

/** Numbers' ranges, times' and addresses' forms are left to the API server; an unknown format would be an error. */
const FORMATS = {
  int32: true,
  int64: true,
  double: true,
  byte: true,
  'date-time': true,
  ipv4: true,
  ipv6: true,
} as const;

/** Go's regular expressions say within them that case doesn't matter, JavaScript's beside them. */
const regularExpression = Object.assign(
  (pattern: string, flags: string) =>
    new RegExp(pattern.replace('(?i)', ''), pattern.includes('(?i)') ? `${flags}i` : flags),
  // For code that ajv would write to a file, which nobody does here.
  { code: 'RegExp' },
);

const readValidators = (minor: string) => {
  const kubernetes = JSON.parse(readFileSync(join(FOLDER, `kubernetes-${minor}.json`), 'utf8'));
  const ajv = new Ajv({
    strict: false,
    allErrors: true,
    validateSchema: false,
    formats: FORMATS,
    code: { regExp: regularExpression },
  });
  ajv.addSchema(kubernetes);
  for (const schema of customSchemas) ajv.addSchema(schema);
  const own = new Map<string, string>(
    Object.entries<Fields>(kubernetes.$defs).flatMap(([name, definition]) =>
      (definition['x-kubernetes-group-version-kind'] ?? []).map(
        ({ group, version, kind }: Fields) => [
          `${group ? `${group}/` : ''}${version} ${kind}`,
          `${KUBERNETES}#/$defs/${name}`,
        ],
      ),
    ),
  );
  return ({ apiVersion, kind }: KubernetesObject): ValidateFunction | undefined =>
    ajv.getSchema(
      own.get(`${apiVersion} ${kind}`) ?? `https://kubernetes.io/custom/${apiVersion}/${kind}`,
    );
};

const validators = new Map(MINORS.map((minor) => [minor, readValidators(minor)]));

/** What a Kubernetes of the minor version would refuse in the objects by their schemas, and nulls, which it would drop. */
export const schemaFaults = (objects: readonly KubernetesObject[], minor: string): string[] =>
  objects.flatMap((object) => {
    const validate = validators.get(minor)?.(object);
    if (!validate) return `${nameOf(object)}: no schema of ${object.apiVersion} ${object.kind}`;
    validate(object);
    const nulls = leaves(object).filter(({ value }) => value === null);
    return [
      ...(validate.errors ?? []).map(
        ({ instancePath, message, params }) =>
          `${nameOf(object)} ${instancePath} ${message} ${JSON.stringify(params)}`,
      ),
      ...nulls.map(({ path }) => `${nameOf(object)} ${path} is null`),
    ];
  });

/** Paths of a custom resource's fields that its schema has defaults for, and that are left out; the status is no one's here. */
export const missingDefaults = ({ apiVersion, kind, ...object }: KubernetesObject): string[] => {
  const { schema } = customVersion(apiVersion, kind) ?? {};
  const paths = schema ? defaultsLeftOut(schema.openAPIV3Schema, object, '') : [];
  return paths.filter((path) => path !== '.status');
};

const customVersion = (apiVersion: string, wanted: string): Fields =>
  definitions
    .filter(({ spec: { names } }) => names.kind === wanted)
    .flatMap(({ spec: { group, versions } }) =>
      versions.filter(({ name }: Fields) => `${group}/${name}` === apiVersion),
    )[0];

const defaultsLeftOut = (schema: Fields, value: Fields, path: string): string[] => {
  if (Array.isArray(value))
    return value.flatMap((item, index) => defaultsLeftOut(schema.items, item, `${path}[${index}]`));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries<Fields>(schema?.properties ?? {}).flatMap(([name, property]) => {
    if (name in value) return defaultsLeftOut(property, value[name], `${path}.${name}`);
    return 'default' in property ? [`${path}.${name}`] : [];
  });
};
