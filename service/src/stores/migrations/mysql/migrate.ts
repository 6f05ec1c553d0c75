import { type Connection, DatabaseError, type Row } from '../../server/connection.ts';
import {
  checkApplied,
  MIGRATION_LOCK_SECONDS,
  readApplied,
  readAppliedIfAny,
  versions,
} from '../../server/migrate.ts';
import { pendingMigrations, SchemaError } from '../migration.ts';
import { mysqlMigrations } from './index.ts';

// Names of locks are the server's, not the database's.
const LOCK = "concat('hello-', md5(database()))";

/** MySQL can't undo a schema change: a migration is marked dirty before and clean after. */
export const migrateMysql = async (connection: Connection): Promise<void> => {
  const applied = await readAppliedIfAny(connection);
  if (!applied || (isClean(applied) && pending(applied).length === 0)) return;
  await withLock(connection, async () => {
    await connection.query(
      'create table if not exists schema_migration (version integer primary key, name varchar(200) not null, dirty boolean not null, applied_at timestamp not null default current_timestamp)',
    );
    // Another process may have been first.
    const now = await connection.query('select version, dirty from schema_migration');
    refuseDirty(now);
    for (const { version, name, sql } of pending(now)) {
      await connection.query(
        'insert into schema_migration (version, name, dirty) values (?, ?, true)',
        [version, name],
      );
      await connection.query(sql);
      await connection.query('update schema_migration set dirty = false where version = ?', [
        version,
      ]);
    }
  });
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
  const [row] = await connection.query(
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
