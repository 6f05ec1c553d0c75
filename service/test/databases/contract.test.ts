import { contract } from '../contract/suite.ts';
import { binaryMissing } from '../support/binary.ts';
import { certificates } from '../support/certificates.ts';
import type { Dialect, UrlOptions } from '../support/database-server.ts';
import { describeDialects, sharedServer } from '../support/databases.ts';
import { leastPrivileged } from './privileges.ts';
import { temporaryFile } from './temporary-file.ts';

const onServer =
  (dialect: Dialect, url?: () => UrlOptions, environment?: () => Record<string, string>) =>
  async () => {
    const database = await (await sharedServer(dialect)).createDatabase();
    return { databaseUrl: database.url(url?.()), environment: environment?.() };
  };

describeDialects('the contract', (dialect) => {
  contract({ runtime: 'bun', store: dialect, prepare: onServer(dialect) });
  if (dialect === 'postgresql')
    contract({ runtime: 'deno', store: dialect, prepare: onServer(dialect) });

  const parts = { runtime: 'bun', store: dialect, storeOnly: true } as const;
  contract({ ...parts, runtime: 'in-process', prepare: onServer(dialect) });
  if (!binaryMissing) contract({ ...parts, runtime: 'binary', prepare: onServer(dialect) });
  contract({
    ...parts,
    title: 'through a socket',
    prepare: onServer(dialect, () => ({ socket: true })),
  });
  contract({
    ...parts,
    title: 'through TLS',
    prepare: onServer(
      dialect,
      () => ({ host: 'localhost', query: { sslmode: 'verify-full' } }),
      () => ({ DATABASE_CA_FILE: temporaryFile(certificates().authority) }),
    ),
  });
  contract({
    ...parts,
    title: 'as a user who may only SELECT, INSERT and UPDATE',
    prepare: async () => {
      const database = await (await sharedServer(dialect)).createDatabase();
      const login = await leastPrivileged(dialect, database);
      return { databaseUrl: database.url({ login }), environment: { MIGRATE: 'false' } };
    },
  });
});
