import { join } from 'node:path';
import { libraryPath, unpackedPackages } from './debian-packages.ts';
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

const unpacked = () =>
  unpackedPackages('mariadb-server-core', 'mariadb-client-core', 'mariadb-common');

/** Why there is no MariaDB on this machine, if so. */
export const mariadbMissing = (): string | undefined =>
  installed() || unpacked()
    ? undefined
    : 'there is no mariadbd; install MariaDB (Debian: mariadb-server-core and mariadb-client-core)';

/** The programs, where the server's user can reach them; unpacked ones are linked into `folder`. */
export const mariadbPrograms = (folder: string): MariadbPrograms => {
  const system = installed();
  if (system) return system;
  const cached = unpacked();
  if (!cached) throw new Error(mariadbMissing());
  const root = join(folder, 'root');
  linkFolder(cached, root);
  return {
    server: join(root, 'usr/sbin/mariadbd'),
    install: join(root, 'usr/bin/mariadb-install-db'),
    options: [
      `--basedir=${join(root, 'usr')}`,
      `--lc-messages-dir=${join(root, 'usr/share/mysql')}`,
    ],
    environment: libraryPath(root),
  };
};
