/** An error, as a line of the log has it. */
export interface LoggedError {
  readonly type: string;
  readonly code?: string | number;
  readonly message?: string;
  /** Type and message, below them where it was thrown. */
  readonly stack: string;
}

/** @param message in place of the error's own, which may quote what a client sent; undefined for none */
export const loggedError = (error: unknown, message: string | undefined): LoggedError => {
  const type = error instanceof Error ? error.name : typeof error;
  const { code } = (error ?? {}) as { code?: unknown };
  return {
    type,
    code: typeof code === 'string' || typeof code === 'number' ? code : undefined,
    message,
    stack: [message ? `${type}: ${message}` : type, ...framesOf(error)].join('\n'),
  };
};

/** The lines of a stack without the message, which may have lines that look like them. */
const framesOf = (error: unknown): string[] => {
  if (!(error instanceof Error)) return [];
  const lines = error.stack?.replace(error.message, '').split('\n') ?? [];
  return lines.filter((line) => /^\s+at /.test(line));
};
