import { afterEach, describe, expect, spyOn, test } from 'bun:test';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Settings } from '../src/config.ts';
import {
  END_MILLISECONDS,
  exitOnSignal,
  type Signal,
  stopAll,
  untilSignal,
} from '../src/http/lifecycle.ts';
import { listenOnBun } from '../src/http/listen-on-bun.ts';
import { internalServerError } from '../src/http/responses.ts';
import { expectSecurityHeaders } from './support/client.ts';

const SIGNALS = ['SIGTERM', 'SIGINT'] as const;

const before = new Map(SIGNALS.map((signal) => [signal, process.listeners(signal)]));

afterEach(() => {
  for (const signal of SIGNALS)
    for (const listener of process.listeners(signal))
      if (!before.get(signal)?.includes(listener)) process.off(signal, listener);
});

test.each([
  ['SIGTERM', 143],
  ['SIGINT', 130],
] as const)('exitOnSignal ends the process at %s with %d', async (signal, status) => {
  const ended = Promise.withResolvers<number>();
  exitOnSignal(ended.resolve);
  process.kill(process.pid, signal);
  expect(await ended.promise).toBe(status);
});

describe('untilSignal', () => {
  for (const [first, second, status] of [
    ['SIGTERM', 'SIGTERM', 143],
    ['SIGTERM', 'SIGINT', 130],
    ['SIGINT', 'SIGTERM', 143],
  ] as const)
    test(`resolves at ${first}; ${second} then ends the process`, async () => {
      const ended = Promise.withResolvers<number>();
      const received: Promise<Signal> = untilSignal(ended.resolve);
      process.kill(process.pid, first);
      expect(await received).toBe(first);
      process.kill(process.pid, second);
      expect(await ended.promise).toBe(status);
    });
});

test('a server on Bun cuts its connections when it is told to', async () => {
  const asked = Promise.withResolvers<void>();
  const server = listenOnBun(
    () => {
      asked.resolve();
      return new Promise(() => {});
    },
    { hostname: '127.0.0.1', port: 0, idleMilliseconds: 60_000, onError: internalServerError },
  );
  const answer = fetch(server.url).then(
    () => 'answered',
    () => 'cut',
  );
  await asked.promise;
  server.abort();
  expect(await answer).toBe('cut');
});

test('a server on Bun tells its client nothing of what goes wrong, and who listens all of it', async () => {
  const failure = new Error('a secret');
  const failures: unknown[] = [];
  const server = listenOnBun(() => Promise.reject(failure), {
    hostname: '127.0.0.1',
    port: 0,
    idleMilliseconds: 60_000,
    onError: (error) => {
      failures.push(error);
      return internalServerError();
    },
  });
  const answer = await fetch(server.url);
  expect([answer.status, await answer.json()]).toEqual([500, { detail: 'Internal Server Error' }]);
  expectSecurityHeaders(answer.headers);
  expect(failures).toEqual([failure]);
  await server.stop();
});

describe('stopAll', () => {
  const log: string[] = [];
  const server = (name: string, stop: () => Promise<void>) => ({
    url: 'http://localhost',
    stop: async () => {
      log.push(`stop ${name}`);
      await stop();
      log.push(`stopped ${name}`);
    },
    abort: () => void log.push(`abort ${name}`),
  });
  const never = () => new Promise<void>(() => {});

  afterEach(() => {
    log.length = 0;
  });

  test('stops one server after the other', async () => {
    const servers = [server('api', () => Bun.sleep(20)), server('management', async () => {})];
    expect(await stopAll(servers, 20_000)).toBe(true);
    expect(log).toEqual(['stop api', 'stopped api', 'stop management', 'stopped management']);
  });

  test('cuts the connections of one that does not stop in time, and stops the others', async () => {
    const servers = [server('api', never), server('management', async () => {})];
    expect(await stopAll(servers, 20)).toBe(false);
    expect(log).toEqual(['stop api', 'abort api', 'stop management', 'stopped management']);
  });

  test('gives all of them the time of one', async () => {
    const timeout = 600_000;
    let passed = 0;
    const clock = spyOn(performance, 'now').mockImplementation(() => passed);
    try {
      const api = server('api', async () => {
        passed = timeout;
      });
      expect(await stopAll([api, server('management', never)], timeout)).toBe(false);
    } finally {
      clock.mockRestore();
    }
    expect(log).toEqual(['stop api', 'stopped api', 'stop management', 'abort management']);
  });
});

test('docs/operations.md tells how long the end takes', () => {
  const page = readFileSync(resolve(import.meta.dir, '../../docs/operations.md'), 'utf8');
  const { DRAIN_DELAY, SHUTDOWN_TIMEOUT } = Settings.properties;
  const seconds = (DRAIN_DELAY.default + SHUTDOWN_TIMEOUT.default + END_MILLISECONDS) / 1000;
  expect(page).toContain(`at most ${seconds} of the 30 seconds`);
  expect(page).toContain(`**End**, for at most ${END_MILLISECONDS / 1000} s`);
});
