/** Where dates of birth are kept, by username. Usernames compare byte for byte. */
export interface Store {
  /** The date of birth (`YYYY-MM-DD`) of a user, or undefined for an unknown one. */
  find(username: string): Promise<string | undefined>;
  /**
   * Stores or replaces a date of birth. Once it resolves, the write survives a crash of process and machine. If `signal`
   * is aborted before the write begins, nothing is stored and it rejects with the signal's reason.
   */
  save(username: string, dateOfBirth: string, signal?: AbortSignal): Promise<void>;
  /** Resolves when the store can answer. */
  ping(): Promise<void>;
  /** Finishes what is under way and lets go of files and connections. */
  close(): Promise<void>;
}

/**
 * The store can't answer now but may later. Apart from an aborted `save`, `find`, `save` and `ping` reject with nothing else.
 * It has a `cause` when that is to be logged; a store that is down for many requests logs it once by itself.
 */
export class StoreUnavailableError extends Error {
  override name = 'StoreUnavailableError';
}
