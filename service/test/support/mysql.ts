import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
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
import { giveAway, guardedFolder, UNPRIVILEGED } from './guarded-folder.ts';
import type { MysqlPrograms, MysqlProgramsIn } from './mysql-programs.ts';
import { ServerProcess, writeCertificate } from './server-process.ts';

const literal = (text: string): string =>
  `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;

const initialise = (
  programs: MysqlPrograms,
  data: string,
  folder: string,
  options: readonly string[],
): void => {
  mkdirSync(data);
  giveAway(data, 0o700);
  const { exitCode, stdout, stderr } = Bun.spawnSync([...programs.initialise(data, options)], {
    cwd: folder,
    env: { ...process.env, ...programs.environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...UNPRIVILEGED,
  });
  if (exitCode !== 0)
    throw new Error(`the server's data folder can't be created:\n${stdout}${stderr}`);
};

/**
 * Starts a server of MySQL or MariaDB with TLS; the caller removes it.
 * @param options for creating its data folder, too
 */
export const startMysql = async (
  programsIn: MysqlProgramsIn,
  options: readonly string[] = [],
): Promise<DatabaseServer> => {
  const folder = guardedFolder();
  const programs = programsIn(folder.path);
  const data = join(folder.path, 'data');
  const socket = join(folder.path, 'socket');
  initialise(programs, data, folder.path, options);
  const port = freePort();
  let password = '';

  const sql = (text: string, database = 'mysql') =>
    runSql({ adapter: 'mariadb', path: socket, username: 'root', password, database }, text);
  const serverProcess = new ServerProcess({
    folder,
    command: [
      ...[programs.server, '--no-defaults', ...programs.options, `--datadir=${data}`],
      ...[`--socket=${socket}`, `--port=${port}`, '--bind-address=127.0.0.1'],
      ...[`--pid-file=${join(folder.path, 'own-pid')}`, '--skip-name-resolve'],
      ...[`--ssl-cert=${join(folder.path, 'server.crt')}`, '--innodb-buffer-pool-size=64M'],
      ...[`--ssl-key=${join(folder.path, 'server.key')}`, '--max-connections=200', ...options],
    ],
    environment: programs.environment,
    stopSignal: 'SIGTERM',
    isUp: () => sql('select 1'),
  });
  const createUser = async (userPassword = newPassword()): Promise<Login> => {
    const user = newName('user');
    await sql(`create user ${user}@'%' identified by ${literal(userPassword)}`);
    return { user, password: userPassword };
  };
  const disconnect = async (user: string) => {
    const rows = await sql(
      `select id from information_schema.processlist where user = ${literal(user)}`,
    );
    // One that ended by itself in the meantime is no failure.
    for (const { id } of rows) await sql(`kill ${id}`).catch(() => {});
  };
  const server: DatabaseServer = {
    dialect: 'mysql',
    port,
    folder: folder.path,
    get pid() {
      return serverProcess.pid;
    },
    start: () => serverProcess.start(),
    stop: () => serverProcess.stop(),
    kill9: () => serverProcess.kill9(),
    sql,
    createUser,
    createDatabase: async () => {
      const owner = await createUser();
      const name = newName('database');
      await sql(`create database ${name}`);
      await sql(`grant all on ${name}.* to ${owner.user}@'%'`);
      // For tests that hold up everybody else.
      await sql(`grant reload on *.* to ${owner.user}@'%'`);
      return {
        name,
        owner,
        url: (options) =>
          databaseUrl('mysql', { socket: socket }, port, name, { login: owner, ...options }),
        sql: (text) => sql(text, name),
      };
    },
    setPassword: async (login) => {
      await sql(`alter user ${login.user}@'%' identified by ${literal(login.password)}`);
    },
    requireTls: async (user) => {
      await sql(`alter user ${user}@'%' require ssl`);
    },
    connectionCount: async (user) => {
      const [row] = await sql(
        `select count(*) as count from information_schema.processlist where user = ${literal(user)}`,
      );
      return Number(row?.count);
    },
    disconnect,
    useCertificate: async (certificate) => {
      writeCertificate(folder.path, certificate);
      await sql(programs.reloadCertificate);
    },
    logLogins: async () => {
      await sql("set global log_output = 'TABLE'");
      await sql('set global general_log = 1');
    },
    sawLogin: async (user) => {
      const rows = await sql(
        `select 1 from general_log where command_type = 'Connect' and argument like ${literal(`%${user}%`)} limit 1`,
      );
      return rows.length > 0;
    },
    remove: () => folder.remove(),
  };
  writeCertificate(folder.path, certificates().right);
  await server.start();
  for (const statement of programs.removeUsers) await sql(statement);
  const next = crypto.randomUUID();
  await sql(`alter user root@localhost identified by ${literal(next)}`);
  password = next;
  return server;
};
