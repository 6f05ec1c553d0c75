import { daysUntilBirthday } from './birthday.ts';
import type { Greeting } from './model.ts';
import type { Store } from './store.ts';

/** The greeting for a user on the day `today`, or undefined for an unknown user. */
export const greet = async (
  store: Store,
  username: string,
  today: string,
): Promise<Greeting | undefined> => {
  const dateOfBirth = await store.find(username);
  if (dateOfBirth === undefined) return undefined;
  const days = daysUntilBirthday(dateOfBirth, today);
  return {
    message:
      days === 0
        ? `Hello, ${username}! Happy birthday!`
        : `Hello, ${username}! Your birthday is in ${days} day(s)`,
  };
};

/** Whether `dateOfBirth` lies after `today`; both written `YYYY-MM-DD`. */
export const isInFuture = (dateOfBirth: string, today: string): boolean => dateOfBirth > today;

/** Stores a user's date of birth; false, and nothing is stored, when it lies after `today`. */
export const saveDateOfBirth = async (
  store: Store,
  username: string,
  dateOfBirth: string,
  today: string,
): Promise<boolean> => {
  if (isInFuture(dateOfBirth, today)) return false;
  await store.save(username, dateOfBirth);
  return true;
};
