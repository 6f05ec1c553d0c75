import { ValidationError } from 'elysia';
import type { Log } from '../observability/log.ts';
import { loggedError } from '../observability/logged-error.ts';
import { requestContextOf } from '../observability/request-context.ts';
import { decode } from './validation-errors.ts';

/**
 * Logs an error of ours, with its message when it is known what its client sent.
 * @param request undefined for an error outside of `fetch`
 * @param route undefined for a request that was not routed
 */
export const logUnexpected = (error: unknown, log: Log, request?: Request, route?: string): void =>
  log.error(
    {
      ...(request && requestContextOf(request)),
      route,
      error: loggedError(error, request && messageOf(error, request.url)),
    },
    'unexpected error',
  );

/** Logs why the store can't answer, of SQLite in its fixed words: the message of a database may quote values. */
export const logUnavailable = (cause: unknown, log: Log, request: Request, route?: string): void =>
  log.error(
    { ...requestContextOf(request), route, error: loggedError(cause, fixedWords(cause)) },
    'the store can not answer',
  );

const fixedWords = (error: unknown): string | undefined =>
  error instanceof Error && 'errstr' in error ? String(error.errstr) : undefined;

const messageOf = (error: unknown, url: string): string | undefined => {
  // Elysia's own message quotes the response.
  if (error instanceof ValidationError)
    return `the response breaks its schema: ${error.all.map(({ path, message }) => `${path || '/'}: ${message}`).join('; ')}`;
  if (error instanceof Error) return withoutUserData(error.message, url);
  return typeof error === 'object' ? undefined : withoutUserData(String(error), url);
};

const WORDS = /[\p{L}\p{N}]+/gu;

/** Without dates, which may be of birth, and without words of the path and the query: runtimes quote values in messages. */
const withoutUserData = (message: string, url: string): string => {
  // One part that can't be decoded hides no other.
  const parts = url.replace(/^\w+:\/\/[^/]*/, '').split(/[/?&=#]/);
  const sent = new Set(parts.map(decode).join(' ').match(WORDS));
  return message
    .replace(/\d{4}-\d{2}-\d{2}/g, '…')
    .replace(WORDS, (word) => (sent.has(word) ? '…' : word));
};
