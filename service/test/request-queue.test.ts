import { afterEach, expect, spyOn, test } from 'bun:test';
import { limitsWithin } from '../src/stores/server/limits.ts';
import { RequestQueue } from '../src/stores/server/queue.ts';

const spies = { now: spyOn(performance, 'now'), setTimeout: spyOn(globalThis, 'setTimeout') };

afterEach(() => {
  for (const spy of Object.values(spies)) spy.mockRestore();
});

test('sets no timer for a moment that passed while older requests were rejected', async () => {
  const timers: { readonly callback: () => void; readonly delay: number }[] = [];
  spies.setTimeout.mockImplementation(((callback: () => void, delay: number) => {
    timers.push({ callback, delay });
    return 0;
  }) as never);
  const queue = new RequestQueue(limitsWithin(2_000), () => {});
  spies.now.mockReturnValueOnce(0).mockReturnValueOnce(10);
  const [first, second] = [queue.add('A'), queue.add('B')];
  const timer = timers.pop();
  // B's time isn't up when A's is, but a moment later.
  const isUp = timer?.delay ?? 0;
  spies.now.mockReturnValueOnce(isUp + 5).mockReturnValueOnce(isUp + 11);
  timer?.callback();
  await expect(first).rejects.toMatchObject({ name: 'StoreUnavailableError' });
  expect(timers.map(({ delay }) => delay)).toEqual([0]);
  spies.now.mockReturnValueOnce(isUp + 11);
  timers[0]?.callback();
  await expect(second).rejects.toMatchObject({ name: 'StoreUnavailableError' });
});
