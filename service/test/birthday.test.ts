import { describe, expect, test } from 'bun:test';
import { daysUntilBirthday, isCalendarDate } from '../src/greeting/birthday.ts';
import { createRandom } from './random.ts';

const two = (number: number): string => String(number).padStart(2, '0');

/** Every day from `first` to `last`, one after the other. */
const daysBetween = (first: string, last: string): string[] => {
  const days: string[] = [];
  for (let day = Temporal.PlainDate.from(first); ; day = day.add({ days: 1 })) {
    days.push(day.toString());
    if (days.at(-1) === last) return days;
  }
};

/** Month and day as a number: 229 for 29 February. */
const monthDay = (date: string): number => Number(date.slice(5).replace('-', ''));

/** How far the next birthday is from each of the days, counted back from the last one; all by month and day. */
const countdown = (birthday: number, days: readonly number[]): Int32Array => {
  const isBirthday = (index: number): boolean =>
    birthday === 229 && days[index] === 228 ? days[index + 1] === 301 : days[index] === birthday;
  const counted = new Int32Array(days.length);
  for (let index = days.length - 2, count = 0; index >= 0; index--) {
    count = isBirthday(index) ? 0 : count + 1;
    counted[index] = count;
  }
  return counted;
};

describe('isCalendarDate', () => {
  test('takes exactly the days that exist, over a whole cycle of 400 years', () => {
    const existing = new Set(daysBetween('1800-01-01', '2199-12-31'));
    const wrong: string[] = [];
    for (let year = 1800; year < 2200; year++)
      for (let month = 0; month <= 13; month++)
        for (let day = 0; day <= 32; day++) {
          const date = `${year}-${two(month)}-${two(day)}`;
          if (isCalendarDate(date) !== existing.has(date)) wrong.push(date);
        }
    expect(existing.size).toBe(146_097);
    expect(wrong).toEqual([]);
  });

  test('takes the years 1000 to 9999', () => {
    for (const date of ['1000-01-01', '1600-02-29', '9999-12-31'])
      expect([date, isCalendarDate(date)]).toEqual([date, true]);
    for (const date of ['0000-01-01', '0001-01-01', '0999-12-31', '10000-01-01'])
      expect([date, isCalendarDate(date)]).toEqual([date, false]);
  });

  test('refuses a character too many, too few or wrong', () => {
    const date = '2012-10-11';
    for (let position = 0; position <= date.length; position++) {
      const [before, after] = [date.slice(0, position), date.slice(position)];
      for (const extra of ['0', '1', '-', '+', ' ', '\n', '\0', 'T', '.', '/']) {
        expect(isCalendarDate(before + extra + after)).toBe(false);
        if (after !== '' && /\D/.test(extra) && extra !== after[0])
          expect(isCalendarDate(before + extra + after.slice(1))).toBe(false);
      }
      if (after !== '') expect(isCalendarDate(before + after.slice(1))).toBe(false);
    }
  });

  for (const text of [
    '',
    '2000',
    '2000-01',
    '2000-1-1',
    '20000101',
    '2000/01/01',
    '2000.01.01',
    '01-01-2000',
    '2000-001',
    '2000-W01-1',
    '2000-01-01Z',
    '2000-01-01T00:00:00Z',
    '2000-01-01[u-ca=iso8601]',
    '+002000-01-01',
    '-002000-01-01',
    '-200-01-01',
    '2e03-01-01',
    '0x7d-01-01',
    '2000-0x-01',
    '2000-1.-01',
    '2000‐01‐01',
    '2000−01−01',
    '２０００-０１-０１',
    '٢٠٠٠-٠١-٠١',
    'today',
    '0',
    '946684800000',
    'null',
  ])
    test(`refuses ${JSON.stringify(text)}`, () => expect(isCalendarDate(text)).toBe(false));
});

