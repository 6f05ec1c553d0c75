import { contract } from '../contract/suite.ts';
import { binaryMissing } from '../support/binary.ts';
import { certificates } from '../support/certificates.ts';
import type { UrlOptions } from '../support/database-server.ts';
import {
  ALL_SERVERS,
  describeServers,
  type ServerName,
  sharedServer,
} from '../support/databases.ts';
import { leastPrivileged } from './privileges.ts';
import { temporaryFile } from './temporary-file.ts';

/** The contract says nothing of time; a busy machine that lends Deno none for seconds breaks none of it. */
const PATIENT = { DATABASE_TIMEOUT: '10000' };

const onServer =
  (serverName: ServerName, url?: () => UrlOptions, environment?: () => Record<string, string>) =>
  async () => {
    const database = await (await sharedServer(serverName)).createDatabase();
    return { databaseUrl: database.url(url?.()), environment: { ...PATIENT, ...environment?.() } };
  };

describeServers(
  'the contract',
  (serverName, store) => {
    const prepare = onServer(serverName);
    const isMariadb = serverName.endsWith('MariaDB');
    // What is not of the store is the same with all, and what is of the driver with all of MySQL's kind.
    contract({ runtime: 'bun', store, prepare, storeOnly: isMariadb });
    contract({ runtime: 'deno', store, prepare, storeOnly: serverName !== 'PostgreSQL' });
    if (isMariadb) return;

    const parts = { runtime: 'bun', store, storeOnly: true } as const;
    contract({ ...parts, runtime: 'in-process', prepare });
    if (!binaryMissing) contract({ ...parts, runtime: 'binary', prepare });
    contract({
      ...parts,
      title: 'through a socket',
      prepare: onServer(serverName, () => ({ socket: true })),
    });
    contract({
      ...parts,
      title: 'through TLS',
      prepare: onServer(
        serverName,
        () => ({ host: 'localhost', query: { sslmode: 'verify-full' } }),
        () => ({ DATABASE_CA_FILE: temporaryFile(certificates().authority) }),
      ),
    });
    contract({
      ...parts,
      title: 'as a user who may only SELECT, INSERT and UPDATE',
      prepare: async () => {
        const server = await sharedServer(serverName);
        const database = await server.createDatabase();
        const login = await leastPrivileged(server, database);
        return {
          databaseUrl: database.url({ login }),
          environment: { ...PATIENT, MIGRATE: 'false' },
        };
      },
    });
  },
  ALL_SERVERS,
);
