import { SQL } from 'bun';
import type { Database, Dialect } from '../support/database-server.ts';

/** Runs `check` while a transaction of somebody else, which ran `statements`, is open. */
export const whileOpen = async (
  dialect: Dialect,
  database: Database,
  statements: readonly string[],
  check: () => Promise<void>,
): Promise<void> => {
  const sql = new SQL(database.url({ query: { sslmode: 'disable' } }), {
    adapter: dialect === 'mysql' ? 'mariadb' : 'postgres',
    // As mysql2 does, where MySQL has to be given the password without TLS.
    allowPublicKeyRetrieval: true,
    max: 1,
  } as SQL.Options);
  try {
    const connection = await sql.reserve();
    await connection.unsafe('begin').simple();
    for (const statement of statements) await connection.unsafe(statement).simple();
    await check();
    await connection.unsafe(dialect === 'mysql' ? 'unlock tables' : 'rollback').simple();
    if (dialect === 'mysql') await connection.unsafe('rollback').simple();
    connection.release();
  } finally {
    await sql.close({ timeout: 0 });
  }
};

/** The statement after which nobody else can read or write the table. */
export const lockTable = (dialect: Dialect): string =>
  dialect === 'mysql'
    ? 'lock tables birthday write'
    : 'lock table birthday in access exclusive mode';
