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

/**
 * Without the limits that the server, the database or the user has, as far as the server's version knows them. What another
 * process applied while this one waited shows at no other level of isolation.
 */
const BEGIN = `begin isolation level read committed;
  select set_config(name, case name when 'lock_timeout' then '${MIGRATION_LOCK_SECONDS}s' else '0' end, true)
  from pg_settings where name in
  ('statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout', 'transaction_timeout')`;

/** All or nothing: PostgreSQL's transactions hold schema changes too. */
export const migratePostgresql = async (connection: Connection): Promise<boolean> => {
  const applied = await readAppliedIfAny(connection);
  if (!applied) return false;
  if (pendingMigrations(postgresqlMigrations, versions(applied)).length === 0) return true;
  const query = patiently(connection);
  await query(BEGIN);
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
