import { afterEach, describe, expect, test } from 'bun:test';
import { healthcheck } from '../src/http/healthcheck.ts';
import { useServices } from './services.ts';
import { runCommand } from './support/command.ts';
import { freePort } from './support/database-server.ts';
import { PROCESS_RUNTIMES } from './support/server.ts';

let servers: { stop(force: boolean): Promise<void> }[] = [];

afterEach(async () => {
  await Promise.all(servers.map((server) => server.stop(true)));
  servers = [];
});

/** A management port that answers in some way. */
const management = (
  answer: (path: string) => Response | Promise<Response>,
  hostname = '127.0.0.1',
) => {
  const server = Bun.serve({
    hostname,
    port: 0,
    fetch: ({ url }) => answer(new URL(url).pathname),
  });
  servers.push(server);
  return server.port ?? 0;
};

describe('healthcheck', () => {
  test('asks for /livez and nothing else', async () => {
    const paths: string[] = [];
    const port = management((path) => {
      paths.push(path);
      return new Response();
    });
    expect(await healthcheck('127.0.0.1', port)).toBe(`http://127.0.0.1:${port}/livez`);
    expect(paths).toEqual(['/livez']);
  });

  for (const [everywhere, loopback, url] of [
    ['0.0.0.0', '127.0.0.1', '127.0.0.1'],
    ['::', '::1', '[::1]'],
  ] as const)
    test(`reaches a service that listens on ${everywhere}`, async () => {
      const port = management(() => new Response(), loopback);
      expect(await healthcheck(everywhere, port)).toBe(`http://${url}:${port}/livez`);
    });

  for (const status of [404, 500, 503])
    test(`fails at status ${status}`, async () => {
      const port = management(() => new Response('', { status }));
      const fault = `http://127.0.0.1:${port}/livez: status ${status}`;
      await expect(healthcheck('127.0.0.1', port)).rejects.toThrow(fault);
    });

  test('fails when nobody listens', async () => {
    const port = freePort();
    await expect(healthcheck('127.0.0.1', port)).rejects.toThrow(
      new RegExp(`^http://127\\.0\\.0\\.1:${port}/livez: .*ECONNREFUSED`),
    );
  });

  test('fails when there is no answer in time', async () => {
    const port = management(() => new Promise(() => {}));
    const fault = `http://127.0.0.1:${port}/livez: no answer within 20 ms`;
    await expect(healthcheck('127.0.0.1', port, 20)).rejects.toThrow(fault);
  });
});

describe('hello healthcheck', () => {
  const services = useServices();

  for (const runtime of PROCESS_RUNTIMES)
    test(`tells the health of a service on ${runtime} in a line, past any proxy`, async () => {
      const { managementPort } = await services.start({ databaseUrl: 'memory:' });
      const check = (port: number) =>
        runCommand(runtime, ['healthcheck'], {
          MANAGEMENT_HOST: '127.0.0.1',
          MANAGEMENT_PORT: String(port),
          HTTP_PROXY: 'http://127.0.0.1:1',
          http_proxy: 'http://127.0.0.1:1',
          NO_PROXY: '',
          no_proxy: '',
        });
      const url = (port: number) => `http://127.0.0.1:${port}/livez`;
      expect(await check(managementPort)).toEqual({
        status: 0,
        output: `${url(managementPort)}: ok\n`,
      });
      const other = freePort();
      const { status, output } = await check(other);
      expect(status).toBe(1);
      expect(output).toMatch(new RegExp(`^${url(other)}: [^\\n]+\\n$`));
    }, 40_000);

  test('needs no setting but the management address', async () => {
    const { managementPort } = await services.start({ databaseUrl: 'memory:' });
    const { status, output } = await runCommand('bun', ['healthcheck'], {
      MANAGEMENT_HOST: '127.0.0.1',
      MANAGEMENT_PORT: String(managementPort),
      PORT: 'x',
      LOG_LEVEL: 'loud',
      DATABASE_URL: 'postgres://hello@127.0.0.1/hello',
      DATABASE_PASSWORD_FILE: '/nowhere',
    });
    expect([status, output]).toEqual([0, `http://127.0.0.1:${managementPort}/livez: ok\n`]);
  }, 40_000);

  // Docker reserves 2: https://docs.docker.com/reference/dockerfile/#healthcheck
  test('never fails with status 2', async () => {
    expect(await runCommand('bun', ['healthcheck'], { MANAGEMENT_PORT: 'x' })).toEqual({
      status: 1,
      output:
        'MANAGEMENT_PORT is "x": set a port from 0 to 65535, as an integer; 0 takes any free port\n',
    });
    expect(await runCommand('bun', ['healthcheck', 'now'], {})).toEqual({
      status: 1,
      output: 'unknown argument "now": run with --help\n',
    });
  }, 40_000);
});
