import { join } from 'node:path';
import { IMAGE_CONFIG, NODE_ENV } from '../image/config.ts';
import { freePort } from '../test/support/database-server.ts';
import { hasEnded } from '../test/support/processes.ts';
import { PEERS } from './install.ts';
import { username } from './load.ts';
import { pinned } from './programs.ts';
import { SERVER_CORE } from './settings.ts';

/** A program that greets over HTTP. */
export interface Contender {
  /** What it is called in results. */
  readonly name: string;
  readonly command: (port: number) => readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** Whether it refuses usernames that are none. */
  readonly validates: boolean;
}

/** A contender that listens. */
export interface Running {
  readonly name: string;
  readonly pid: number;
  readonly url: string;
  /** Milliseconds from the start of the process to the first answer that greets, or to the first of any kind. */
  readonly startMilliseconds: number;
  stop(): Promise<void>;
}

const peer = (file: string) => join(PEERS, file);

export const BARE: Contender = {
  name: 'bare Bun.serve and a Map',
  command: () => [process.execPath, peer('bare.js')],
  validates: false,
};

export const HONO: Contender = {
  name: 'Hono on Bun',
  command: () => [process.execPath, peer('hono.js')],
  validates: true,
};

export const FASTIFY: Contender = {
  name: 'Fastify on Node.js',
  command: () => ['node', peer('fastify.js')],
  validates: true,
};

/** @param python one that has FastAPI */
export const fastApi = (python: string): Contender => ({
  name: 'FastAPI on uvicorn',
  command: (port) => [
    ...[python, '-m', 'uvicorn', 'fastapi_app:app', '--app-dir', PEERS],
    ...['--host', '127.0.0.1', '--port', `${port}`],
  ],
  environment: { PYTHONDONTWRITEBYTECODE: '1' },
  validates: true,
});

/** @param executable `peers/elysia.js`, compiled */
export const elysia = (executable: string): Contender => ({
  name: 'Elysia, compiled',
  command: () => [executable],
  validates: true,
});

/** What the image sets. */
const imageEnvironment = Object.fromEntries(
  IMAGE_CONFIG.Env.map((variable) => variable.split('=', 2)),
);

/**
 * The service with its data in an SQLite file.
 * @param command what starts it
 * @param environment settings beside the addresses and the database
 */
export const service = (
  name: string,
  command: readonly string[],
  file: string,
  environment: Readonly<Record<string, string>> = {},
): Contender => ({
  name,
  command: () => command,
  environment: {
    ...imageEnvironment,
    HOST: '127.0.0.1',
    MANAGEMENT_HOST: '127.0.0.1',
    DATABASE_URL: `sqlite:///${file}`,
    MANAGEMENT_PORT: `${freePort()}`,
    ...environment,
  },
  validates: true,
});

const START_TIMEOUT_MILLISECONDS = 30_000;

/** Starts a contender on the servers' core; it has answered when this resolves. */
export const start = async ({ name, command, environment }: Contender): Promise<Running> => {
  const port = freePort();
  const [path = '', ...programArguments] = command(port);
  const { firstArguments = [] } = pinned({ path, environment: {} }, SERVER_CORE);
  const began = performance.now();
  const child = Bun.spawn(['taskset', ...firstArguments, ...programArguments], {
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      NODE_ENV,
      PORT: `${port}`,
      ...environment,
    },
    stdio: ['ignore', 'ignore', 'ignore'],
  });
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  const stop = async () => {
    kill();
    await child.exited;
    process.off('exit', kill);
  };
  const url = `http://127.0.0.1:${port}`;
  while (!(await answers(url))) {
    if (hasEnded(child) || performance.now() - began > START_TIMEOUT_MILLISECONDS) {
      await stop();
      throw new Error(`${name} did not start: ${command(port).join(' ')}`);
    }
    await Bun.sleep(0.5);
  }
  return { name, pid: child.pid, url, startMilliseconds: performance.now() - began, stop };
};

const answers = (url: string): Promise<boolean> =>
  fetch(`${url}/hello/Casey`).then(
    (response) => response.ok || response.status === 404,
    () => false,
  );

/** Saves users 1 to `users`, born all over the year, and Casey. */
export const fill = async ({ url, name }: Running, users: number): Promise<void> => {
  const births = Array.from({ length: users }, (_, index) => {
    const [month, day] = [(index % 12) + 1, (index % 28) + 1].map((part) =>
      `${part}`.padStart(2, '0'),
    );
    return [username(index + 1), `1990-${month}-${day}`] as const;
  });
  for (const some of chunks([['Casey', '1990-10-30'] as const, ...births], 50))
    await Promise.all(
      some.map(async ([user, dateOfBirth]) => {
        const { status } = await fetch(`${url}/hello/${user}`, {
          method: 'PUT',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ dateOfBirth }),
        });
        if (status !== 204) throw new Error(`${name}: PUT ${status}`);
      }),
    );
};

const chunks = <T>(values: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(values.length / size) }, (_, index) =>
    values.slice(index * size, (index + 1) * size),
  );

/** Peak resident memory of a process in MiB. */
export const peakMemory = async (pid: number): Promise<number> => {
  const status = await Bun.file(`/proc/${pid}/status`).text();
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) / 1024;
};

/** Ticks of a hundredth second in /proc. */
const TICKS_PER_SECOND = 100;

/** Seconds of processor that a process has used. */
export const processorSeconds = async (pid: number): Promise<number> => {
  const stat = await Bun.file(`/proc/${pid}/stat`).text();
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
};
