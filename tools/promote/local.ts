/**
 * Whether files that somebody proposes can be rendered without harm, and to what Argo CD renders: Kustomize would fetch what has
 * an address, Helm what a schema refers to, and either way follows a link out of the folder.
 */
import { basename, dirname, join, normalize } from 'node:path';
import { parse } from 'yaml';
import { git } from '../git.ts';

/**
 * What a kustomization here may say, and each entry of its lists; what isn't listed may run a program or load a file by a
 * field of its own. Kustomize takes `Path` for `path`, so it must be these to the letter.
 */
const FIELDS: Readonly<Record<string, readonly string[]>> = {
  apiVersion: [],
  components: [],
  configMapGenerator: ['behavior', 'envs', 'files', 'literals', 'name', 'options'],
  images: ['digest', 'name', 'newName', 'newTag'],
  kind: [],
  patches: ['options', 'patch', 'path', 'target'],
  replacements: ['source', 'targets'],
  replicas: ['count', 'name'],
  resources: [],
};

/** No host and no scheme: a dot is in the end of a file's name alone. */
const PATH = /^(\.\.\/)*[\w-]+(\/[\w-]+)*(\.\w+)?$/;

interface Entry {
  readonly path?: string;
  readonly files?: readonly string[];
  readonly envs?: readonly string[];
}

type Kustomization = Readonly<Record<string, string | readonly (string | Entry)[]>>;

const entriesOf = (kustomization: Kustomization): { field: string; entry: string | Entry }[] =>
  Object.entries(kustomization).flatMap(([field, value]) =>
    Array.isArray(value) ? value.map((entry) => ({ field, entry })) : [],
  );

const unknownFields = (kustomization: Kustomization): string[] => [
  ...Object.keys(kustomization).filter((field) => !Object.hasOwn(FIELDS, field)),
  ...entriesOf(kustomization).flatMap(({ field, entry }) =>
    typeof entry === 'string'
      ? []
      : Object.keys(entry)
          .filter((key) => !FIELDS[field]?.includes(key))
          .map((key) => `${field}.${key}`),
  ),
];

const pathsOf = (kustomization: Kustomization): string[] =>
  entriesOf(kustomization).flatMap(({ entry }) =>
    typeof entry === 'string'
      ? [entry]
      : [
          ...(entry.path === undefined ? [] : [entry.path]),
          ...(entry.files ?? []).map((file) => file.replace(/^[\w.-]+=/, '')),
          ...(entry.envs ?? []),
        ],
  );

const faultsOf = (file: string, text: string): string[] => {
  const kustomization = parse(text, { version: '1.1', merge: true }) ?? {};
  return [
    ...unknownFields(kustomization).map(
      (field) => `${file} has ${field}, which isn't among what this check knows`,
    ),
    ...pathsOf(kustomization)
      .filter(
        (path) =>
          !PATH.test(path) || !normalize(join(dirname(file), path)).startsWith('kustomize/'),
      )
      .map((path) => `${file} loads ${path}, which is no path within kustomize/`),
  ];
};

/** Fields by which a schema names another, which Helm would load: from an address, or a file of this machine. */
const REFERENCE = /^\$(ref|dynamicRef|recursiveRef|schema)$/;

/** The dialect of the chart's schemas, which Helm has in itself. */
const DIALECT = 'https://json-schema.org/draft/2020-12/schema';

const outsideOf = (schema: unknown): string[] =>
  Object.entries(schema ?? {}).flatMap(([field, value]) => {
    if (typeof value !== 'string') return outsideOf(value);
    return REFERENCE.test(field) && !value.startsWith('#') && value !== DIALECT ? [value] : [];
  });

const schemaFaults = (file: string, text: string): string[] => {
  try {
    return outsideOf(JSON.parse(text)).map(
      (reference) => `${file} refers to ${reference}, which is outside of it`,
    );
  } catch (error) {
    return [`${file} is no JSON: ${(error as Error).message}`];
  }
};

/** What stands against rendering a commit's files: a sentence each. */
export const strangeFiles = async (repository: string, commit: string): Promise<string[]> => {
  const listed = await git(repository, 'ls-tree', '-rz', commit, 'kustomize', 'helm');
  const entries = listed
    .split('\0')
    .filter(Boolean)
    .map((entry) => {
      const [kind = '', file = ''] = entry.split('\t');
      return { file, mode: kind.slice(0, 6) };
    });
  const links = entries.filter(({ mode }) => !mode.startsWith('100'));
  const kustomizations = entries.filter(({ file }) =>
    /^kustomize\/(.*\/)?kustomization(\.ya?ml)?$/i.test(file),
  );
  const schemas = entries.filter(({ file }) => basename(file) === 'values.schema.json');
  const textOf = (file: string) => git(repository, 'show', `${commit}:${file}`);
  const faults = [
    ...kustomizations.map(async ({ file }) => faultsOf(file, await textOf(file))),
    ...schemas.map(async ({ file }) => schemaFaults(file, await textOf(file))),
  ];
  return [
    // https://argo-cd.readthedocs.io/en/stable/user-guide/parameters/: over what the application says, by file.
    ...entries
      .filter(({ file }) => basename(file).startsWith('.argocd-source'))
      .map(({ file }) => `${file} would let Argo CD render something else than what is judged`),
    ...entries
      .filter(({ file }) => /^helm\/(.*\/)?charts\//.test(file))
      .map(({ file }) => `${file} is of another chart, whose files this check doesn't know`),
    ...links.map(({ file }) => `${file} is a link, whose end isn't in what was reviewed`),
    ...(await Promise.all(faults)).flat(),
  ];
};
