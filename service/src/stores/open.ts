import { resolve } from 'node:path';
import type { Store } from '../greeting/store.ts';
import type { DatabaseUrl } from './database-url.ts';
import { createMemoryStore } from './memory.ts';
import { openSqliteStore } from './sqlite.ts';

/**
 * Opens the store that a database URL names.
 * @throws Error with one line that names the file when it can't be used
 */
export const openStore = (url: DatabaseUrl): Store => {
  if (url.kind === 'memory') return createMemoryStore();
  try {
    return openSqliteStore(url.file);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`can't open the database ${describeStore(url)}: ${reason}`);
  }
};

/** Where the data of a store are, fit for people and logs. */
export const describeStore = (url: DatabaseUrl): string =>
  url.kind === 'memory' ? 'memory, lost at exit' : resolve(url.file);
