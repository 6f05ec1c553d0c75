/** A question to AWS, whose answer is lines of the report. */
export interface Question {
  readonly title: string;
  ask(signal: AbortSignal): Promise<readonly string[]>;
}

/** Lines, or why there are none. */
export interface Answer {
  readonly title: string;
  readonly lines: readonly string[];
  readonly failure?: string;
}

/** Asks everything at once. None waits longer than the deadline, and each fails for itself. */
export const askAll = (
  questions: readonly Question[],
  deadlineMilliseconds: number,
): Promise<Answer[]> =>
  Promise.all(
    questions.map(async ({ title, ask }) => {
      try {
        return { title, lines: await withDeadline(ask, deadlineMilliseconds) };
      } catch (error) {
        return { title, lines: [], failure: reasonOf(error, deadlineMilliseconds) };
      }
    }),
  );

/** @throws whatever the question does, and DeadlineError at the deadline whether or not it heeds the signal */
export const withDeadline = async <Result>(
  ask: (signal: AbortSignal) => Promise<Result>,
  milliseconds: number,
): Promise<Result> => {
  const controller = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new DeadlineError());
      controller.abort();
    }, milliseconds);
  });
  try {
    return await Promise.race([ask(controller.signal), late]);
  } finally {
    clearTimeout(timer);
    // What was asked in several places at once has its answer.
    controller.abort();
  }
};

class DeadlineError extends Error {
  override name = 'DeadlineError';
}

/** In words; the SDK's errors have the service's code as their name, those of the network one as `code`. */
const reasonOf = (error: unknown, deadlineMilliseconds: number): string => {
  const { name, message, code } = error as Error & { readonly code?: string };
  if (name === 'DeadlineError') return `no answer within ${deadlineMilliseconds / 1000} s`;
  if (/AccessDenied|AuthorizationError|Unauthorized/.test(name)) return `not allowed: ${message}`;
  if (/Throttl|TooManyRequests|LimitExceeded/.test(name)) return `throttled: ${message}`;
  if (/NotFound/.test(name)) return `there is none: ${message}`;
  if (code || name === 'TimeoutError') return `unreachable: ${message || code}`;
  return `${name}: ${message}`;
};
