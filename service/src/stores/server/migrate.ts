import { isServable, type Migration, pendingMigrations } from '../migrations/migration.ts';
import { type Connection, DatabaseError, type Row } from './connection.ts';

/** How long a process waits for another one that migrates. */
export const MIGRATION_LOCK_SECONDS = 60;

/** How long its other steps may take, which wait for locks too; a server that is silent for longer is given up. */
const STEP_MILLISECONDS = MIGRATION_LOCK_SECONDS * 1_000 + 10_000;

/** How long a migration itself may take. */
export const MIGRATION_MILLISECONDS = 3_600_000;

/** Runs the steps around a migration. */
export const patiently =
  ({ query }: Connection): Connection['query'] =>
  (sql, values, milliseconds = STEP_MILLISECONDS) =>
    query(sql, values, milliseconds);

/**
 * Whether the recorded versions say that nothing needs to be done. A user who may only serve can't read them;
 * then the table itself is the proof.
 * @throws DatabaseError `missing table` when the schema isn't there yet; SchemaError when it is a newer program's
 */
export const readApplied = async (connection: Connection): Promise<readonly Row[] | undefined> => {
  try {
    return await connection.query('select * from schema_migration order by version');
  } catch (error) {
    if (!(error instanceof DatabaseError && error.kind === 'denied')) throw error;
    await connection.ping();
    return undefined;
  }
};

/** As `readApplied`, but no record at all means that nothing was applied. */
export const readAppliedIfAny = async (
  connection: Connection,
): Promise<readonly Row[] | undefined> => {
  try {
    return await readApplied(connection);
  } catch (error) {
    if (error instanceof DatabaseError && error.kind === 'missing table') return [];
    throw error;
  }
};

/** @throws DatabaseError `missing table` until a program with these migrations can serve; SchemaError */
export const checkApplied = (
  migrations: readonly Migration[],
  applied: readonly Row[] | undefined,
): void => {
  if (!applied) return;
  const pending = pendingMigrations(migrations, versions(applied));
  if (!isServable(migrations, pending))
    throw new DatabaseError('missing table', 'NOT_MIGRATED', 'the database is not migrated yet');
};

export const versions = (applied: readonly Row[]): readonly number[] =>
  applied.map(({ version }) => Number(version));
