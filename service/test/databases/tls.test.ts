import { afterAll, beforeAll, expect, test } from 'bun:test';
import { type Certificates, certificates } from '../support/certificates.ts';
import type { DatabaseServer, UrlOptions } from '../support/database-server.ts';
import { describeDialects, sharedServer } from '../support/databases.ts';
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

describeDialects('TLS', (dialect) => {
  let server: DatabaseServer;

  beforeAll(async () => {
    server = await sharedServer(dialect);
    await server.logLogins();
  }, 30_000);

  afterAll(() => server.useCertificate(certificates().right));

  /** A service that has had the time to connect; whether it did. */
  const connects = async (runtime: Runtime, options: UrlOptions, ca = certificates().authority) => {
    const database = await server.createDatabase();
    const service = await startServer({
      runtime,
      databaseUrl: database.url(options),
      environment: { DATABASE_CA_FILE: temporaryFile(ca) },
    });
    const talk = talkTo(service);
    const isReady = async () => (await talk.health('/readyz')) === 200;
    const isUp = await talk.until(async () => talk.log().some(isVerdict), 5_000).then(isReady);
    const { status } = await talk.put('Casey', '1990-10-30');
    expect(status).toBe(isUp ? 204 : 503);
    await service.stop();
    const { user, password } = database.owner;
    expect(service.output()).not.toContain(password);
    expect(service.output()).not.toContain(encodeURIComponent(password));
    // Who is named has been trusted; only then may a password follow.
    expect(await server.sawLogin(user)).toBe(isUp);
    return isUp;
  };
  /** A line that tells that the database can be used, or why not. */
  const isVerdict = ({ level, message }: Record<string, unknown>) =>
    level === 'warn' || level === 'error' || /connected|database answers/.test(String(message));

  for (const runtime of dialect === 'postgresql' ? (['bun', 'deno'] as const) : (['bun'] as const))
    for (const [sslmode, byCertificate] of EXPECTED)
      for (const [kind, isTaken] of Object.entries(byCertificate))
        test(`${runtime}: ${sslmode} ${isTaken ? 'takes' : 'refuses'} the certificate "${kind}"`, async () => {
          await server.useCertificate(certificates()[kind as Kind]);
          expect(await connects(runtime, { host: 'localhost', query: { sslmode } })).toBe(isTaken);
        }, 20_000);

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
});
