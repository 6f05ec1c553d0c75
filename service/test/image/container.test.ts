import { afterEach, beforeAll, describe, expect, test } from 'bun:test';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { USER } from '../../image/files.ts';
import { talkTo } from '../databases/service.ts';
import { certificates } from '../support/certificates.ts';
import { describeServers, sharedServer } from '../support/databases.ts';
import { type RunningServer, startServer } from '../support/server.ts';
import { imageMissing } from './build.ts';
import { type Container, type ContainerOptions, container, containerMissing } from './container.ts';

const missing = imageMissing ?? containerMissing;

/** Free ports, of this machine alone. */
const LOOPBACK = {
  HOST: '127.0.0.1',
  PORT: '0',
  MANAGEMENT_HOST: '127.0.0.1',
  MANAGEMENT_PORT: '0',
  DRAIN_DELAY: '0',
};

if (missing) test.skip(`the image in a container: ${missing}`, () => {});
else
  describe('the image in a container', () => {
    let box: Container;
    let servers: RunningServer[] = [];

    beforeAll(async () => {
      box = await container();
    }, 120_000);

    afterEach(async () => {
      await Promise.all(servers.map((server) => server.stop('SIGKILL')));
      servers = [];
    }, 20_000);

    const start = async ({ environment, ...options }: ContainerOptions = {}) => {
      const command = box.command({ ...options, environment: { ...LOOPBACK, ...environment } });
      const server = await startServer({ runtime: 'binary', command, databaseUrl: 'unused:' });
      servers.push(server);
      return server;
    };

    /** Runs it to its end. */
    const run = (options: ContainerOptions) => {
      const { exitCode, stdout, stderr } = Bun.spawnSync(box.command(options), {
        timeout: 20_000,
        killSignal: 'SIGKILL',
      });
      return { status: exitCode, output: `${stdout}${stderr}` };
    };

    /** Every file and folder, with its time of change. */
    const inventory = (folder: string): string[] =>
      readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .toSorted()
        .map((path) => `${path} ${statSync(join(folder, path)).mtimeMs}`);

    test('serves as a user who may write to /data alone, and keeps data over a restart', async () => {
      const before = inventory(box.root);
      const first = await start();
      const status = readFileSync(`/proc/${first.pid}/status`, 'utf8');
      if (process.getuid?.() === 0) expect(status).toMatch(new RegExp(`^Uid:\\t${USER}\\t`, 'm'));
      expect(status).toMatch(/^CapEff:\t0+$/m);
      const mounts = readFileSync(`/proc/${first.pid}/mounts`, 'utf8').split('\n');
      const ofRoot = mounts.find((line) => line.split(' ')[1] === '/');
      expect(ofRoot?.split(' ')[3]?.split(',')).toContain('ro');
      expect((await talkTo(first).put('Casey', '1990-10-30')).status).toBe(204);
      expect((await talkTo(first).get('Casey')).status).toBe(200);
      expect((await fetch(`${first.baseUrl}/openapi`)).status).toBe(200);
      expect(await first.stop()).toBe(0);
      expect(first.output()).toContain('"data":"/data/hello.db"');

      const second = await start();
      expect((await talkTo(second).get('Casey')).status).toBe(200);
      expect(await second.stop()).toBe(0);
      expect(readdirSync(box.data)).toEqual(['hello.db']);
      expect(inventory(box.root)).toEqual(before);
    }, 40_000);

    test('migrates, and tells its version', () => {
      expect(run({ argument: 'migrate' })).toMatchObject({ status: 0 });
      expect(run({ argument: '--version' }).output).toMatch(/^hello \d+\.\d+\.\d+ \(commit 0123/);
    }, 40_000);

    test('can not write elsewhere', () => {
      const { status, output } = run({
        argument: 'migrate',
        environment: { DATABASE_URL: 'sqlite:////etc/hello.db' },
      });
      expect(status).toBe(1);
      expect(output).toMatch(/^can't open the database \/etc\/hello\.db: [^\n]*\n$/);
    }, 20_000);

    // 26 hours apart: on every day one of the two differs from the date in UTC.
    for (const zone of ['Pacific/Kiritimati', 'Etc/GMT+12'])
      test(`knows the time zone ${zone}`, async () => {
        const server = await start({ environment: { TIME_ZONE: zone, DATABASE_URL: 'memory:' } });
        const today = Temporal.Now.plainDateISO(zone);
        expect((await talkTo(server).put('Casey', `${today}`)).status).toBe(204);
        expect((await talkTo(server).put('Casey', `${today.add({ days: 2 })}`)).status).toBe(422);
      }, 20_000);

    test('is healthy while it answers', async () => {
      const server = await start();
      const environment = { ...LOOPBACK, MANAGEMENT_PORT: String(server.managementPort) };
      const check = () => run({ argument: 'healthcheck', environment });
      expect(check()).toEqual({
        status: 0,
        output: `http://127.0.0.1:${server.managementPort}/livez: ok\n`,
      });
      await server.stop();
      const { status, output } = check();
      expect(status).toBe(1);
      expect(output).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/livez: [^\n]*ECONNREFUSED[^\n]*\n$/);
    }, 40_000);

    describeServers('with TLS', (serverName) => {
      test('trusts the authorities of its file', async () => {
        const database = await (await sharedServer(serverName)).createDatabase();
        const DATABASE_URL = database.url({ host: 'localhost', query: { sslmode: 'verify-full' } });
        const { authority } = certificates();
        const trusted = await start({ environment: { DATABASE_URL }, authorities: authority });
        expect(await talkTo(trusted).untilServed()).toBeLessThan(10_000);
        const other = await start({ environment: { DATABASE_URL } });
        await talkTo(other).until(async () => other.output().includes('"level":"warn"'));
        expect((await talkTo(other).put('Casey', '1990-10-30')).status).toBe(503);
      }, 40_000);
    });
  });
