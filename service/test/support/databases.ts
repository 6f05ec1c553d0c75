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

const servers = new Map<Dialect, Promise<DatabaseServer>>();

/** The server of a dialect that all tests of a run share. Who stops it starts it again; it ends with this process. */
export const sharedServer = (dialect: Dialect): Promise<DatabaseServer> => {
  const server = servers.get(dialect) ?? STARTERS[dialect]();
  servers.set(dialect, server);
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
