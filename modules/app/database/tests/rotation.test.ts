import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { startLoad } from '../../../../service/test/databases/load.ts';
import { mountCredentials } from '../../../../service/test/databases/mount.ts';
import { temporaryFile } from '../../../../service/test/databases/temporary-file.ts';
import { certificates } from '../../../../service/test/support/certificates.ts';
import { runCommand } from '../../../../service/test/support/command.ts';
import {
  type DatabaseServer,
  newPassword,
  runSql,
} from '../../../../service/test/support/database-server.ts';
import { postgresqlMissing, startPostgresql } from '../../../../service/test/support/postgresql.ts';
import { startServer } from '../../../../service/test/support/server.ts';
import { packFunction } from '../../../../tools/lambda.ts';
import { type PackedFunction, unpackFunction } from '../../../tests/function.ts';
import type { RotationEvent } from '../rotation/index.ts';
import { scramVerifier } from '../rotation/scram.ts';
import { type SecretsManager, STEPS, startSecretsManager } from './secrets-manager.ts';

const FOLDER = 'modules/app/database/rotation';
const [APPLICATION, MIGRATION] = ['test/database/application', 'test/database/migration'];

/** How often the application's user changes under load. */
const ROTATIONS = Number(process.env.ROTATIONS ?? 4);

/** RDS's master user is no superuser: it may make roles and databases, and owns the first one. */
const MASTER = { username: 'hello_master', password: newPassword().replaceAll("'", '') };

const describeRotation = postgresqlMissing
  ? (title: string, _: () => void) => test.skip(`${title}: ${postgresqlMissing}`, () => {})
  : describe;

