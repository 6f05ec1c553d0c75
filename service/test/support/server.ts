import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createFetch, createManagementFetch } from '../../src/app.ts';
import { todayIn } from '../../src/greeting/today.ts';
import { stopAll } from '../../src/http/lifecycle.ts';
import { listenOnBun } from '../../src/http/listen-on-bun.ts';
import { internalServerError } from '../../src/http/responses.ts';
import { parseDatabaseUrl } from '../../src/stores/database-url.ts';
import { observedStore } from '../../src/stores/observed.ts';
import { openStore } from '../../src/stores/open.ts';
import { binary, binaryMissing } from './binary.ts';
import { guard } from './guardian.ts';
import { observers } from './observers.ts';
import { hasEnded } from './processes.ts';

/** `binary` is the compiled service. */
export type Runtime = 'in-process' | ProcessRuntime;

export type ProcessRuntime = 'bun' | 'deno' | 'binary';

export interface ServerOptions {
  readonly runtime: Runtime;
  readonly databaseUrl: string;
  /** Settings beside the addresses and the database. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Runs another program in place of this one. */
  readonly command?: readonly string[];
}

/** The service, listening on free ports of 127.0.0.1. */
export interface RunningServer {
  readonly baseUrl: string;
  readonly managementUrl: string;
  readonly port: number;
  readonly managementPort: number;
  /** The process that serves; this one when it runs in-process. */
  readonly pid: number;
  /** Standard output and error so far; nothing when it runs in-process. */
  output(): string;
  /** Ends it, once, and resolves with the exit status, 128 and the signal's number when the signal killed it. */
  stop(signal?: NodeJS.Signals): Promise<number>;
}

/** What the contract suite runs against; `server` is there while its tests run. */
export interface Target {
  readonly runtime: Runtime;
  readonly store: 'sqlite' | 'memory' | 'postgresql' | 'mysql';
  readonly environment?: Readonly<Record<string, string>>;
  readonly server: RunningServer;
}

/** Bun closes a connection on which a request comes before the one before it is answered, unless that takes no time. */
export const takesPipelined = ({ runtime, store }: Pick<Target, 'runtime' | 'store'>): boolean =>
  runtime === 'deno' || store === 'memory';

const START_TIMEOUT_MILLISECONDS = 60_000;
const STOP_TIMEOUT_MILLISECONDS = 15_000;

const ROOT = resolve(import.meta.dir, '../../..');

/** What runs the program, without arguments. */
export const COMMANDS = {
  bun: [process.execPath, join(ROOT, 'service/src/main.ts')],
  deno: [
    // Not node_modules/.bin/deno: that is a script, which a signal ends while Deno goes on.
    ...new Bun.Glob('node_modules/@deno/*/deno').scanSync({ cwd: ROOT, absolute: true }),
    'run',
    `--config=${join(ROOT, 'deno.json')}`,
    '--no-prompt',
    ...['net', 'env', 'read', 'write', 'sys'].map((permission) => `--allow-${permission}`),
    '--unstable-no-legacy-abort',
    join(ROOT, 'service/src/main.deno.ts'),
  ],
};

/** What runs the program on a runtime, without arguments. */
export const commandOf = async (runtime: ProcessRuntime): Promise<readonly string[]> =>
  runtime === 'binary' ? [await binary()] : COMMANDS[runtime];

/** The runtimes that run as a process on this machine. */
export const PROCESS_RUNTIMES: readonly ProcessRuntime[] = binaryMissing
  ? ['bun', 'deno']
  : ['bun', 'deno', 'binary'];

