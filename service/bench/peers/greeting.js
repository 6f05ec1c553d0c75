/** The greeting as the peers in JavaScript make it: dates of birth in memory, today in UTC. */

const DAY_MILLISECONDS = 24 * 60 * 60 * 1000;

const datesOfBirth = new Map([['Casey', '1990-10-30']]);

/** Today in days since the Unix epoch, and its year. */
let [today, year] = [0, 0];

export const save = (username, dateOfBirth) => datesOfBirth.set(username, dateOfBirth);

/** The greeting, or undefined for an unknown user. */
export const greet = (username) => {
  const dateOfBirth = datesOfBirth.get(username);
  if (dateOfBirth === undefined) return undefined;
  const days = daysUntilBirthday(dateOfBirth);
  const news = days === 0 ? 'Happy birthday!' : `Your birthday is in ${days} day(s)`;
  return { message: `Hello, ${username}! ${news}` };
};

const daysUntilBirthday = (dateOfBirth) => {
  const now = Date.now();
  if (Math.floor(now / DAY_MILLISECONDS) !== today) {
    today = Math.floor(now / DAY_MILLISECONDS);
    year = new Date(now).getUTCFullYear();
  }
  const [month, day] = [Number(dateOfBirth.slice(5, 7)), Number(dateOfBirth.slice(8, 10))];
  const next = Date.UTC(year, month - 1, day) / DAY_MILLISECONDS;
  return next >= today
    ? next - today
    : Date.UTC(year + 1, month - 1, day) / DAY_MILLISECONDS - today;
};
