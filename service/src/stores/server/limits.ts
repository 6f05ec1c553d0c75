/** How long a request may take at the database, in parts; all in milliseconds. */
export interface Limits {
  /** Opening a connection; short, since attempts that hang count as connections and hold up further ones. */
  readonly connect: number;
  /** Waiting for a connection that is free. */
  readonly wait: number;
  /** From sending a save to its begin on the server, which refuses it later. */
  readonly start: number;
  /** Executing a statement; the server's limit. */
  readonly statement: number;
  /** From sending a statement to giving it up, when not even the server's refusal came. */
  readonly answer: number;
}

/** The parts of a request's time; waiting, answer and cancelling together stay within `milliseconds`. */
export const limitsWithin = (milliseconds: number): Limits => {
  const part = (share: number) => Math.ceil(milliseconds * share);
  return {
    connect: part(0.5),
    wait: part(0.25),
    start: part(0.125),
    statement: part(0.5),
    answer: part(0.65),
  };
};
