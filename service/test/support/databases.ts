import { beforeAll, describe, test } from 'bun:test';
import type { DatabaseServer, Dialect } from './database-server.ts';
import { startMysql } from './mysql.ts';
import {
  findMariadb,
  findMysql,
  findNewestMariadb,
  type MysqlProgramsIn,
} from './mysql-programs.ts';
import { postgresqlMissing, startPostgresql } from './postgresql.ts';

interface Server {
  readonly dialect: Dialect;
  /** Why it can't be had, if so. */
  readonly missing: string | undefined;
  start(options?: readonly string[]): Promise<DatabaseServer>;
}

const mysqlServer = async (find: () => Promise<MysqlProgramsIn>): Promise<Server> => {
  try {
    const programs = await find();
    return {
      dialect: 'mysql',
      missing: undefined,
      start: (options) => startMysql(programs, options),
    };
  } catch (error) {
    // On one line, as the name of what is skipped.
    const missing = (error as Error).message.replaceAll(/\s+/g, ' ');
    return { dialect: 'mysql', missing, start: () => Promise.reject(error) };
  }
};

const SERVERS = {
  PostgreSQL: { dialect: 'postgresql', missing: postgresqlMissing, start: startPostgresql },
  MySQL: await mysqlServer(findMysql),
  MariaDB: await mysqlServer(findMariadb),
  'newest MariaDB': await mysqlServer(findNewestMariadb),
} as const satisfies Record<string, Server>;

export type ServerName = keyof typeof SERVERS;

export const ALL_SERVERS = Object.keys(SERVERS) as ServerName[];

/** One for each driver: for what takes long and is the driver's and the pool's work, not the server's. */
export const SERVER_OF_EACH_DRIVER: readonly ServerName[] = ['PostgreSQL', 'MySQL'];

/** Servers, each started when it is first asked for. They end with this process. */
const servers = () => {
  const started = new Map<ServerName, Promise<DatabaseServer>>();
  return (name: ServerName): Promise<DatabaseServer> => {
    const server = started.get(name) ?? SERVERS[name].start();
    started.set(name, server);
    return server;
  };
};

/** The server that all tests of a run share, and none stops. */
export const sharedServer = servers();

/** A server that a test starts for itself, with these options of its command line, and removes. */
export const ownServer = (
  name: 'MySQL' | 'MariaDB',
  options: readonly string[],
): Promise<DatabaseServer> => SERVERS[name].start(options);

const stoppedServer = servers();

/**
 * The server for tests that stop it; it runs, however the last one left it.
 * Its databases are few: before PostgreSQL recovers it writes each of their files to disk, a minute for those of all tests.
 */
export const serverToStop = async (name: ServerName): Promise<DatabaseServer> => {
  const server = await stoppedServer(name);
  await server.start();
  return server;
};

/** Tests on each server; skipped with the reason where it can't be had. The newest MariaDB is for what differs by version. */
export const describeServers = (
  title: string,
  tests: (serverName: ServerName, dialect: Dialect) => void,
  names: readonly ServerName[] = ['PostgreSQL', 'MySQL', 'MariaDB'],
): void => {
  for (const name of names) {
    const { dialect, missing } = SERVERS[name];
    if (missing) test.skip(`${title}, ${name}: ${missing}`, () => {});
    else
      describe(`${title}, ${name}`, () => {
        // Not in the time of a test.
        beforeAll(async () => void (await sharedServer(name)), 120_000);
        tests(name, dialect);
      });
  }
};
