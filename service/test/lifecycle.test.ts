import { afterEach, describe, expect, test } from 'bun:test';
import { type Signal, stopAll, untilSignal } from '../src/http/lifecycle.ts';
import { listenOnBun } from '../src/http/listen-on-bun.ts';

const SIGNALS = ['SIGTERM', 'SIGINT'] as const;

describe('untilSignal', () => {
  const before = new Map(SIGNALS.map((signal) => [signal, process.listeners(signal)]));

  afterEach(() => {
    for (const signal of SIGNALS)
      for (const listener of process.listeners(signal))
        if (!before.get(signal)?.includes(listener)) process.off(signal, listener);
  });

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
    { hostname: '127.0.0.1', port: 0, idleMilliseconds: 60_000 },
  );
  const answer = fetch(server.url).then(
    () => 'answered',
    () => 'cut',
  );
  await asked.promise;
  server.abort();
  expect(await answer).toBe('cut');
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
    const begin = performance.now();
    expect(await stopAll([server('api', never), server('management', never)], 1_000)).toBe(false);
    expect(performance.now() - begin).toBeLessThan(1_900);
    expect(log.filter((line) => line.startsWith('abort'))).toEqual([
      'abort api',
      'abort management',
    ]);
  });
});