describeRotation('rotation', () => {
  let server: DatabaseServer;
  let manager: SecretsManager;
  let rotation: PackedFunction;
  let environment: Record<string, string>;

  beforeAll(async () => {
    server = await startPostgresql();
    manager = startSecretsManager();
    await server.sql(
      `create role ${MASTER.username} login createrole createdb password '${MASTER.password}'`,
    );
    environment = {
      AWS_ENDPOINT_URL_SECRETS_MANAGER: manager.url,
      DATABASE_HOST: 'localhost',
      DATABASE_PORT: String(server.port),
      DATABASE_NAME: 'hello',
      MASTER_SECRET: 'test/database/master',
      NODE_EXTRA_CA_CERTS: temporaryFile(certificates().authority),
    };
    rotation = await unpackFunction(FOLDER, environment);
    // For who looks for passwords where they must not be.
    await server.sql("alter system set log_statement = 'all'");
    await server.sql('select pg_reload_conf()');
  }, 60_000);

  afterAll(async () => {
    rotation?.remove();
    await manager?.stop();
    await server?.remove();
  });

  /** An empty database and secrets as Terraform leaves them. */
  const begin = async () => {
    await server.sql('drop database if exists hello with (force)');
    for (const { rolname } of await server.sql(
      "select rolname from pg_roles where rolname like 'hello\\_%' and rolname <> 'hello_master'",
    ))
      await server.sql(`drop role ${rolname}`);
    await server.sql(`create database hello owner ${MASTER.username}`);
    manager.create('test/database/master', MASTER);
    manager.create(APPLICATION, { purpose: 'application' });
    manager.create(MIGRATION, { purpose: 'migration' });
  };

  const rotate = async (name: string): Promise<string> => {
    const event = manager.begin(name);
    let output = '';
    for (const Step of STEPS) output += await rotation.invoke({ ...event, Step });
    return output;
  };

  const url = `postgres://localhost:PORT/hello?sslmode=verify-full`;
  const serviceUrl = () => url.replace('PORT', String(server.port));
  const loginOf = (name: string, label?: string) => {
    const { username: user = '', password = '' } = manager.content(name, label);
    return { user, password };
  };
  const as = (name: string, sql: string, label?: string) => {
    const { user, password } = loginOf(name, label);
    return runSql(
      {
        adapter: 'postgres',
        hostname: '127.0.0.1',
        port: server.port,
        database: 'hello',
        ...{ username: user, password },
      },
      sql,
    );
  };
  const migrate = () => {
    const { user, password } = loginOf(MIGRATION);
    return runCommand('bun', ['migrate'], {
      DATABASE_URL: serviceUrl(),
      DATABASE_CA_FILE: environment.NODE_EXTRA_CA_CERTS as string,
      DATABASE_CREDENTIALS_FILE: temporaryFile(JSON.stringify({ username: user, password })),
    });
  };

  const untilDisconnected = async (user: string) => {
    const deadline = performance.now() + 20_000;
    while ((await server.connectionCount(user)) > 0) {
      if (performance.now() > deadline) throw new Error(`${user} is still connected`);
      await Bun.sleep(50);
    }
  };

  test('the first one makes the users, each with what it needs and no more', async () => {
    await begin();
    await Promise.all([rotate(APPLICATION), rotate(MIGRATION)]);
    expect(manager.content(APPLICATION).username).toBe('hello_application_a');
    expect(manager.content(MIGRATION).username).toBe('hello_migration_a');
    expect(await migrate()).toEqual({ status: 0, output: expect.any(String) });
    // Aurora makes it; here it stands in by its name.
    await server.sql('create role rdswriteforwarduser nologin');
    await rotate(APPLICATION);

    await as(APPLICATION, "insert into birthday values ('casey', '1990-10-30')");
    await as(APPLICATION, "update birthday set date_of_birth = '1990-10-31'");
    expect(await as(APPLICATION, 'select count(*)::int from birthday')).toEqual([{ count: 1 }]);
    await as(APPLICATION, 'select version from schema_migration');
    for (const refused of [
      'delete from birthday',
      'truncate birthday',
      'drop table birthday',
      'create table mine (id integer)',
      'create temporary table mine (id integer)',
      'create schema mine',
      "insert into schema_migration (version, name) values (2, 'mine')",
      'update schema_migration set version = 2',
      'set role hello_owner',
      'set role hello_master',
      "alter role hello_migration_a password 'mine'",
      'create role mine',
    ])
      await expect(as(APPLICATION, refused)).rejects.toThrow(/permission denied|must be owner/);
    for (const refused of [
      "alter role hello_application_a password 'mine'",
      'create role mine',
      'set role hello_master',
    ])
      await expect(as(MIGRATION, refused)).rejects.toThrow('permission denied');
    const mayConnect = (role: string) =>
      server.sql(`select has_database_privilege('${role}', 'hello', 'connect') as connect`);
    expect(await mayConnect('public')).toEqual([{ connect: false }]);
    expect(await mayConnect('rdswriteforwarduser')).toEqual([{ connect: true }]);
  }, 60_000);

  test('tables belong to the role without login, whoever made them', async () => {
    await begin();
    for (const table of ['first', 'second']) {
      await rotate(MIGRATION);
      await as(MIGRATION, `create table ${table} (id integer)`);
    }
    await as(MIGRATION, 'alter table first add column name text');
    const owners = await server.sql(
      "select tablename, tableowner from pg_tables where schemaname = 'public' order by 1",
      'hello',
    );
    expect(owners).toEqual([
      { tablename: 'first', tableowner: 'hello_owner' },
      { tablename: 'second', tableowner: 'hello_owner' },
    ]);
    expect(
      await server.sql("select rolcanlogin from pg_roles where rolname = 'hello_owner'"),
    ).toEqual([{ rolcanlogin: false }]);
  }, 60_000);

  test('users take turns, and the one before goes on until its turn', async () => {
    await begin();
    const users: string[] = [];
    for (let count = 0; count < 3; count++) {
      await rotate(APPLICATION);
      users.push(loginOf(APPLICATION).user);
      await as(APPLICATION, 'select 1');
      if (count > 0) await as(APPLICATION, 'select 1', 'AWSPREVIOUS');
    }
    const [a, b] = ['hello_application_a', 'hello_application_b'];
    expect(users).toEqual([a, b, a]);
  }, 60_000);

  test('each step may be repeated, and a rotation that was broken off taken up', async () => {
    await begin();
    const event = manager.begin(APPLICATION);
    for (const Step of STEPS) {
      await rotation.invoke({ ...event, Step });
      const pending = manager.content(APPLICATION, 'AWSPENDING');
      await rotation.invoke({ ...event, Step });
      expect(manager.content(APPLICATION, 'AWSPENDING')).toEqual(pending);
    }
    await as(APPLICATION, 'select 1');

    for (let done = 1; done < STEPS.length; done++) {
      const before = loginOf(APPLICATION);
      const broken = manager.begin(APPLICATION);
      for (const Step of STEPS.slice(0, done)) await rotation.invoke({ ...broken, Step });
      // Whatever was done of it: the current user is untouched, and the next rotation succeeds.
      expect(loginOf(APPLICATION)).toEqual(before);
      await as(APPLICATION, 'select 1');
      await rotate(APPLICATION);
      expect(loginOf(APPLICATION).user).not.toBe(before.user);
      await as(APPLICATION, 'select 1');
    }
  }, 120_000);

  test('what is wrong is said, and nothing becomes current', async () => {
    await begin();
    const event = manager.begin(APPLICATION);
    const refused = (changes: Partial<RotationEvent>, message: RegExp, run = rotation) =>
      expect(run.invoke({ ...event, Step: 'createSecret', ...changes })).rejects.toThrow(message);
    await refused({ Step: 'dropSecret' }, /step "dropSecret" is none of createSecret/);
    await refused({ Step: 'toString' }, /step "toString" is none of/);
    await refused({ ClientRequestToken: 'unknown' }, /has no version unknown/);
    await refused({ SecretId: 'unknown' }, /can't find the secret/);
    await refused({ Step: 'setSecret' }, /has no content yet/);
    await refused({ Step: 'testSecret' }, /has no content yet/);
    manager.create('test/database/other', { username: 'somebody' });
    const other = manager.begin('test/database/other');
    await refused(other, /has no "purpose"/);

    await rotation.invoke({ ...event, Step: 'createSecret' });
    // Not set yet, the password opens nothing.
    await refused({ Step: 'testSecret' }, /password authentication failed/);
    const { DATABASE_NAME: _, ...incomplete } = environment;
    const { NODE_EXTRA_CA_CERTS: __, ...distrustful } = environment;
    const elsewhere = { ...environment, DATABASE_HOST: '127.0.0.2' };
    for (const [changed, message] of [
      [incomplete, /variable DATABASE_NAME is not set/],
      [distrustful, /self.signed certificate|unable to verify/],
      [elsewhere, /ECONNREFUSED|does not match/],
    ] as const) {
      const run = await unpackFunction(FOLDER, changed as Record<string, string>);
      try {
        await refused({ Step: 'setSecret' }, message, run);
      } finally {
        run.remove();
      }
    }
    expect(manager.content(APPLICATION)).toEqual({ purpose: 'application' });
  }, 60_000);

  test(
    `the service fails no request over ${ROTATIONS} rotations under load`,
    async () => {
      await begin();
      await Promise.all([rotate(APPLICATION), rotate(MIGRATION)]);
      expect((await migrate()).status).toBe(0);
      const mount = mountCredentials(loginOf(APPLICATION));
      const service = await startServer({
        runtime: 'bun',
        databaseUrl: serviceUrl(),
        // Long, so that a slow disk is no failure: only the rotation is tried here.
        environment: {
          DATABASE_CREDENTIALS_FILE: mount.file,
          DATABASE_CA_FILE: environment.NODE_EXTRA_CA_CERTS as string,
          DATABASE_TIMEOUT: '10000',
          MIGRATE: 'false',
        },
      });
      const load = startLoad(() => service, { users: 4 });
      const secrets = [loginOf(APPLICATION).password];
      let output = '';
      try {
        await load.untilAllServed();
        const unserved = load.counts.get(503) ?? 0;
        for (let count = 0; count < ROTATIONS; count++) {
          const before = loginOf(APPLICATION);
          output += await rotate(APPLICATION);
          output += await rotate(MIGRATION);
          const after = loginOf(APPLICATION);
          secrets.push(after.password);
          mount.write(after);
          await untilDisconnected(before.user);
          expect(await server.connectionCount(after.user)).toBeGreaterThan(0);
          // An update of the schema meanwhile, by the user whose turn it is.
          expect((await migrate()).status).toBe(0);
          await load.untilAllServed();
        }
        await load.stop();
        expect(load.faults).toEqual([]);
        expect(load.counts.get(503) ?? 0).toBe(unserved);
        const log = await Bun.file(`${server.folder}/log`).text();
        expect(log).toContain('alter role "hello_application_b" password');
        for (const secret of [...secrets, MASTER.password])
          for (const text of [output, log, service.output()]) expect(text).not.toContain(secret);
      } finally {
        await load.stop();
        await service.stop('SIGKILL');
        mount.remove();
      }
    },
    60_000 + ROTATIONS * 20_000,
  );
});

test('a verifier is what the standard says', () => {
  // RFC 7677, section 3: user "user", password "pencil".
  const salt = Buffer.from('W22ZaJ0SNY7soEsUEjb6gQ==', 'base64');
  const verifier = scramVerifier('pencil', salt);
  expect(verifier).toStartWith('SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$');
  const authentication =
    'n=user,r=rOprNGfwEbeRWgbNEkqO,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096,c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0';
  const serverKey = Buffer.from(verifier.split(':')[2] ?? '', 'base64');
  const signature = new Bun.CryptoHasher('sha256', serverKey)
    .update(authentication)
    .digest('base64');
  expect(signature).toBe('6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=');
});

test('the same sources make the same archive', async () => {
  expect(Bun.hash(await packFunction(FOLDER))).toBe(Bun.hash(await packFunction(FOLDER)));
});
