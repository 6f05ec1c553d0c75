import { afterEach, describe, expect, test } from 'bun:test';
import { closeSync, constants, openSync, readSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { isoTime } from '../src/observability/iso-time.ts';
import { createLog, type LogLevel, logTo, type ProcessLog } from '../src/observability/log.ts';
import { LogOutput } from '../src/observability/log-output.ts';
import { pretty } from '../src/observability/pretty-line.ts';
import { writeToStandardOutput } from '../src/observability/standard-output.ts';
import { useServices } from './services.ts';
import { COMMANDS, commandOf, PROCESS_RUNTIMES, type ProcessRuntime } from './support/server.ts';

const services = useServices();
const cleanUps: (() => void)[] = [];

afterEach(() => {
  for (const cleanUp of cleanUps.splice(0)) cleanUp();
});

const freePort = async (): Promise<number> => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
};

/** Starts the service with a standard output of the test's; the start line can't be read there. */
const start = async (runtime: ProcessRuntime, stdout: number) => {
  const [port, managementPort] = [await freePort(), await freePort()];
  const child = Bun.spawn([...(await commandOf(runtime))], {
    cwd: services.folder,
    env: {
      ...process.env,
      PORT: String(port),
      MANAGEMENT_PORT: String(managementPort),
      DATABASE_URL: 'memory:',
      DRAIN_DELAY: '0',
    },
    stdio: ['ignore', stdout, 'ignore'],
  });
  cleanUps.push(() => child.kill('SIGKILL'));
  const url = `http://127.0.0.1:${port}`;
  const deadline = performance.now() + 20_000;
  while (!(await answers(`${url}/`)) && performance.now() < deadline) await Bun.sleep(20);
  const dropped = async () => {
    const text = await (await fetch(`http://127.0.0.1:${managementPort}/metrics`)).text();
    return Number(/^hello_log_lines_dropped_total (\d+)$/m.exec(text)?.[1]);
  };
  return { child, url, dropped };
};

const answers = async (url: string): Promise<boolean> =>
  fetch(url).then(
    ({ ok }) => ok,
    () => false,
  );

/** Sends requests until lines were dropped; each must be answered. */
const untilDropped = async ({ url, dropped }: Awaited<ReturnType<typeof start>>) => {
  const deadline = performance.now() + 20_000;
  do {
    const all = await Promise.all(Array.from({ length: 200 }, () => answers(`${url}/`)));
    expect(all).not.toContain(false);
  } while ((await dropped()) === 0 && performance.now() < deadline);
  expect(await dropped()).toBeGreaterThan(0);
};

/** A pipe in the file system: its path, and the end that reads. */
const pipe = () => {
  const path = join(services.folder, `pipe-${cleanUps.length}`);
  expect(Bun.spawnSync(['mkfifo', path]).exitCode).toBe(0);
  const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  return { reader, writer: openSync(path, constants.O_WRONLY) };
};

for (const runtime of PROCESS_RUNTIMES)
  describe(`on ${runtime}, standard output that`, () => {
    test('is full stops neither requests nor SIGTERM', async () => {
      const full = openSync('/dev/full', 'w');
      const service = await start(runtime, full);
      closeSync(full);
      await untilDropped(service);
      service.child.kill('SIGTERM');
      expect(await service.child.exited).toBe(0);
    }, 60_000);

    test('is closed stops neither requests nor SIGTERM', async () => {
      const { reader, writer } = pipe();
      const service = await start(runtime, writer);
      closeSync(writer);
      closeSync(reader);
      await untilDropped(service);
      service.child.kill('SIGTERM');
      expect(await service.child.exited).toBe(0);
    }, 60_000);

    test('nobody reads stops neither requests nor SIGTERM; whole lines are lost', async () => {
      const { reader, writer } = pipe();
      cleanUps.push(() => closeSync(reader));
      const service = await start(runtime, writer);
      closeSync(writer);
      // A mebibyte and what the pipe holds are some 8,000 lines; 40,000 requests are the limit.
      for (let round = 0; round < 200 && (await service.dropped()) === 0; round++) {
        const all = await Promise.all(
          Array.from({ length: 200 }, () => answers(`${service.url}/`)),
        );
        expect(all).not.toContain(false);
      }
      expect(await service.dropped()).toBeGreaterThan(0);
      service.child.kill('SIGTERM');
      expect(await service.child.exited).toBe(0);
      const bytes = Buffer.alloc(1024 * 1024);
      const lines = bytes.toString('utf8', 0, readSync(reader, bytes)).split('\n').slice(0, -1);
      expect(lines.length).toBeGreaterThan(1);
      for (const line of lines) expect(() => JSON.parse(line)).not.toThrow();
    }, 120_000);
  });

