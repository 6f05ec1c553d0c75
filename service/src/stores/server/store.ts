import type { Store } from '../../greeting/store.ts';
import type { Log } from '../../observability/log.ts';
import type { PoolState } from '../../observability/store-metrics.ts';
import { SchemaError } from '../migrations/migration.ts';
import {
  type Connection,
  DatabaseError,
  type Dialect,
  type ServerAddress,
  withMessage,
} from './connection.ts';
import type { CredentialsSource } from './credentials.ts';
import { limitsWithin } from './limits.ts';
import { Pool } from './pool.ts';
import type { ServerSettings } from './settings.ts';

export interface ServerStoreOptions extends ServerSettings {
  readonly address: ServerAddress;
  readonly credentials: CredentialsSource;
  readonly log: Log;
  /** Called when the database's schema can't be used by this program. */
  onSchemaError(error: SchemaError): void;
}

export interface ServerStore extends Store {
  poolState(): PoolState;
}

/** A store on a database server. It connects in the background and outlives every fault of the server. */
export const openServerStore = (options: ServerStoreOptions): ServerStore => {
  const { credentials, log, poolMax: max } = options;
  const closing = new AbortController();
  const connect = connector(options, closing.signal);
  const prepared = once(() => prepare(options, connect, closing.signal));
  const pool = new Pool({
    max,
    limits: limitsWithin(options.timeoutMilliseconds),
    log,
    connect: async () => {
      await prepared();
      const connection = await connect();
      try {
        await connection.ping();
        return connection;
      } catch (error) {
        connection.destroy();
        throw withMessage(error);
      }
    },
  });
  const unwatch = credentials.watch(() => {
    log.info('the database credentials changed');
    void pool.replace();
  });
  return {
    find: (username) => pool.find(username),
    save: (username, dateOfBirth, signal) => pool.save(username, dateOfBirth, signal),
    ping: () => pool.ping(),
    poolState: () => pool.state,
    close: async () => {
      unwatch();
      closing.abort();
      await pool.close();
    },
  };
};

/** Applies the missing migrations. @throws DatabaseError, SchemaError */
export const migrateServer = async (options: ServerStoreOptions): Promise<void> => {
  // Others may migrate at the same time, and nobody waits for an answer.
  const timeoutMilliseconds = options.timeoutMilliseconds * 10;
  const connection = await connector({ ...options, timeoutMilliseconds })();
  try {
    if (!(await (await loadDialect(options.address)).migrate(connection)))
      throw new DatabaseError('denied', 'MIGRATE', 'the user may not read schema_migration');
  } catch (error) {
    throw withMessage(error);
  } finally {
    await connection.close();
  }
};

/** Opens connections; when user and password are refused, once more with those that are now in their file. */
const connector = (
  options: ServerStoreOptions,
  signal?: AbortSignal,
): (() => Promise<Connection>) => {
  const { address, ca, credentials } = options;
  const limits = limitsWithin(options.timeoutMilliseconds);
  const connect = async () => {
    const dialect = await loadDialect(address);
    return dialect.connect({ address, ca, limits, signal, ...credentials.current() });
  };
  return async () => {
    try {
      return await connect();
    } catch (error) {
      const refused = error instanceof DatabaseError && error.kind === 'authentication';
      if (refused && (await credentials.refresh())) return connect();
      throw error;
    }
  };
};

/** The drivers are loaded only where they are needed. */
const loadDialect = async ({ kind }: ServerAddress): Promise<Dialect> =>
  kind === 'postgresql'
    ? (await import('./postgresql.ts')).postgresql
    : (await import('./mysql.ts')).mysql;

/** Sees to it that the schema is there, until `signal`. */
const prepare = async (
  { address, migrate, onSchemaError }: ServerStoreOptions,
  connect: () => Promise<Connection>,
  signal: AbortSignal,
): Promise<void> => {
  const dialect = await loadDialect(address);
  const connection = await connect();
  signal.addEventListener('abort', connection.destroy);
  try {
    await (migrate ? dialect.migrate(connection) : dialect.check(connection));
  } catch (error) {
    if (error instanceof SchemaError) onSchemaError(error);
    throw withMessage(error);
  } finally {
    signal.removeEventListener('abort', connection.destroy);
    await connection.close();
  }
};

/** Runs `step` until it succeeded, once at a time. */
const once = (step: () => Promise<void>): (() => Promise<void>) => {
  let running: Promise<void> | undefined;
  return () => {
    running ??= step().catch((error) => {
      running = undefined;
      throw error;
    });
    return running;
  };
};
