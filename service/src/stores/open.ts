import { existsSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Store } from '../greeting/store.ts';
import { type Log, silentLog } from '../observability/log.ts';
import type { DatabaseUrl } from './database-url.ts';
import { createMemoryStore } from './memory.ts';
import type { SchemaError } from './migrations/migration.ts';
import { credentialsInFile, fixedCredentials } from './server/credentials.ts';
import { SERVER_DEFAULTS, type ServerSettings } from './server/settings.ts';
import {
  migrateServer,
  openServerStore,
  type ServerStore,
  type ServerStoreOptions,
} from './server/store.ts';
import type { ServerUrl } from './server-url.ts';
import { openSqliteStore } from './sqlite.ts';

export interface StoreOptions {
  readonly server?: ServerSettings;
  readonly log?: Log;
  /** Called when a server's schema turns out to be one that this program can't use. */
  onSchemaError?(error: SchemaError): void;
}

/** An open store, and the state of its connections when it has some. */
export type OpenStore = Store & Partial<Pick<ServerStore, 'poolState'>>;

/**
 * Opens the store that a database URL names. One on a server connects in the background.
 * @throws Error with one line that names the file when it can't be used
 */
export const openStore = (url: DatabaseUrl, options: StoreOptions = {}): OpenStore => {
  if (url.kind === 'memory') return createMemoryStore();
  if (url.kind !== 'sqlite') return openServerStore(serverOptions(url, options));
  try {
    return openSqliteStore(url.file);
  } catch (error) {
    const reason = reasonOf(error);
    const fault = reason === UNABLE_TO_OPEN ? folderFault(resolve(url.file)) : reason;
    throw new Error(`can't open the database ${describeStore(url)}: ${fault}`);
  }
};

/**
 * Applies the migrations that a database lacks.
 * @throws Error with one line that names the database when it can't be used
 */
export const migrateStore = async (url: DatabaseUrl, options: StoreOptions = {}): Promise<void> => {
  if (url.kind === 'memory' || url.kind === 'sqlite') return openStore(url).close();
  try {
    await migrateServer(serverOptions(url, options));
  } catch (error) {
    throw new Error(`can't migrate the database ${describeStore(url)}: ${reasonOf(error)}`);
  }
};

/** Where the data of a store are, fit for people and logs. */
export const describeStore = (url: DatabaseUrl): string => {
  if (url.kind === 'memory') return 'memory, lost at exit';
  if (url.kind === 'sqlite') return resolve(url.file);
  const product = url.kind === 'postgresql' ? 'PostgreSQL' : 'MySQL';
  return `${product}, database ${url.database} on ${url.socket ?? `${url.host}:${url.port}`}`;
};

const serverOptions = (
  address: ServerUrl,
  { server = SERVER_DEFAULTS, log = silentLog, onSchemaError }: StoreOptions,
): ServerStoreOptions => {
  const { username = '', password = '' } = address;
  const credentials = server.credentialsFile
    ? credentialsInFile(server.credentialsFile, log)
    : fixedCredentials({ username, password });
  return { ...server, address, credentials, log, onSchemaError: onSchemaError ?? (() => {}) };
};

/** What SQLite says of a file in a folder that isn't there, among others. */
const UNABLE_TO_OPEN = 'unable to open database file';

/** What it means by that, with the remedy. */
const folderFault = (file: string): string => {
  const folder = dirname(file);
  const remedy = 'or name another in DATABASE_URL';
  if (!existsSync(folder)) return `the folder ${folder} does not exist; make it, ${remedy}`;
  const isFolder = statSync(file, { throwIfNoEntry: false })?.isDirectory() ?? false;
  return isFolder
    ? 'it is a folder; name a file in DATABASE_URL'
    : `the folder ${folder} may not be written to; change that, ${remedy}`;
};

const reasonOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);
