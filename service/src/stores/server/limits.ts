/** How long the parts of a request may take at the database; all in milliseconds. */
export interface Limits {
  /** From the arrival of a request to the moment at which its statement is cancelled. */
  readonly total: number;
  /** Opening a connection; short, since attempts that hang count as connections and hold up further ones. */
  readonly connect: number;
  /** What must be left of `total` for a statement to be sent. */
  readonly attempt: number;
  /** From sending a save to its start on the server, which refuses it later. */
  readonly start: number;
  /** Executing a statement; the server's limit. */
  readonly statement: number;
  /** Waiting for the response to a statement that is no request's. */
  readonly response: number;
  /** Asking the server to cancel a statement. */
  readonly cancel: number;
}

/**
 * The parts of DATABASE_TIMEOUT. A statement that the server refused as late or gave up is sent again while `attempt` is
 * left, so that a request outlives a server that pauses for more than half of the time.
 */
export const limitsWithin = (milliseconds: number): Limits => {
  const part = (share: number) => Math.ceil(milliseconds * share);
  return {
    total: part(0.95),
    connect: part(0.5),
    attempt: part(0.25),
    start: part(0.125),
    statement: part(0.2),
    response: part(0.65),
    cancel: part(0.05),
  };
};
