import { expect, test } from 'bun:test';
import { ServerClock } from '../src/stores/server/clock.ts';

/** A clock whose server is `seconds` ahead of this process. */
const clockAhead = (seconds: number) => {
  let readings = 0;
  const clock = new ServerClock(async () => {
    readings++;
    return seconds + performance.now() / 1000;
  });
  return { clock, readings: () => readings };
};

test('returns the time of the server in a while, with one reading for many', async () => {
  const { clock, readings } = clockAhead(1_000);
  for (const milliseconds of [0, 250]) {
    const expected = 1_000 + (performance.now() + milliseconds) / 1000;
    expect(Math.abs((await clock.in(milliseconds)) - expected)).toBeLessThan(0.05);
  }
  expect(readings()).toBe(1);
});

test('blames the delay for a save that is refused after its time', async () => {
  const { clock } = clockAhead(1_000);
  const latest = await clock.in(20);
  await Bun.sleep(30);
  expect(clock.lateError(latest)).toMatchObject({ kind: 'late', code: 'LATE' });
});

test('blames the reading for a save that is refused before its time', async () => {
  const { clock } = clockAhead(1_000);
  expect(clock.lateError(await clock.in(5_000))).toMatchObject({
    kind: 'stale clock',
    code: 'LATE',
  });
});
