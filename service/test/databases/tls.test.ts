import { afterAll, beforeAll, expect, test } from 'bun:test';
import { join } from 'node:path';
import { type Certificates, certificates } from '../support/certificates.ts';
import type { DatabaseServer, UrlOptions } from '../support/database-server.ts';
import { describeServers, SERVER_OF_EACH_DRIVER, sharedServer } from '../support/databases.ts';
import { type Runtime, startServer } from '../support/server.ts';
import { talkTo } from './service.ts';
import { temporaryFile } from './temporary-file.ts';

type Kind = Exclude<keyof Certificates, 'authority'>;

/** Whether a server with a certificate is taken, by what `sslmode` asks for. */
const EXPECTED: readonly [sslmode: string, Record<Kind, boolean>][] = [
  ['verify-full', { right: true, wrongName: false, otherAuthority: false, expired: false }],
  ['verify-ca', { right: true, wrongName: true, otherAuthority: false, expired: false }],
  ['require', { right: true, wrongName: true, otherAuthority: true, expired: true }],
];

const runtimesFor = (sslmode: string): Runtime[] =>
  sslmode === 'verify-full' ? ['bun', 'deno'] : ['bun'];

describeServers(
  'TLS',
  (serverName, dialect) => {
    let server: DatabaseServer;

    beforeAll(async () => {
      server = await sharedServer(serverName);
      await server.logLogins();
    }, 30_000);

    afterAll(() => server.useCertificate(certificates().right));

    /** A service that has had the time to connect; whether it did. */
    const connects = async (
      runtime: Runtime,
      options: UrlOptions,
      ca = certificates().authority,
    ) => {
      const database = await server.createDatabase();
      const service = await startServer({
        runtime,
        databaseUrl: database.url(options),
        environment: { DATABASE_CA_FILE: temporaryFile(ca) },
      });
      const talk = talkTo(service);
      const isTold = () => talk.log().some(({ level }) => level === 'warn');
      const isServed = async () => (await talk.put('Casey', '1990-10-30')).status === 204;
      await talk.until(async () => (await isServed()) || isTold(), 5_000);
      const isUp = await isServed();
      expect(isUp).toBe(!isTold());
      await service.stop(isUp ? 'SIGKILL' : 'SIGTERM');
      const { user, password } = database.owner;
      expect(service.output()).not.toContain(password);
      expect(service.output()).not.toContain(encodeURIComponent(password));
      // Who is named has been trusted; only then may a password follow.
      expect(await server.sawLogin(user)).toBe(isUp);
      return isUp;
    };
    for (const [sslmode, byCertificate] of EXPECTED)
      for (const [kind, isTaken] of Object.entries(byCertificate))
        for (const runtime of runtimesFor(sslmode))
          test(`${runtime}: ${sslmode} ${isTaken ? 'takes' : 'refuses'} the certificate "${kind}"`, async () => {
            await server.useCertificate(certificates()[kind as Kind]);
            expect(await connects(runtime, { host: 'localhost', query: { sslmode } })).toBe(
              isTaken,
            );
          }, 20_000);

    if (dialect === 'postgresql')
      test.skipIf(!Bun.which('openssl')).each([
        ['right', 0],
        ['wrongName', 1],
        ['otherAuthority', 1],
      ] as const)(
        'the command of docs/gitops.md (with openssl) for a server with the certificate "%s" ends with %i',
        async (kind, status) => {
          await server.useCertificate(certificates()[kind]);
          const [, command = ''] =
            /^```sh\n(openssl s_client -starttls postgres.*?)```/ms.exec(
              await Bun.file(join(import.meta.dir, '../../../docs/gitops.md')).text(),
            ) ?? [];
          const here = command
            .replace(':5432', `:${server.port}`)
            .replace('global-bundle.pem', temporaryFile(certificates().authority));
          const child = Bun.spawn(['sh', '-c', here], {
            env: { ...process.env, host: 'localhost' },
            stdio: ['ignore', 'ignore', 'ignore'],
          });
          expect(await child.exited).toBe(status);
        },
        20_000,
      );

    test('verify-full takes an address that the certificate names', async () => {
      await server.useCertificate(certificates().right);
      expect(await connects('bun', { query: { sslmode: 'verify-full' } })).toBe(true);
    }, 20_000);

    test('without DATABASE_CA_FILE no authority of our own is trusted', async () => {
      await server.useCertificate(certificates().right);
      const other = certificates().right.certificate;
      expect(
        await connects('bun', { host: 'localhost', query: { sslmode: 'verify-full' } }, other),
      ).toBe(false);
    }, 20_000);
  },
  SERVER_OF_EACH_DRIVER,
);
