import { describe, expect, test } from 'bun:test';
import { createFetch } from '../src/app.ts';
import { todayIn } from '../src/greeting/today.ts';
import { createMemoryStore } from '../src/stores/memory.ts';
import { observers } from './support/observers.ts';

const dateIn = (timeZone: string, milliseconds: number): string =>
  todayIn(timeZone, () => milliseconds)();

describe('todayIn', () => {
  for (const [zone, instant, before, after] of [
    ['UTC', '2024-01-01T00:00:00Z', '2023-12-31', '2024-01-01'],
    ['UTC', '2024-02-29T00:00:00Z', '2024-02-28', '2024-02-29'],
    ['UTC', '1970-01-01T00:00:00Z', '1969-12-31', '1970-01-01'],
    ['Pacific/Kiritimati', '2023-12-31T10:00:00Z', '2023-12-31', '2024-01-01'],
    ['Etc/GMT+12', '2024-01-01T12:00:00Z', '2023-12-31', '2024-01-01'],
    ['Asia/Kathmandu', '2023-12-31T18:15:00Z', '2023-12-31', '2024-01-01'],
    ['America/St_Johns', '2024-01-15T03:30:00Z', '2024-01-14', '2024-01-15'],
    // Clocks go forward at 02:00 and back at 02:00 or 03:00: the day has 23 or 25 hours.
    ['America/St_Johns', '2024-03-10T03:30:00Z', '2024-03-09', '2024-03-10'],
    ['America/St_Johns', '2024-03-11T02:30:00Z', '2024-03-10', '2024-03-11'],
    ['America/St_Johns', '2024-11-03T02:30:00Z', '2024-11-02', '2024-11-03'],
    ['America/St_Johns', '2024-11-04T03:30:00Z', '2024-11-03', '2024-11-04'],
    ['Europe/Madrid', '2024-03-30T23:00:00Z', '2024-03-30', '2024-03-31'],
    ['Europe/Madrid', '2024-03-31T22:00:00Z', '2024-03-31', '2024-04-01'],
    ['Europe/Madrid', '2024-10-26T22:00:00Z', '2024-10-26', '2024-10-27'],
    ['Europe/Madrid', '2024-10-27T23:00:00Z', '2024-10-27', '2024-10-28'],
    // The day starts at 01:00: there is no midnight.
    ['America/Havana', '2024-03-10T05:00:00Z', '2024-03-09', '2024-03-10'],
    ['Africa/Cairo', '2024-04-25T22:00:00Z', '2024-04-25', '2024-04-26'],
    // Clocks go back from 24:00 to 23:00: the day goes on for an hour.
    ['Africa/Cairo', '2024-10-31T21:00:00Z', '2024-10-31', '2024-10-31'],
    ['Africa/Cairo', '2024-10-31T22:00:00Z', '2024-10-31', '2024-11-01'],
    // Clocks went back from 00:01 to 23:01 of the day before.
    ['America/St_Johns', '2010-11-07T02:30:00Z', '2010-11-06', '2010-11-07'],
    ['America/St_Johns', '2010-11-07T02:31:00Z', '2010-11-07', '2010-11-06'],
    ['America/St_Johns', '2010-11-07T03:30:00Z', '2010-11-06', '2010-11-07'],
    // Samoa crossed the date line: there was no 30 December.
    ['Pacific/Apia', '2011-12-30T10:00:00Z', '2011-12-29', '2011-12-31'],
  ] as const)
    test(`${zone} passes from ${before} to ${after} at ${instant}`, () => {
      const milliseconds = Date.parse(instant);
      expect(dateIn(zone, milliseconds - 1)).toBe(before);
      expect(dateIn(zone, milliseconds)).toBe(after);
    });

  test('is right whenever it is asked, forward and back in time', () => {
    const start = Date.parse('2010-10-01T00:00:00Z');
    const instants = Array.from(
      { length: 450 * 24 * 4 },
      (_, index) => start + index * 15 * 60_000,
    );
    for (const zone of [
      'UTC',
      'America/St_Johns',
      'Pacific/Apia',
      'Africa/Cairo',
      'Asia/Kathmandu',
    ]) {
      let now = 0;
      const today = todayIn(zone, () => now);
      const dates = new Intl.DateTimeFormat('en-CA', { timeZone: zone, dateStyle: 'short' });
      for (now of [...instants, ...instants.toReversed()])
        if (today() !== dates.format(now))
          throw new Error(`${today()} in ${zone} at ${new Date(now).toISOString()}`);
    }
  });

  test('reads the clock once a call, each time anew', () => {
    const times = [Date.parse('2024-02-28T23:59:59.999Z'), Date.parse('2024-02-29T00:00:00Z')];
    let reads = 0;
    const today = todayIn('UTC', () => times[reads++] as number);
    expect(reads).toBe(0);
    expect(today()).toBe('2024-02-28');
    expect(reads).toBe(1);
    expect(today()).toBe('2024-02-29');
    expect(reads).toBe(2);
  });
});

describe('a request reads the clock once', () => {
  // Midnight passes at every read: a second one in a request would see another day.
  let reads = 0;
  const fetch = createFetch({
    store: createMemoryStore(),
    today: () => new Date(Date.UTC(2024, 1, 28 + reads++)).toISOString().slice(0, 10),
    ...observers(),
  });
  const send = async (method: string, path: string, body?: string) => {
    reads = 0;
    const headers = { 'content-type': 'application/json' };
    const { status } = await fetch(
      new Request(`http://localhost${path}`, { method, body, headers }),
    );
    return { status, reads };
  };
  const body = (dateOfBirth: string) => JSON.stringify({ dateOfBirth });

  for (const [name, method, path, sent, status] of [
    ['PUT', 'PUT', '/hello/Casey', body('1990-10-30'), 204],
    ['PUT of today', 'PUT', '/hello/Casey', body('2024-02-28'), 204],
    ['PUT of tomorrow', 'PUT', '/hello/Casey', body('2024-02-29'), 422],
    ['PUT of tomorrow for a bad username', 'PUT', '/hello/C4sey', body('2024-02-29'), 422],
    ['GET', 'GET', '/hello/Casey', undefined, 200],
    ['HEAD', 'HEAD', '/hello/Casey', undefined, 200],
    ['GET of an unknown user', 'GET', '/hello/Nobody', undefined, 404],
  ] as const)
    test(name, async () => {
      if (status === 200) await send('PUT', '/hello/Casey', body('1990-10-30'));
      expect(await send(method, path, sent)).toEqual({ status, reads: 1 });
    });

  for (const [name, method, path, sent, status] of [
    ['PUT of no date', 'PUT', '/hello/Casey', body('2001-02-29'), 422],
    ['PUT without dateOfBirth', 'PUT', '/hello/Casey', '{}', 422],
    ['PUT of malformed JSON', 'PUT', '/hello/Casey', '{', 422],
    ['PUT of nothing', 'PUT', '/hello/Casey', undefined, 422],
    ['GET of a bad username', 'GET', '/hello/C4sey', undefined, 422],
    ['GET of no greeting', 'GET', '/', undefined, 200],
  ] as const)
    test(`at most: ${name}`, async () => {
      const answer = await send(method, path, sent);
      expect(answer.status).toBe(status);
      expect(answer.reads).toBeLessThanOrEqual(1);
    });
});