/** An empty folder outside the repository; call `remove` when done. */
export const temporaryFolder = (): { path: string; remove: () => void } => {
  const path = mkdtempSync(join(tmpdir(), 'hello-test-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
};

/** A database URL for a target that needs no server, its file, if it has one, `hello.db` in `folder`. */
export const databaseUrlIn = (folder: string, { store }: Pick<Target, 'store'>): string =>
  store === 'memory' ? 'memory:' : `sqlite:///${join(folder, 'hello.db')}`;

/** Starts the service; the caller stops it. */
export const startServer = async (options: ServerOptions): Promise<RunningServer> =>
  options.runtime === 'in-process'
    ? startInProcess(options)
    : startProcess(options.command ?? (await commandOf(options.runtime)), options);

const startInProcess = async ({ databaseUrl, environment }: ServerOptions) => {
  const opened = openStore(parseDatabaseUrl(databaseUrl));
  const { metrics, ...others } = observers(opened.poolState);
  const store = observedStore(opened, metrics.store);
  const today = todayIn(environment?.TIME_ZONE ?? 'UTC', Date.now);
  const dependencies = { ...others, metrics, store, today };
  const address = {
    ...{ hostname: '127.0.0.1', port: 0, idleMilliseconds: 30_000 },
    onError: internalServerError,
  };
  const api = listenOnBun(createFetch(dependencies), address);
  const management = listenOnBun(createManagementFetch(dependencies), address);
  let stopped: Promise<number> | undefined;
  const close = async () => {
    await stopAll([api, management], 10_000);
    await store.close();
    return 0;
  };
  return running(api.url, management.url, {
    pid: process.pid,
    output: () => '',
    stop: () => (stopped ??= close()),
  });
};

const startProcess = async (
  command: readonly string[],
  { databaseUrl, environment }: ServerOptions,
): Promise<RunningServer> => {
  const child = Bun.spawn([...command], {
    cwd: tmpdir(),
    env: {
      ...process.env,
      NODE_ENV: '',
      HOST: '127.0.0.1',
      PORT: '0',
      MANAGEMENT_HOST: '127.0.0.1',
      MANAGEMENT_PORT: '0',
      DATABASE_URL: databaseUrl,
      TIME_ZONE: 'UTC',
      LOG_LEVEL: 'debug',
      APP_NAME: 'Hello',
      DRAIN_DELAY: '0',
      ...environment,
    },
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'pipe',
  });
  const release = guard(child.pid);
  const outputs = [child.stdout, child.stderr].map(collect);
  const output = () => outputs.map(({ text }) => text()).join('');
  const stop = async (signal: NodeJS.Signals = 'SIGTERM') => {
    child.kill(signal);
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MILLISECONDS);
    const status = await child.exited;
    await Promise.all(outputs.map(({ ended }) => ended));
    clearTimeout(timer);
    release();
    return status;
  };
  const deadline = performance.now() + START_TIMEOUT_MILLISECONDS;
  for (;;) {
    const line = outputs[0]?.text().split('\n').slice(0, -1).map(parse).find(isStartLine);
    if (line) return running(line.url, line.managementUrl, { pid: child.pid, output, stop });
    if (hasEnded(child) || performance.now() > deadline) {
      const status = await stop('SIGKILL');
      throw new Error(
        `${command.join(' ')} did not start (exit status ${status}), its output:\n${output()}`,
      );
    }
    await Bun.sleep(10);
  }
};

/** Reads a stream in the background: what came so far, and when its end has come. */
const collect = (stream: ReadableStream<Uint8Array>) => {
  let text = '';
  const read = async () => {
    const decoder = new TextDecoder();
    for await (const chunk of stream) text += decoder.decode(chunk, { stream: true });
  };
  return { ended: read(), text: () => text };
};

const parse = (line: string): unknown => {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
};

const isStartLine = (line: unknown): line is { url: string; managementUrl: string } =>
  typeof line === 'object' && line !== null && 'url' in line && 'managementUrl' in line;

const running = (
  baseUrl: string,
  managementUrl: string,
  rest: Pick<RunningServer, 'pid' | 'output' | 'stop'>,
): RunningServer => ({
  baseUrl,
  managementUrl,
  port: Number(new URL(baseUrl).port),
  managementPort: Number(new URL(managementUrl).port),
  ...rest,
});