describe('daysUntilBirthday', () => {
  for (const [name, dateOfBirth, today, days] of [
    ['today', '1990-05-14', '2023-05-14', 0],
    ['the day of birth itself', '2023-05-14', '2023-05-14', 0],
    ['tomorrow', '1990-05-14', '2023-05-13', 1],
    ['tomorrow, in another month', '1990-06-01', '2023-05-31', 1],
    ['yesterday, no 29 February ahead', '1990-05-14', '2024-05-15', 364],
    ['yesterday, a 29 February ahead', '1990-05-14', '2023-05-15', 365],
    ['31 December on 31 December', '1990-12-31', '2023-12-31', 0],
    ['31 December on 1 January', '1990-12-31', '2023-01-01', 364],
    ['31 December on 1 January of a leap year', '1990-12-31', '2024-01-01', 365],
    ['1 January on 31 December', '1990-01-01', '2023-12-31', 1],
    ['1 January on 2 January', '1990-01-01', '2023-01-02', 364],
    ['1 January on the last day there is', '1990-01-01', '9999-12-31', 1],
    ['28 February on 29 February', '1990-02-28', '2024-02-29', 365],
    ['1 March on 28 February of a common year', '1990-03-01', '2023-02-28', 1],
    ['1 March on 28 February of a leap year', '1990-03-01', '2024-02-28', 2],
    ['29 February on 27 February of a common year', '2000-02-29', '2023-02-27', 1],
    ['29 February on 28 February of a common year', '2000-02-29', '2023-02-28', 0],
    ['29 February on 1 March before a leap year', '2000-02-29', '2023-03-01', 365],
    ['29 February on 28 February of a leap year', '2000-02-29', '2024-02-28', 1],
    ['29 February on 29 February', '2000-02-29', '2024-02-29', 0],
    ['29 February on 1 March of a leap year', '2000-02-29', '2024-03-01', 364],
    ['29 February in 1900, a common year', '1896-02-29', '1900-02-28', 0],
    ['29 February before 1900', '1896-02-29', '1899-03-01', 364],
    ['29 February in 2000, a leap year', '1896-02-29', '2000-02-28', 1],
    ['29 February before 2000', '1896-02-29', '1999-03-01', 365],
    ['29 February in 2100, a common year', '2000-02-29', '2100-02-28', 0],
    ['29 February before 2100', '2000-02-29', '2099-12-31', 59],
  ] as const)
    test(`${name}: ${days}`, () => expect(daysUntilBirthday(dateOfBirth, today)).toBe(days));

  // All 53 million take half a minute, every 30th or so two seconds.
  const longestStep = process.env.LONG ? 1 : 59;

  test(`is what counting gives, for every birthday × ${longestStep === 1 ? 'every day' : 'many days'} of 400 years`, () => {
    const random = createRandom();
    const step = () => 1 + Math.floor(random() * longestStep);
    const days = daysBetween('2000-01-01', '2401-01-01');
    const monthDays = days.map(monthDay);
    let checked = 0;
    for (const dateOfBirth of daysBetween('1904-01-01', '1904-12-31')) {
      const expected = countdown(monthDay(dateOfBirth), monthDays);
      for (let index = step() - 1; index < 146_097; index += step(), checked++) {
        const today = days[index] as string;
        const result = daysUntilBirthday(dateOfBirth, today);
        const counted = expected[index] as number;
        if (result !== counted)
          expect([dateOfBirth, today, result]).toEqual([dateOfBirth, today, counted]);
      }
    }
    expect(checked / (366 * 146_097)).toBeCloseTo(2 / (1 + longestStep), 3);
  }, 300_000);

  test('is what Temporal gives, for random dates of all years', () => {
    const random = createRandom(1);
    const first = Temporal.PlainDate.from('1000-01-01');
    const length = first.until('9999-12-31').days;
    for (let count = 0; count < 30_000; count++) {
      const [birth, today] = [random(), random()]
        .map((part) => first.add({ days: Math.floor(part * (length + 1)) }))
        .toSorted(Temporal.PlainDate.compare) as [Temporal.PlainDate, Temporal.PlainDate];
      const birthdayIn = (year: number) =>
        Temporal.PlainDate.from({ year, month: birth.month, day: birth.day });
      const thisYears = birthdayIn(today.year);
      const next =
        Temporal.PlainDate.compare(thisYears, today) < 0 ? birthdayIn(today.year + 1) : thisYears;
      const [dateOfBirth, day] = [birth.toString(), today.toString()];
      const days = daysUntilBirthday(dateOfBirth, day);
      expect([dateOfBirth, day, days]).toEqual([dateOfBirth, day, today.until(next).days]);
    }
  });

  for (const date of ['', '2001-02-29', '1900-02-29', '2000-13-01', '2000-1-1', '0999-12-31'])
    test(`throws a RangeError for ${JSON.stringify(date)} on either side`, () => {
      expect(() => daysUntilBirthday(date, '2024-02-29')).toThrow(RangeError);
      expect(() => daysUntilBirthday('2000-02-29', date)).toThrow(RangeError);
    });
});
