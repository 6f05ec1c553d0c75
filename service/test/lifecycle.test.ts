import { describe, expect, test } from 'bun:test';
import { stopAll, untilSignal } from '../src/http/lifecycle.ts';

describe('untilSignal', () => {
  for (const signal of ['SIGTERM', 'SIGINT'] as const)
    test(`resolves at ${signal} and gives up its handlers`, async () => {
      const listeners = () => process.listenerCount('SIGTERM') + process.listenerCount('SIGINT');
      const before = listeners();
      const received = untilSignal();
      expect(listeners()).toBe(before + 2);
      process.kill(process.pid, signal);
      expect(await received).toBe(signal);
      expect(listeners()).toBe(before);
    });
});

describe('stopAll', () => {
  const server = (stop: () => Promise<void>) => ({ url: 'http://localhost', stop });

  test('waits for every server', async () => {
    const stopped: number[] = [];
    const slow = (milliseconds: number) =>
      server(async () => {
        await Bun.sleep(milliseconds);
        stopped.push(milliseconds);
      });
    expect(await stopAll([slow(30), slow(10)])).toBe(true);
    expect(stopped).toEqual([10, 30]);
  });

  test('tells of a server that does not stop in time', async () => {
    expect(await stopAll([server(() => new Promise(() => {}))], 20)).toBe(false);
  });
});
