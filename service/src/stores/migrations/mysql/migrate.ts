import {
  type Connection,
  DatabaseError,
  type DatabaseErrorKind,
  type Row,
} from '../../server/connection.ts';
import {
  checkApplied,
  MIGRATION_LOCK_SECONDS,
  MIGRATION_MILLISECONDS,
  patiently,
  readApplied,
  readAppliedIfAny,
  versions,
} from '../../server/migrate.ts';
import { pendingMigrations, SchemaError } from '../migration.ts';
import { mysqlMigrations } from './index.ts';

// Names of locks are the server's, not the database's, and have at most 64 characters. MySQL 9.6 removed md5().
const LOCK = "concat('hello-', left(sha2(database(), 256), 32))";

/**
 * Those of a request; an `alter table` waits for every transaction that reads the table, `get_lock` for other processes.
 * `/*M!` is for MariaDB alone, `/*!80000` for MySQL.
 */
const LIFT_LIMITS = `set session lock_wait_timeout = ${MIGRATION_LOCK_SECONDS},
  session innodb_lock_wait_timeout = ${MIGRATION_LOCK_SECONDS}
  /*M!, session max_statement_time = 0 */ /*!80000, session max_execution_time = 0 */`;

/** After these a migration, one statement each, left nothing behind. */
const CHANGED_NOTHING: readonly DatabaseErrorKind[] = [
  'time-out',
  'conflict',
  'denied',
  'read-only',
];

/** MySQL can't undo a schema change: a migration is marked dirty before and clean after. */
export const migrateMysql = async (connection: Connection): Promise<boolean> => {
  const applied = await readAppliedIfAny(connection);
  if (!applied) return false;
  if (isClean(applied) && pending(applied).length === 0) return true;
  const query = patiently(connection);
  await query(LIFT_LIMITS);
  await withLock(connection, async () => {
    await query(
      'create table if not exists schema_migration (version integer primary key, name varchar(200) not null, dirty boolean not null, applied_at timestamp not null default current_timestamp) engine = innodb',
    );
    // Another process may have been first.
    const now = await query('select version, dirty from schema_migration');
    refuseDirty(now);
    for (const { version, name, sql } of pending(now)) {
      await query('insert into schema_migration (version, name, dirty) values (?, ?, true)', [
        version,
        name,
      ]);
      try {
        await query(sql, [], MIGRATION_MILLISECONDS);
      } catch (error) {
        if (error instanceof DatabaseError && CHANGED_NOTHING.includes(error.kind))
          await query('delete from schema_migration where version = ?', [version]);
        throw error;
      }
      await query('update schema_migration set dirty = false where version = ?', [version]);
    }
  });
  return true;
};

export const checkMysql = async (connection: Connection): Promise<void> => {
  let applied = await readApplied(connection);
  if (applied && !isClean(applied))
    await withLock(connection, async () => {
      applied = await readApplied(connection);
      refuseDirty(applied ?? []);
    });
  checkApplied(mysqlMigrations, applied);
};

const pending = (applied: readonly Row[]) => pendingMigrations(mysqlMigrations, versions(applied));

const isClean = (applied: readonly Row[]): boolean => applied.every(({ dirty }) => !Number(dirty));

const refuseDirty = (applied: readonly Row[]): void => {
  const dirty = applied.find((row) => Number(row.dirty));
  if (dirty)
    throw new SchemaError(
      `migration ${dirty.version} of the database was interrupted (schema_migration.dirty); undo what it did and delete its row, or complete it and set dirty = false`,
    );
};

const withLock = async (connection: Connection, step: () => Promise<void>): Promise<void> => {
  const [row] = await patiently(connection)(
    `select get_lock(${LOCK}, ${MIGRATION_LOCK_SECONDS}) as locked`,
  );
  if (Number(row?.locked) !== 1)
    throw new DatabaseError('time-out', 'LOCK', 'another process migrates the database');
  try {
    await step();
  } finally {
    await connection.query(`select release_lock(${LOCK})`);
  }
};
