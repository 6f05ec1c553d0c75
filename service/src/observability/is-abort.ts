/** Whether an operation ended because the connection to its client was closed. */
export const isAbort = (error: unknown): boolean =>
  error instanceof DOMException && error.name === 'AbortError';
