import { describe, expect, test } from 'bun:test';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import packageJson from '../../package.json' with { type: 'json' };
import { help } from '../src/config.ts';
import { useServices } from './services.ts';
import {
  COMMANDS,
  PROCESS_RUNTIMES,
  type RunningServer,
  type ServerOptions,
} from './support/server.ts';

const MAIN = resolve(import.meta.dir, '../src/main.ts');

const services = useServices();

/** Runs the program in the temporary folder until it ends by itself. */
const run = (environment: Record<string, string>, ...args: string[]) => {
  const { exitCode, stdout, stderr } = Bun.spawnSync([process.execPath, MAIN, ...args], {
    cwd: services.folder,
    env: { PORT: '0', MANAGEMENT_PORT: '0', ...environment },
    timeout: 10_000,
    killSignal: 'SIGKILL',
  });
  return { status: exitCode, stdout: stdout.toString(), stderr: stderr.toString() };
};

/** The output of a service that refuses to start, without the lines of the test support around it. */
const refusal = async (options: Partial<ServerOptions>): Promise<string> => {
  const failure = await services.start(options).then(
    () => new Error('the service started'),
    (error: Error) => error,
  );
  const [, status, output] =
    /\(exit status (\d+)\), its output:\n(.*)$/s.exec(failure.message) ?? [];
  expect([failure.message, status]).toEqual([failure.message, '1']);
  return output ?? '';
};

const put = async ({ baseUrl }: RunningServer, username: string) =>
  fetch(`${baseUrl}/hello/${username}`, { method: 'PUT', body: '{"dateOfBirth":"1990-10-30"}' });

const statusOf = async ({ baseUrl }: RunningServer, username: string) =>
  (await fetch(`${baseUrl}/hello/${username}`)).status;

describe('the command line', () => {
  test('--help tells the settings and ends', () => {
    expect(run({ PORT: 'nonsense' }, '--help')).toEqual({
      status: 0,
      stdout: `${help()}\n`,
      stderr: '',
    });
    expect(readdirSync(services.folder)).toEqual([]);
  });

  test('--version tells version and commit and ends', () => {
    expect(run({ PORT: 'nonsense', SERVICE_COMMIT: 'abc' }, '--version')).toEqual({
      status: 0,
      stdout: `hello ${packageJson.version} (commit abc)\n`,
      stderr: '',
    });
  });

  for (const argument of ['--port', '-h', 'help', '', 'two\nlines', 'toString'])
    test(`refuses the argument ${JSON.stringify(argument)}`, () => {
      expect(run({}, argument)).toEqual({
        status: 2,
        stdout: '',
        stderr: `unknown argument ${JSON.stringify(argument)}: run with --help\n`,
      });
      expect(readdirSync(services.folder)).toEqual([]);
    });
});

test('main.ts on Deno tells what to run', () => {
  const command = COMMANDS.deno.map((part) => part.replace('main.deno.ts', 'main.ts'));
  const { exitCode, stdout, stderr } = Bun.spawnSync(command, { cwd: services.folder });
  expect([exitCode, stdout.toString(), stderr.toString()]).toEqual([
    1,
    '',
    'on Deno, run service/src/main.deno.ts\n',
  ]);
}, 20_000);

test('bad settings are told in a line each, and nothing is opened', () => {
  const { status, stdout, stderr } = run({
    HOST: '[::]',
    PORT: '-1',
    TIME_ZONE: 'Mars/Base',
    LOG_LEVEL: 'loud',
  });
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr.split('\n').map((line) => line.split(': ')[0])).toEqual([
    'HOST is "[::]"',
    'PORT is "-1"',
    'TIME_ZONE is "Mars/Base"',
    'LOG_LEVEL is "loud"',
    '',
  ]);
  expect(readdirSync(services.folder)).toEqual([]);
});

for (const runtime of PROCESS_RUNTIMES)
  describe(`on ${runtime}, one line tells why it can not start:`, () => {
    for (const name of ['PORT', 'MANAGEMENT_PORT'])
      test(`${name} is busy`, async () => {
        const port = String((await services.start({ databaseUrl: 'memory:' })).port);
        expect(await refusal({ runtime, environment: { [name]: port } })).toMatch(
          new RegExp(`^[^\\n]*\\b${port}\\b[^\\n]*\\n$`),
        );
      }, 20_000);

    for (const name of ['HOST', 'MANAGEMENT_HOST'])
      test(`${name} is no address of this machine`, async () => {
        // Reserved for documents.
        expect(await refusal({ runtime, environment: { [name]: '192.0.2.1' } })).toMatch(
          /^[^\n]*\b192\.0\.2\.1\b[^\n]*\n$/,
        );
      }, 20_000);

    test('the database can not be used', async () => {
      const file = join(services.folder, 'hello.db');
      const nowhere = join(services.folder, 'nowhere/hello.db');
      for (const [prepare, name] of [
        [() => {}, nowhere],
        [() => mkdirSync(nowhere, { recursive: true }), nowhere],
        [() => writeFileSync(file, 'no database, '.repeat(100)), file],
      ] as const) {
        prepare();
        const line = await refusal({ runtime, databaseUrl: `sqlite:${name}` });
        expect(line).toMatch(/^[^\n]+\n$/);
        expect(line).toStartWith(`can't open the database ${name}: `);
      }
    }, 20_000);
  });

for (const runtime of PROCESS_RUNTIMES)
  describe(`on ${runtime}`, () => {
    test('the start line tells where it listens and where data go', async () => {
      const server = await services.start({ runtime, environment: { LOG_LEVEL: 'info' } });
      const lines = server.output().trimEnd().split('\n');
      expect(lines).toHaveLength(1);
      const { url, managementUrl, data, message } = JSON.parse(lines[0] as string);
      expect({ url, managementUrl, data }).toEqual({
        url: `http://127.0.0.1:${server.port}`,
        managementUrl: `http://127.0.0.1:${server.managementPort}`,
        data: join(services.folder, 'hello.db'),
      });
      expect(message).toBe(`listening on ${url} (management on ${managementUrl}), data in ${data}`);
      expect((await fetch(url)).status).toBe(200);
      expect((await fetch(`${managementUrl}/livez`)).status).toBe(200);
    }, 20_000);

    test('the start line warns of data in memory', async () => {
      const { output } = await services.start({ runtime, databaseUrl: 'memory:' });
      expect(output()).toContain('data in memory, lost at exit');
    }, 20_000);

    test('data survive a restart', async () => {
      const server = await services.start({ runtime });
      expect((await put(server, 'Casey')).status).toBe(204);
      expect(await server.stop()).toBe(0);
      const again = await services.start({ runtime });
      expect(await statusOf(again, 'Casey')).toBe(200);
      expect(await statusOf(again, 'casey')).toBe(404);
    }, 20_000);
  });
