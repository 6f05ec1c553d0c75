import type { Connection } from '../../server/connection.ts';
import {
  checkApplied,
  MIGRATION_LOCK_SECONDS,
  MIGRATION_MILLISECONDS,
  patiently,
  readApplied,
  readAppliedIfAny,
  versions,
} from '../../server/migrate.ts';
import { pendingMigrations } from '../migration.ts';
import { postgresqlMigrations } from './index.ts';

/** The key of the lock; any number that nothing else in the database uses. */
const LOCK = 4_355_464_111;

/** All or nothing: PostgreSQL's transactions hold schema changes too. */
export const migratePostgresql = async (connection: Connection): Promise<boolean> => {
  const applied = await readAppliedIfAny(connection);
  if (!applied) return false;
  if (pendingMigrations(postgresqlMigrations, versions(applied)).length === 0) return true;
  const query = patiently(connection);
  await query('begin');
  await query('set local statement_timeout = 0');
  await query(`set local lock_timeout = '${MIGRATION_LOCK_SECONDS}s'`);
  await query('select pg_advisory_xact_lock($1)', [LOCK]);
  await query(
    'create table if not exists schema_migration (version integer primary key, name text not null, applied_at timestamptz not null default now())',
  );
  // Another process may have been first.
  const now = versions(await query('select version from schema_migration'));
  for (const { version, name, sql } of pendingMigrations(postgresqlMigrations, now)) {
    await query(sql, [], MIGRATION_MILLISECONDS);
    await query('insert into schema_migration (version, name) values ($1, $2)', [version, name]);
  }
  await query('commit');
  return true;
};

export const checkPostgresql = async (connection: Connection): Promise<void> =>
  checkApplied(postgresqlMigrations, await readApplied(connection));
