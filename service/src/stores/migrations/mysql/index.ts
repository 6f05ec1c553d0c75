import type { Migration } from '../migration.ts';
import createBirthday from './0001_create_birthday.sql' with { type: 'text' };

/** In the order in which they are applied; the file's number is the version. */
export const mysqlMigrations: readonly Migration[] = [
  { version: 1, name: 'create_birthday', sql: createBirthday },
];
