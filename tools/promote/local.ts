/**
 * Whether files that somebody proposes can be rendered without harm: Kustomize would fetch what has an address, and either
 * way follows a link out of the folder.
 */
import { dirname, join, normalize } from 'node:path';
import { parse } from 'yaml';
import { git } from '../git.ts';

/** What a kustomization here may say; what isn't listed may run a program or load a file by a field of its own. */
const FIELDS = [
  'apiVersion',
  'components',
  'configMapGenerator',
  'images',
  'kind',
  'patches',
  'replacements',
  'replicas',
  'resources',
];

/** No host and no scheme: a dot is in the end of a file's name alone. */
const PATH = /^(\.\.\/)*[\w-]+(\/[\w-]+)*(\.\w+)?$/;

interface Loads {
  readonly resources?: readonly string[];
  readonly components?: readonly string[];
  readonly patches?: readonly { readonly path?: string }[];
  readonly replacements?: readonly { readonly path?: string }[];
  readonly configMapGenerator?: readonly {
    readonly files?: readonly string[];
    readonly envs?: readonly string[];
    readonly env?: string;
  }[];
}

const pathsOf = (kustomization: Loads): string[] =>
  [
    ...(kustomization.resources ?? []),
    ...(kustomization.components ?? []),
    ...(kustomization.patches ?? []).map(({ path }) => path),
    ...(kustomization.replacements ?? []).map(({ path }) => path),
    ...(kustomization.configMapGenerator ?? []).flatMap(({ files = [], envs = [], env }) => [
      ...files.map((file) => file.replace(/^[\w.-]+=/, '')),
      ...envs,
      env,
    ]),
  ].filter((path) => path !== undefined);

const faultsOf = (file: string, text: string): string[] => {
  const kustomization = parse(text) ?? {};
  return [
    ...Object.keys(kustomization)
      .filter((field) => !FIELDS.includes(field))
      .map((field) => `${file} has ${field}, which isn't among what this check knows`),
    ...pathsOf(kustomization)
      .filter(
        (path) =>
          !PATH.test(path) || !normalize(join(dirname(file), path)).startsWith('kustomize/'),
      )
      .map((path) => `${file} loads ${path}, which is no path within kustomize/`),
  ];
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
  const faults = kustomizations.map(async ({ file }) =>
    faultsOf(file, await git(repository, 'show', `${commit}:${file}`)),
  );
  return [
    ...links.map(({ file }) => `${file} is a link, whose end isn't in what was reviewed`),
    ...(await Promise.all(faults)).flat(),
  ];
};
