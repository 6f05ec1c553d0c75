import { describe, test } from 'bun:test';
import type { DatabaseServer, Dialect } from './database-server.ts';
import { startMariadb } from './mariadb.ts';
import { mariadbMissing } from './mariadb-programs.ts';
import { postgresqlMissing, startPostgresql } from './postgresql.ts';

const STARTERS = { postgresql: startPostgresql, mysql: startMariadb };

const missing: Record<Dialect, string | undefined> = {
  postgresql: postgresqlMissing,
  mysql: mariadbMissing(),
};

/** A server of each dialect, started when it is first asked for. It ends with this process. */
const servers = () => {
  const started = new Map<Dialect, Promise<DatabaseServer>>();
  return (dialect: Dialect): Promise<DatabaseServer> => {
    const server = started.get(dialect) ?? STARTERS[dialect]();
    started.set(dialect, server);
    return server;
  };
};

/** The server of a dialect that all tests of a run share, and none stops. */
export const sharedServer = servers();

const stoppedServer = servers();

/**
 * The server of a dialect for tests that stop it; it runs, however the last one left it.
 * Its databases are few: before PostgreSQL recovers it writes each of their files to disk, a minute for those of all tests.
 */
export const serverToStop = async (dialect: Dialect): Promise<DatabaseServer> => {
  const server = await stoppedServer(dialect);
  await server.start();
  return server;
};

/** Tests of each dialect; skipped with the reason where its server can't be had. */
export const describeDialects = (
  title: string,
  tests: (dialect: Dialect) => void,
  dialects: readonly Dialect[] = ['postgresql', 'mysql'],
): void => {
  for (const dialect of dialects) {
    const reason = missing[dialect];
    if (reason) test.skip(`${title}, ${dialect}: ${reason}`, () => {});
    else describe(`${title}, ${dialect}`, () => tests(dialect));
  }
};