test('on a terminal a line is readable', async () => {
  let output = '';
  const decoder = new TextDecoder();
  const child = Bun.spawn([...COMMANDS.bun], {
    cwd: services.folder,
    env: {
      ...process.env,
      ...{ PORT: '0', MANAGEMENT_PORT: '0', DATABASE_URL: 'memory:', DRAIN_DELAY: '0' },
    },
    terminal: { cols: 400, rows: 40, data: (_, bytes) => (output += decoder.decode(bytes)) },
  });
  cleanUps.push(() => child.kill('SIGKILL'));
  const deadline = performance.now() + 20_000;
  while (!output.includes('\n') && performance.now() < deadline) await Bun.sleep(10);
  const url = /listening on (\S+)/.exec(output)?.[1];
  expect(await answers(`${url}/`)).toBe(true);
  child.kill('SIGTERM');
  expect(await child.exited).toBe(0);
  const lines = output.split('\r\n').map((line) => line.replace(/^\d\d:\d\d:\d\d\.\d{3} /, ''));
  expect(lines[0]).toMatch(/^INFO {2}listening on .* data="memory, lost at exit" version=/);
  expect(lines[1]).toMatch(
    /^INFO {2}request requestId=\S+ method=GET route=\/ status=200 duration_ms=[\d.]+$/,
  );
  expect(lines[2]).toBe('INFO  draining signal=SIGTERM delayMilliseconds=0');
}, 40_000);

test('readable quotes what has spaces, quotes or equals signs', () => {
  const time = '2026-11-23T03:26:29.123Z';
  const line = { level: 'warn', time, a: 'x y', b: 'x"', c: 'x=y', d: 'x', e: 1, message: 'm n' };
  expect(pretty(JSON.stringify(line))).toBe(
    '03:26:29.123 WARN  m n a="x y" b="x\\"" c="x=y" d=x e=1\n',
  );
});

test('readable has the code of an error in its line, and the stack below', () => {
  const stack = 'TypeError: x\n    at greet (/service.ts:1:2)\n    at handle (/routes.ts:3:4)';
  const error = { type: 'TypeError', code: 'ERR_X', message: 'x', stack };
  const line = {
    level: 'error',
    time: '2026-11-23T03:26:29.123Z',
    route: '/',
    error,
    message: 'm',
  };
  expect(pretty(JSON.stringify(line))).toBe(
    `03:26:29.123 ERROR m route=/ code=ERR_X
  TypeError: x
      at greet (/service.ts:1:2)
      at handle (/routes.ts:3:4)
`,
  );
});

test('isoTime tells what toISOString tells', () => {
  for (const time of [0, 1, 999, 1_000, 1_001, 61_000, 1_795_404_794_963, 1_795_404_794_999, 5])
    expect(isoTime(time)).toBe(new Date(time).toISOString());
});

describe('a log', () => {
  const written = async (level: LogLevel, write: (log: ProcessLog) => void) => {
    let text = '';
    const output = new LogOutput(async (bytes) => {
      text += Buffer.from(bytes).toString();
      return bytes.length;
    });
    const log = logTo(output, level);
    write(log);
    await log.flush();
    expect(log.dropped()).toBe(0);
    return text
      .split('\n')
      .slice(0, -1)
      .map((line): unknown => JSON.parse(line));
  };

  test('has a line for each message, fields between time and message', async () => {
    const lines = await written('debug', (log) => {
      log.debug('a');
      log.warn({ b: 1, c: '"\n' }, 'd');
      log.infoLine?.('{"level":"info"}');
    });
    const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(lines).toEqual([
      { level: 'debug', time, message: 'a' },
      { level: 'warn', time, b: 1, c: '"\n', message: 'd' },
      { level: 'info' },
    ]);
  });

  test('leaves out what is below its level', async () => {
    const all = (log: ProcessLog) => {
      for (const level of ['debug', 'info', 'warn', 'error'] as const) log[level](level);
      log.infoLine?.('{"message":"line"}');
    };
    for (const [level, expected] of [
      ['debug', ['debug', 'info', 'warn', 'error', 'line']],
      ['info', ['info', 'warn', 'error', 'line']],
      ['warn', ['warn', 'error']],
      ['error', ['error']],
      ['silent', []],
    ] as const) {
      const lines = (await written(level, all)) as { message: string }[];
      expect(lines.map(({ message }) => message)).toEqual([...expected]);
    }
  });

  test('of a process may be silent', async () => {
    const log = createLog('silent');
    log.error('nothing');
    expect(await writeToStandardOutput(new Uint8Array())).toBe(0);
    await log.flush();
    expect(log.infoLine).toBeUndefined();
  });
});
