import type { ErrorHandler } from 'elysia';
import { StoreUnavailableError } from '../greeting/store.ts';
import type { Log } from '../observability/log.ts';
import { payloadTooLarge, problem, unprocessable } from './answers.ts';
import {
  IncompleteBodyError,
  MalformedJsonError,
  PayloadTooLargeError,
  UnsupportedMediaTypeError,
} from './body.ts';

/** Seconds after which a client should try again when the store can't answer. */
export const RETRY_AFTER_SECONDS = 1;

/**
 * Every error becomes an answer here, but one: a request that breaks its schemas is left to its route, which knows them.
 * Nothing of the inside reaches the client; what is our fault is logged, without what the client sent.
 */
export const answerErrors =
  (log: Log): ErrorHandler =>
  ({ code, error, route }) => {
    const cause = code === 'PARSE' ? error.cause : error;
    if (code === 'NOT_FOUND') return problem(404, 'Not Found');
    if (code === 'VALIDATION' && error.type !== 'response') return undefined;
    if (cause instanceof PayloadTooLargeError) return payloadTooLarge(cause.drain);
    if (cause instanceof UnsupportedMediaTypeError)
      return problem(415, 'Unsupported Media Type: send application/json');
    if (cause instanceof IncompleteBodyError) return problem(400, 'The request body is incomplete');
    if (cause instanceof MalformedJsonError)
      return unprocessable([
        cause.isEmpty
          ? { type: 'missing', loc: ['body'], msg: 'Field required', input: null }
          : { type: 'json_invalid', loc: ['body'], msg: 'JSON decode error', input: {} },
      ]);
    if (cause instanceof StoreUnavailableError) {
      log.error({ route, cause: describe(cause.cause) }, 'the store can not answer');
      return problem(503, 'Service Unavailable', { 'retry-after': String(RETRY_AFTER_SECONDS) });
    }
    log.error(
      { route, cause: describe(cause) },
      code === 'VALIDATION' ? 'a response breaks its own schema' : 'unexpected error',
    );
    return problem(500, 'Internal Server Error');
  };

/** Name and place of an error. Its message is left out: it may quote what a client sent. */
const describe = (error: unknown): string => {
  if (!(error instanceof Error)) return typeof error;
  const frames = error.stack?.split('\n').filter((line) => /^\s+at /.test(line)) ?? [];
  return [error.name, ...frames.slice(0, 8).map((frame) => frame.trim())].join(' ');
};
