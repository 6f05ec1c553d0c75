import { join } from 'node:path';
import { run } from '../../image/run.ts';
import { installedProgram, libraryPath, unpackedPackages } from './debian-packages.ts';
import { unpackedSuite } from './debian-suite.ts';
import { linkFolder } from './link-folder.ts';

/** How to run a server that speaks the protocol of MySQL. */
export interface MysqlPrograms {
  readonly server: string;
  /** Options that every run of the server needs. */
  readonly options: readonly string[];
  /** The command that fills a data folder, for a server with these further options. */
  initialise(data: string, options: readonly string[]): readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** Leaves only root, who has no password yet. */
  readonly removeUsers: readonly string[];
  /** Makes the server read its certificate again. */
  readonly reloadCertificate: string;
}

/** The programs where the server's user can reach them: what was unpacked is linked into `folder`. */
export type MysqlProgramsIn = (folder: string) => MysqlPrograms;

const MARIADB = ['mariadb-server-core', 'mariadb-client-core', 'mariadb-common'] as const;

/** @throws Error when it can't be had */
export const findMysql = async (): Promise<MysqlProgramsIn> => {
  const program = 'usr/sbin/mysqld';
  const cached = await unpackedSuite('unstable', ['mysql-server-core'], [program], initialiseMysql);
  return (folder) => {
    const root = join(folder, 'root');
    for (const part of ['usr/sbin', 'usr/lib', 'usr/share/mysql', 'data'])
      linkFolder(join(cached, part), join(root, part));
    return {
      server: join(root, program),
      options: [
        ...[...placesIn(root), REDO_LOG, '--skip-log-bin'],
        ...['--mysqlx=OFF', '--secure-file-priv=NULL'],
        // Those that it was given with its data folder are enough; a test takes them away.
        '--caching-sha2-password-auto-generate-rsa-keys=OFF',
        '--sha256-password-auto-generate-rsa-keys=OFF',
      ],
      initialise: (data, options) =>
        options.length === 0
          ? ['cp', '-R', `${join(root, 'data')}/.`, data]
          : [...initialising(root, data), ...options],
      removeUsers: [],
      // Otherwise it keeps the old one rather than one that is expired, or whose authority it doesn't know.
      reloadCertificate: 'alter instance reload tls no rollback on error',
    };
  };
};

/** A data folder to copy: to create one takes seconds. */
const initialiseMysql = async (root: string): Promise<void> => {
  const data = join(root, 'data');
  await run([...initialising(root, data), '--user=root']);
  await run(['chmod', '-R', 'a+rX', data]);
};

const initialising = (root: string, data: string): string[] => [
  ...[join(root, 'usr/sbin/mysqld'), '--no-defaults', ...placesIn(root)],
  ...['--initialize-insecure', `--datadir=${data}`, REDO_LOG],
];

const REDO_LOG = '--innodb-redo-log-capacity=8M';

/** MariaDB as this machine has it, or as Debian has it for this machine. @throws Error when it can't be had */
export const findMariadb = async (): Promise<MysqlProgramsIn> => {
  const server = installedProgram('mariadbd');
  const install = installedProgram('mariadb-install-db');
  if (server && install) return () => mariadb(server, install, []);
  const cached = unpackedPackages(...MARIADB);
  if (!cached)
    throw new Error(
      'there is no mariadbd; install MariaDB (Debian: mariadb-server-core and mariadb-client-core)',
    );
  return (folder) => ({
    ...mariadbIn(cached, folder),
    environment: libraryPath(join(folder, 'root')),
  });
};

/** The newest MariaDB that Debian has. @throws Error when it can't be had */
export const findNewestMariadb = async (): Promise<MysqlProgramsIn> => {
  const programs = ['usr/sbin/mariadbd', 'usr/bin/my_print_defaults', 'usr/bin/resolveip'];
  const cached = await unpackedSuite('unstable', MARIADB, programs);
  return (folder) => mariadbIn(cached, folder);
};

const mariadbIn = (cached: string, folder: string): MysqlPrograms => {
  const root = join(folder, 'root');
  linkFolder(cached, root);
  const [server, install] = ['usr/sbin/mariadbd', 'usr/bin/mariadb-install-db'];
  return mariadb(join(root, server), join(root, install), placesIn(root));
};

const mariadb = (server: string, install: string, options: readonly string[]): MysqlPrograms => ({
  server,
  options,
  initialise: (data, others) => [
    ...[install, '--no-defaults', ...options, '--auth-root-authentication-method=normal'],
    ...['--skip-test-db', '--skip-name-resolve', `--datadir=${data}`, ...others],
  ],
  removeUsers: [
    "delete from global_priv where user not in ('root', 'mariadb.sys')",
    "delete from global_priv where user = 'root' and host <> 'localhost'",
    'flush privileges',
  ],
  reloadCertificate: 'flush ssl',
});

const placesIn = (root: string): string[] => [
  `--basedir=${join(root, 'usr')}`,
  `--lc-messages-dir=${join(root, 'usr/share/mysql')}`,
];
