import { daysUntilBirthday } from './birthday.ts';
import type { Greeting } from './model.ts';
import type { Store } from './store.ts';

/** Nothing is stored for this user. */
export class UserNotFoundError extends Error {
  override name = 'UserNotFoundError';
  constructor(readonly username: string) {
    super();
  }
}

/** A date of birth after today, which nobody has. */
export class FutureDateOfBirthError extends Error {
  override name = 'FutureDateOfBirthError';
  constructor(readonly dateOfBirth: string) {
    super();
  }
}

/**
 * The greeting for a user on the day `today`.
 * @throws UserNotFoundError, StoreUnavailableError
 */
export const greet = async (store: Store, username: string, today: string): Promise<Greeting> => {
  const dateOfBirth = await store.find(username);
  if (dateOfBirth === undefined) throw new UserNotFoundError(username);
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

/**
 * Stores or replaces a user's date of birth.
 * @param signal of the request: when it is aborted early enough, nothing is stored
 * @throws FutureDateOfBirthError, the signal's reason; then nothing is stored
 * @throws StoreUnavailableError; then nothing is stored either, unless a server's response was lost
 */
export const saveDateOfBirth = async (
  store: Store,
  username: string,
  dateOfBirth: string,
  today: string,
  signal: AbortSignal,
): Promise<void> => {
  if (isInFuture(dateOfBirth, today)) throw new FutureDateOfBirthError(dateOfBirth);
  await store.save(username, dateOfBirth, signal);
};
