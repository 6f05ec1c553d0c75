/** Compiles the service into one executable for Linux: `bun service/image/binary.ts` writes build/hello. */
import { readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import type { BunPlugin } from 'bun';
import { ARCHITECTURES, type Architecture, ownArchitecture } from './architecture.ts';
import { bunFor } from './bun.ts';

const ROOT = resolve(import.meta.dir, '../..');

/** A package of npm of which code is in the executable. */
export interface NpmPackage {
  readonly name: string;
  readonly version: string;
  readonly licence: string;
  readonly folder: string;
}

export interface Binary {
  readonly file: string;
  readonly packages: readonly NpmPackage[];
}

/** As text the files of the API's page would take four times the room. */
const compressPage: BunPlugin = {
  name: 'compress the files of the page',
  setup: (build) => {
    build.onLoad({ filter: /\/swagger-ui-dist\/[\w.-]+\.(css|js)$/ }, async ({ path }) => {
      const compressed = Bun.gzipSync(await Bun.file(path).bytes(), { level: 9 });
      return {
        loader: 'js',
        contents: `export default new TextDecoder().decode(Bun.gunzipSync(Buffer.from('${compressed.toBase64()}', 'base64')));`,
      };
    });
  },
};

/** Writes `folder`/hello. Same sources, same bytes, whatever the folder; not so under another file name. */
export const compile = async (
  architecture: Architecture,
  folder: string,
  commit: string,
): Promise<Binary> => {
  const file = join(folder, 'hello');
  const inputs = await compileProgram('service/src/main.ts', file, architecture, commit);
  return { file, packages: packagesOf(inputs) };
};

/**
 * Writes a program of the repository and the runtime as one executable file. Identifiers are kept for stack traces and
 * spans.
 * @returns the files that are in it
 */
export const compileProgram = async (
  entry: string,
  file: string,
  architecture: Architecture,
  commit: string,
): Promise<string[]> => {
  const { metafile } = await Bun.build({
    entrypoints: [join(ROOT, entry)],
    root: ROOT,
    compile: {
      target: `bun-linux-${ARCHITECTURES[architecture].bun}`,
      executablePath: await bunFor(architecture),
      outfile: file,
      autoloadDotenv: false,
      autoloadBunfig: false,
      autoloadTsconfig: false,
      autoloadPackageJson: false,
    },
    bytecode: true,
    minify: { whitespace: true, syntax: true },
    define: {
      BUILD_COMMIT: JSON.stringify(commit),
      // Otherwise the folder of this clone, wherever a package asks for it.
      __dirname: '"/"',
      __filename: '"/hello"',
    },
    plugins: [compressPage],
    metafile: true,
  });
  if (!metafile) throw new Error('Bun told nothing of what it bundled');
  return Object.keys(metafile.inputs);
};

/** The packages of npm that files belong to, by name and version. */
const packagesOf = (files: readonly string[]): NpmPackage[] => {
  const folders = files.flatMap((file) => folderOf(resolve(file)) ?? []);
  return [...new Set(folders)].map(readPackage).toSorted((one, other) => {
    const [a, b] = [`${one.name}@${one.version}`, `${other.name}@${other.version}`];
    return a < b ? -1 : 1;
  });
};

/** The folder of the package that a file is of. */
const folderOf = (file: string): string | undefined =>
  /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(file)?.[0];

const readPackage = (folder: string): NpmPackage => {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  return { name, version, licence: license ?? 'unknown', folder };
};

/** What git prints about this repository; nothing outside of one. */
export const git = (...command: readonly string[]): string | undefined => {
  if (!Bun.which('git')) return undefined;
  const { exitCode, stdout } = Bun.spawnSync(['git', '-C', ROOT, ...command]);
  return exitCode === 0 ? stdout.toString().trim() : undefined;
};

/**
 * The commit of the sources, followed by `-modified` when they differ from it. Outside of a repository, as in a container
 * that builds, `SOURCE_COMMIT` names it, or it is `unknown`.
 */
export const commitOf = (): string => {
  const commit = git('rev-parse', 'HEAD');
  if (!commit) return process.env.SOURCE_COMMIT || 'unknown';
  return git('status', '--porcelain') === '' ? commit : `${commit}-modified`;
};

if (import.meta.main) {
  const { file } = await compile(ownArchitecture(), join(ROOT, 'build'), commitOf());
  console.log(relative('.', file));
}
