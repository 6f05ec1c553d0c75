import type { Store } from '../greeting/store.ts';

/** Keeps dates of birth until the process ends; for tests. */
export const createMemoryStore = (): Store => {
  const datesOfBirth = new Map<string, string>();
  return {
    find: async (username) => datesOfBirth.get(username),
    save: async (username, dateOfBirth) => {
      datesOfBirth.set(username, dateOfBirth);
    },
    ping: async () => {},
    close: async () => {},
  };
};
