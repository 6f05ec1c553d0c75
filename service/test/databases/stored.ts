import { expect } from 'bun:test';
import type { Database } from '../support/database-server.ts';
import type { Load } from './load.ts';

/** The date of birth that a database itself has for each user. */
export const storedIn = async ({ sql }: Database): Promise<Map<string, string>> => {
  const rows = await sql('select username, cast(date_of_birth as char(10)) as date from birthday');
  return new Map(rows.map(({ username, date }) => [text(username), text(date)]));
};

/** MySQL gives a binary column as bytes. */
const text = (value: unknown): string =>
  value instanceof Uint8Array ? Buffer.from(value).toString() : String(value);

/** Checks that every acknowledged write is stored, unless a later one may have replaced it. */
export const expectAcknowledgedStored = async (database: Database, load: Load): Promise<void> => {
  const stored = await storedIn(database);
  const lost = [...load.possible()]
    .filter(([username, possible]) => !possible.has(stored.get(username)))
    .map(([username, possible]) => [username, stored.get(username), ...possible]);
  expect(lost).toEqual([]);
};
