import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { linkFolder } from './link-folder.ts';

/** How to run MariaDB's programs. */
export interface MariadbPrograms {
  readonly server: string;
  readonly install: string;
  readonly options: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

const SYSTEM_PATH = [process.env.PATH, '/usr/sbin', '/usr/local/sbin', '/opt/homebrew/bin'].join(
  ':',
);

/** MariaDB as it is installed on this machine. */
const installed = (): MariadbPrograms | undefined => {
  const server = Bun.which('mariadbd', { PATH: SYSTEM_PATH });
  const install = Bun.which('mariadb-install-db', { PATH: SYSTEM_PATH });
  return server && install ? { server, install, options: [], environment: {} } : undefined;
};

const PACKAGES = ['mariadb-server-core', 'mariadb-client-core', 'mariadb-common'];

/** Debian's packages, unpacked into the user's cache: nothing is installed. */
const unpacked = (): string | undefined => {
  if (!Bun.which('apt-get') || !Bun.which('dpkg') || !Bun.which('apt-cache')) return undefined;
  const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'hello');
  const version = candidateVersion() ?? (refreshed() ? candidateVersion() : undefined);
  if (!version) return undefined;
  const folder = join(cache, `mariadb-${version.replaceAll(/[^\w.+-]/g, '_')}-${process.arch}`);
  if (!existsSync(folder)) download(cache, folder);
  return existsSync(folder) ? folder : undefined;
};

const candidateVersion = (): string | undefined =>
  /^ {2}Candidate: (\d.*)$/m.exec(output('apt-cache', 'policy', 'mariadb-server-core'))?.[1];

/** Fetches Debian's lists of packages, which only root may do. */
const refreshed = (): boolean => {
  if (process.getuid?.() !== 0) return false;
  console.error('Fetching the lists of packages (apt-get update), to test against MariaDB');
  return Bun.spawnSync(['apt-get', 'update', '-qq']).exitCode === 0;
};

const download = (cache: string, folder: string): void => {
  console.error(`Unpacking MariaDB from Debian's packages into ${folder}`);
  mkdirSync(cache, { recursive: true });
  const aside = mkdtempSync(`${folder}.`);
  try {
    const packages = [...PACKAGES, ...libraries()];
    if (!fetched(aside, packages) && !(refreshed() && fetched(aside, packages))) return;
    for (const file of readdirSync(aside).filter((name) => name.endsWith('.deb'))) {
      Bun.spawnSync(['dpkg', '-x', file, 'root'], { cwd: aside });
      rmSync(join(aside, file));
    }
    if (!existsSync(folder)) renameSync(join(aside, 'root'), folder);
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
};

const fetched = (folder: string, packages: readonly string[]): boolean =>
  Bun.spawnSync(['apt-get', 'download', '-qq', ...packages], { cwd: folder }).exitCode === 0;

/** The libraries that the server needs beside the C and C++ ones; each is there, or can be unpacked as well. */
const libraries = (): string[] =>
  [...output('apt-cache', 'depends', ...PACKAGES).matchAll(/^ *Depends: (lib[\w.+-]+)$/gm)]
    .map(([, name]) => name ?? '')
    .filter((name) => !/^lib(c6|gcc-s1|stdc\+\+6|dbi-perl)$|-perl$/.test(name));

const output = (...command: string[]): string =>
  Bun.spawnSync(command, { stdio: ['ignore', 'pipe', 'ignore'] }).stdout.toString();

/** Why there is no MariaDB on this machine, if so. */
export const mariadbMissing = (): string | undefined =>
  installed() || unpacked()
    ? undefined
    : 'no mariadbd: install mariadb-server (Debian: apt-get install mariadb-server-core mariadb-client-core)';

/** The programs, where the server's user can reach them; unpacked ones are linked into `folder`. */
export const mariadbPrograms = (folder: string): MariadbPrograms => {
  const system = installed();
  if (system) return system;
  const cached = unpacked();
  if (!cached) throw new Error(mariadbMissing());
  const root = join(folder, 'root');
  linkFolder(cached, root);
  const libraryFolders = [
    ...new Bun.Glob('{usr/,}lib/*-linux-*').scanSync({
      cwd: root,
      onlyFiles: false,
      absolute: true,
    }),
  ];
  return {
    server: join(root, 'usr/sbin/mariadbd'),
    install: join(root, 'usr/bin/mariadb-install-db'),
    options: [
      `--basedir=${join(root, 'usr')}`,
      `--lc-messages-dir=${join(root, 'usr/share/mysql')}`,
    ],
    environment: { LD_LIBRARY_PATH: libraryFolders.join(':') },
  };
};
