import { expect } from 'bun:test';
import { runCommand } from '../support/command.ts';
import type { Database, DatabaseServer, Login } from '../support/database-server.ts';

/** Lets the owner of a database migrate it and grants a user the little that serving takes, as docs/databases.md says. */
export const leastPrivileged = async (
  server: DatabaseServer,
  database: Database,
): Promise<Login> => {
  const { status, output } = await migrate(database);
  expect({ status, output: status === 0 ? '' : output }).toEqual({ status: 0, output: '' });
  const login = await server.createUser();
  await grantServing(server, database, login);
  return login;
};

/** Migrates a database as its owner, with a process that does nothing else. */
export const migrate = (database: Database) =>
  runCommand('bun', ['migrate'], { DATABASE_URL: database.url() });

export const grantServing = async (
  { dialect, sql }: DatabaseServer,
  database: Database,
  { user }: Login,
): Promise<void> => {
  if (dialect === 'mysql') {
    await sql(`grant select, insert, update on ${database.name}.birthday to ${user}@'%'`);
    return;
  }
  await sql(`grant connect on database ${database.name} to ${user}`);
  await database.sql(`grant select, insert, update on birthday to ${user}`);
};
