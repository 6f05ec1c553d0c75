/** What a caller may send as `x-request-id`: characters that are safe in headers, logs and shells. */
const WELL_FORMED = /^[A-Za-z0-9._~-]{1,128}$/;

/** Random, once a process, so that ids of replicas differ. */
const PREFIX = crypto.randomUUID().slice(0, 13);

let count = 0;

/** The id that a request came with when it is well-formed, otherwise a new one. */
export const requestIdOf = (header: string | null): string =>
  header !== null && WELL_FORMED.test(header) ? header : `${PREFIX}-${(++count).toString(36)}`;
