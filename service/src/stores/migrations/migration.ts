/** One numbered step of the database schema. */
export interface Migration {
  readonly version: number;
  readonly name: string;
  readonly sql: string;
}

/** The database can't be used by this program as it is; the message says why and what to do. */
export class SchemaError extends Error {
  override name = 'SchemaError';
}

/**
 * The migrations that a database still needs. Each leaves the database usable by the program before, so that one version
 * more than this program knows is served as well: during a rolling update, and after going back.
 * @param applied versions that the database records
 * @throws SchemaError when the database was migrated by a program that is newer than the next
 */
export const pendingMigrations = (
  migrations: readonly Migration[],
  applied: readonly number[],
): readonly Migration[] => {
  const newest = migrations.at(-1)?.version ?? 0;
  const newer = Math.max(0, ...applied);
  if (newer > newest + 1)
    throw new SchemaError(
      `the database has schema version ${newer}, this program knows ${newest} and serves up to ${newest + 1}; run the newer program or restore a backup`,
    );
  return migrations.filter(({ version }) => !applied.includes(version));
};

/** Whether the program can serve a database that lacks `pending`: it knows its own schema and the one before. */
export const isServable = (
  migrations: readonly Migration[],
  pending: readonly Migration[],
): boolean => pending.length === 0 || (pending.length === 1 && migrations.length > 1);
