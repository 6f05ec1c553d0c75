import { expect, test } from 'bun:test';
import { describeServers, sharedServer } from '../support/databases.ts';
import { startServer } from '../support/server.ts';
import { talkTo } from './service.ts';
import { migrationFailure, settings, withMigration, withStore } from './store.ts';

/** What a server says of a table schema_migration that isn't this program's. */
const OTHER_TABLE = {
  postgresql: 'column "name" of relation "schema_migration" does not exist (42703)',
  mysql: /^Unknown column 'dirty' in '[\w ]+' \(1054\)$/,
};

/** Migrations whose errors quote what is stored, by the error's code. */
const QUOTING = {
  postgresql: {
    '22P02': 'alter table birthday alter username type integer using username::integer',
    '22007': "update birthday set date_of_birth = to_date(username, 'YYYY')",
  },
  mysql: {
    '1366|1292': 'alter table birthday modify username integer',
    '1411': "update birthday set date_of_birth = str_to_date(username, '%Y')",
    '1526':
      'alter table birthday drop primary key partition by range (year(date_of_birth)) (partition old values less than (1900))',
  },
};

describeServers('an error while starting', (serverName, dialect) => {
  test("that isn't known is logged in the server's own words, without the password", async () => {
    const database = await (await sharedServer(serverName)).createDatabase();
    await database.sql('create table schema_migration (version integer)');
    if (dialect === 'postgresql')
      await database.sql(`grant all on schema_migration to ${database.owner.user}`);
    const service = await startServer({ runtime: 'bun', databaseUrl: database.url() });
    try {
      const talk = talkTo(service);
      const warnings = () => talk.log().filter(({ level }) => level === 'warn');
      await talk.until(async () => warnings().length > 0, 10_000);
      expect(warnings()).toMatchObject([
        { kind: 'other', reason: expect.stringMatching(OTHER_TABLE[dialect]) },
      ]);
      const { password } = database.owner;
      for (const secret of [password, encodeURIComponent(password), password.slice(-36)])
        expect(service.output()).not.toContain(secret);
    } finally {
      await service.stop('SIGKILL');
    }
  }, 30_000);

  for (const [code, sql] of Object.entries(QUOTING[dialect]))
    test(`names no stored value (${code})`, async () => {
      const database = await (await sharedServer(serverName)).createDatabase();
      await withStore(database.url(), settings({ timeoutMilliseconds: 10_000 }), (store) =>
        store.save('Confidential', '1990-10-30'),
      );
      await withMigration(dialect, sql, async () => {
        const failure = await migrationFailure(database.url());
        expect(failure).toMatch(new RegExp(`: other \\((${code})\\)$`));
        expect(failure).not.toMatch(/Confidential|1990/);
      });
    });
});
