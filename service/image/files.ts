import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { ARCHITECTURES } from './architecture.ts';
import type { Binary, NpmPackage } from './binary.ts';
import { BUN_LICENCE } from './bun.ts';
import { C_LIBRARY, type UnpackedPackage } from './debian.ts';

/** User and group that the service runs as, and that own its data. */
export const USER = 65_532;

/** A file or folder of the image. */
export interface ImageFile {
  /** Without a slash at the beginning. */
  readonly path: string;
  readonly mode: number;
  /** Number of its user and group. */
  readonly owner: number;
  /** Missing for a folder. */
  readonly content?: Uint8Array;
  /** The package that it is of; missing for what the image alone has. */
  readonly origin?: string;
}

/** What the executable needs beside the kernel: the C library, a user, and a folder for data. */
export const baseFiles = ({ name, architecture, folder }: UnpackedPackage): ImageFile[] => {
  const { libraries, loader } = ARCHITECTURES[architecture];
  const libc = join(folder, 'usr/lib', libraries);
  const copyright = `usr/share/doc/${name}/copyright`;
  return withFolders([
    fromDisk(loader, join(libc, loader.replace(/^.*\//, '')), name, 0o755),
    ...C_LIBRARY.map((file) => fromDisk(`usr/lib/${libraries}/${file}`, join(libc, file), name)),
    fromDisk(copyright, join(folder, copyright), name),
    file('etc/passwd', `hello:x:${USER}:${USER}:hello:/data:/sbin/nologin\n`),
    file('etc/group', `hello:x:${USER}:\n`),
    { path: 'data', mode: 0o755, owner: USER },
  ]);
};

/** The executable, and the licences of what is in it. */
export const serviceFiles = (binary: Binary): ImageFile[] =>
  withFolders([
    fromDisk('hello', binary.file, 'hello', 0o755),
    { ...file('usr/share/doc/hello/copyright', licences(binary.packages)), origin: 'hello' },
  ]);

const file = (path: string, content: string): ImageFile => ({
  path,
  mode: 0o644,
  owner: 0,
  content: Buffer.from(content),
});

const fromDisk = (path: string, from: string, origin: string, mode = 0o644): ImageFile => ({
  path,
  mode,
  owner: 0,
  content: readFileSync(from),
  origin,
});

/** Adds the folders that files are in, and sorts so that each comes before what is in it. */
const withFolders = (files: readonly ImageFile[]): ImageFile[] => {
  const folders = new Set<string>();
  for (const { path } of files)
    for (let folder = dirname(path); folder !== '.'; folder = dirname(folder)) folders.add(folder);
  return [...[...folders].map((path) => ({ path, mode: 0o755, owner: 0 })), ...files].toSorted(
    (one, other) => (one.path < other.path ? -1 : 1),
  );
};

/** What Bun is under and what it links; its own package has no such file, that of its types has its documents. */
const bunLicence = (): string => {
  const folder = dirname(Bun.resolveSync('bun-types/package.json', import.meta.dir));
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const page = readFileSync(join(folder, 'docs/project/license.mdx'), 'utf8');
  return `${'='.repeat(72)}\nBun ${Bun.version} (${BUN_LICENCE}), as the documents of ${version} tell:\n${page.replace(/^---\n.*?\n---\n/s, '')}`;
};

const licences = (packages: readonly NpmPackage[]): string =>
  [
    readFileSync(resolve(import.meta.dir, '../../LICENSE'), 'utf8'),
    bunLicence(),
    ...packages.flatMap(({ name, version, licence, folder }) => [
      `${'='.repeat(72)}\n${name} ${version} (${licence})\n`,
      ...readdirSync(folder)
        .filter((each) => /^(licen[cs]e|notice|copying)/i.test(each))
        .toSorted()
        .map((each) => readFileSync(join(folder, each), 'utf8')),
    ]),
  ].join('\n');
