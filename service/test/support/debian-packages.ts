import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

const TOOLS = ['apt-get', 'apt-cache', 'dpkg'];

/**
 * Debian's packages, unpacked into the user's cache under the version of the first: nothing is installed.
 * @returns the folder, or undefined where there are no such packages
 */
export const unpackedPackages = (...packages: [string, ...string[]]): string | undefined => {
  if (!TOOLS.every((tool) => Bun.which(tool))) return undefined;
  const [first] = packages;
  const version = candidateOf(first) ?? (refreshed() ? candidateOf(first) : undefined);
  if (!version) return undefined;
  const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'hello');
  const name = `${first}-${version.replaceAll(/[^\w.+-]/g, '_')}-${process.arch}`;
  const folder = join(cache, name);
  if (!existsSync(folder)) unpack(packages, cache, folder);
  return existsSync(folder) ? folder : undefined;
};

/** The path of a program that this machine has, also where a user's `PATH` has no servers. */
export const installedProgram = (name: string): string | null =>
  Bun.which(name, {
    PATH: [process.env.PATH, '/usr/sbin', '/usr/local/sbin', '/opt/homebrew/bin'].join(':'),
  });

/** What lets the programs of an unpacked folder find its libraries. */
export const libraryPath = (folder: string): Record<string, string> => {
  const options = { cwd: folder, onlyFiles: false, absolute: true };
  const folders = ['lib/*-linux-*', 'usr/lib/*-linux-*'].flatMap((pattern) => [
    ...new Bun.Glob(pattern).scanSync(options),
  ]);
  return { LD_LIBRARY_PATH: folders.join(':') };
};

const candidateOf = (name: string): string | undefined =>
  /^ {2}Candidate: (\d.*)$/m.exec(output('apt-cache', 'policy', name))?.[1];

/** Fetches Debian's lists of packages, which only root may do. */
const refreshed = (): boolean => {
  if (process.getuid?.() !== 0) return false;
  console.error("Fetching the lists of Debian's packages (apt-get update)");
  return Bun.spawnSync(['apt-get', 'update', '-qq']).exitCode === 0;
};

/** Unpacked aside and moved into place, so that an interrupted or a simultaneous run leaves nothing half done. */
const unpack = (packages: readonly string[], cache: string, folder: string): void => {
  console.error(`Unpacking ${packages.join(', ')} from Debian into ${folder}`);
  mkdirSync(cache, { recursive: true });
  const aside = mkdtempSync(`${folder}.`);
  try {
    const all = [...packages, ...librariesOf(packages)];
    if (!downloaded(aside, all) && !(refreshed() && downloaded(aside, all))) return;
    for (const file of readdirSync(aside).filter((name) => name.endsWith('.deb')))
      Bun.spawnSync(['dpkg', '-x', file, 'root'], { cwd: aside });
    if (!existsSync(folder)) renameSync(join(aside, 'root'), folder);
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
};

const downloaded = (folder: string, packages: readonly string[]): boolean =>
  Bun.spawnSync(['apt-get', 'download', '-qq', ...packages], { cwd: folder }).exitCode === 0;

/** The libraries that packages need, without those of C and C++, which every machine has. */
const librariesOf = (packages: readonly string[]): string[] =>
  [...output('apt-cache', 'depends', ...packages).matchAll(/^ *Depends: (lib[\w.+-]+)$/gm)]
    .map(([, name]) => name ?? '')
    .filter((name) => !/^lib(c6|gcc-s1|stdc\+\+6)$|-perl$/.test(name));

const output = (...command: string[]): string =>
  Bun.spawnSync(command, { stdio: ['ignore', 'pipe', 'ignore'] }).stdout.toString();
