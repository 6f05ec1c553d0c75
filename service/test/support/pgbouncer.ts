import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type DatabaseServer, freePort, runSql } from './database-server.ts';
import { installedProgram, libraryPath, unpackedPackages } from './debian-packages.ts';
import { unpackedSuite } from './debian-suite.ts';
import { giveAway, guardedFolder } from './guarded-folder.ts';
import { linkFolder } from './link-folder.ts';
import { ServerProcess } from './server-process.ts';

export type PgbouncerMode = 'session' | 'transaction' | 'statement';

export interface PgbouncerOptions {
  readonly mode: PgbouncerMode;
  /** Maximum number of connections to the server for each database and user. */
  readonly poolSize: number;
}

/** How to run PgBouncer. */
interface PgbouncerProgram {
  readonly path: string;
  readonly environment?: Readonly<Record<string, string>>;
}

/** The program where its user can reach it: what was unpacked is linked into `folder`. */
export type PgbouncerIn = (folder: string) => PgbouncerProgram;

const PROGRAM = 'usr/sbin/pgbouncer';

/** PgBouncer as this machine has it, or as Debian has it for this machine. @throws Error when it can't be had */
export const findPgbouncer = async (): Promise<PgbouncerIn> => {
  const path = installedProgram('pgbouncer');
  if (path) return () => ({ path });
  const cached = unpackedPackages('pgbouncer');
  if (!cached) throw new Error('there is no pgbouncer; install it');
  return (folder) => {
    const root = join(folder, 'root');
    linkFolder(cached, root);
    return { path: join(root, PROGRAM), environment: libraryPath(root) };
  };
};

/** The newest PgBouncer that Debian has. @throws Error when it can't be had */
export const findNewestPgbouncer = async (): Promise<PgbouncerIn> => {
  const cached = await unpackedSuite('unstable', ['pgbouncer'], [PROGRAM]);
  return (folder) => {
    const root = join(folder, 'root');
    for (const part of ['usr/sbin', 'usr/lib']) linkFolder(join(cached, part), join(root, part));
    return { path: join(root, PROGRAM) };
  };
};

/**
 * Starts PgBouncer in front of a PostgreSQL server; the caller removes it. What it returns is that server, which is reached
 * through PgBouncer: `start`, `stop` and `kill9` are PgBouncer's, `sql` still asks the server itself.
 */
export const startPgbouncer = async (
  programIn: PgbouncerIn,
  server: DatabaseServer,
  { mode, poolSize }: PgbouncerOptions,
): Promise<DatabaseServer> => {
  const folder = guardedFolder();
  const { path, environment } = programIn(folder.path);
  const port = freePort();
  const users = join(folder.path, 'users.txt');
  const configuration = join(folder.path, 'pgbouncer.ini');
  const passwords = new Map<string, string>();
  const writeUsers = () => {
    const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
    const lines = [...passwords].map(([user, password]) => `${quoted(user)} ${quoted(password)}\n`);
    writeFileSync(users, lines.join(''));
    giveAway(users, 0o600);
  };
  passwords.set('console', crypto.randomUUID());
  writeUsers();
  writeFileSync(
    configuration,
    `[databases]
* = host=127.0.0.1 port=${server.port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = ${users}
admin_users = console
pool_mode = ${mode}
default_pool_size = ${poolSize}
server_login_retry = 1
`,
  );
  giveAway(configuration, 0o600);
  const command = (text: string) =>
    runSql(
      {
        ...{ adapter: 'postgres', hostname: '127.0.0.1', port, database: 'pgbouncer' },
        ...{ username: 'console', password: passwords.get('console') },
      },
      text,
    );
  const serverProcess = new ServerProcess({
    folder,
    command: [path, configuration],
    environment,
    // Without waiting for clients, in every version.
    stopSignal: 'SIGQUIT',
    isUp: () => command('show version'),
  });
  await serverProcess.start();
  return {
    ...server,
    port,
    folder: folder.path,
    get pid() {
      return serverProcess.pid;
    },
    start: () => serverProcess.start(),
    stop: () => serverProcess.stop(),
    kill9: () => serverProcess.kill9(),
    createDatabase: async () => {
      const database = await server.createDatabase();
      passwords.set(database.owner.user, database.owner.password);
      writeUsers();
      await command('reload');
      return { ...database, url: (options) => database.url({ port, ...options }) };
    },
    remove: () => folder.remove(),
  };
};
