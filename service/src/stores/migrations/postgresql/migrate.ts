import type { Connection } from '../../server/connection.ts';
import {
  checkApplied,
  MIGRATION_LOCK_SECONDS,
  readApplied,
  readAppliedIfAny,
  versions,
} from '../../server/migrate.ts';
import { pendingMigrations } from '../migration.ts';
import { postgresqlMigrations } from './index.ts';

/** The key of the lock; any number that nothing else in the database uses. */
const LOCK = 4_355_464_111;

/** All or nothing: PostgreSQL's transactions hold schema changes too. */
export const migratePostgresql = async (connection: Connection): Promise<void> => {
  const applied = await readAppliedIfAny(connection);
  if (!applied || pendingMigrations(postgresqlMigrations, versions(applied)).length === 0) return;
  await connection.query('begin');
  await connection.query('set local statement_timeout = 0');
  await connection.query(`set local lock_timeout = '${MIGRATION_LOCK_SECONDS}s'`);
  await connection.query('select pg_advisory_xact_lock($1)', [LOCK]);
  await connection.query(
    'create table if not exists schema_migration (version integer primary key, name text not null, applied_at timestamptz not null default now())',
  );
  // Another process may have been first.
  const now = versions(await connection.query('select version from schema_migration'));
  for (const { version, name, sql } of pendingMigrations(postgresqlMigrations, now)) {
    await connection.query(sql);
    await connection.query('insert into schema_migration (version, name) values ($1, $2)', [
      version,
      name,
    ]);
  }
  await connection.query('commit');
};

export const checkPostgresql = async (connection: Connection): Promise<void> =>
  checkApplied(postgresqlMigrations, await readApplied(connection));
