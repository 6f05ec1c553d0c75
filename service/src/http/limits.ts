/** What one process takes on at most. */
export interface Limits {
  /** Largest request body in bytes that is read. */
  readonly maxBodyBytes: number;
  /** Requests worked on at the same time; those whose body is still arriving don't count. */
  readonly maxRequestsInFlight: number;
}

/** A body is a date; requests in flight wait for a database server, some 10 KB of memory each. */
export const DEFAULT_LIMITS: Limits = { maxBodyBytes: 16 * 1024, maxRequestsInFlight: 1_000 };
