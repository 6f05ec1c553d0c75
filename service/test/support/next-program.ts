import { changedProgram } from './changed-program.ts';

/** A copy of the program that has a migration more; call `remove` when done. */
export const nextProgram = () => {
  const { commands, remove } = changedProgram(
    Object.fromEntries(
      ['postgresql', 'mysql'].map((dialect) => [
        `stores/migrations/${dialect}/index.ts`,
        withFurtherMigration,
      ]),
    ),
  );
  return { command: commands.bun, remove };
};

const withFurtherMigration = (source: string): string => {
  const version = source.match(/version: \d+/g)?.length ?? 0;
  const sql = 'alter table birthday add column note text';
  return source.replace(
    '];',
    `  { version: ${version + 1}, name: 'add_note', sql: '${sql}' },\n];`,
  );
};
