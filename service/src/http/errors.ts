import type { ErrorHandler } from 'elysia';
import { FutureDateOfBirthError, UserNotFoundError } from '../greeting/service.ts';
import { StoreUnavailableError } from '../greeting/store.ts';
import type { Log } from '../observability/log.ts';
import { requestContextOf } from '../observability/request-context.ts';
import {
  EmptyBodyError,
  IncompleteBodyError,
  MalformedJsonError,
  PayloadTooLargeError,
  UnsupportedMediaTypeError,
} from './body.ts';
import { OverloadError } from './in-flight.ts';
import {
  errorResponse,
  OVERLOADED,
  payloadTooLarge,
  UNEXPECTED,
  unavailable,
  unprocessable,
} from './responses.ts';
import {
  emptyBodyErrors,
  futureDateError,
  invalidJson,
  requestErrors,
} from './validation-errors.ts';

/** Every error becomes an answer here. Nothing of the inside reaches the client; what is our fault is logged. */
export const handleErrors =
  (log: Log, today: () => string): ErrorHandler =>
  ({ code, error, request, body, route }) => {
    if (code === 'NOT_FOUND') return errorResponse(404, 'Not Found');
    if (code === 'VALIDATION' && error.type !== 'response')
      return unprocessable(requestErrors(request, body, today()));
    const cause = code === 'PARSE' ? error.cause : error;
    return (
      clientErrorResponse(cause, request.url) ??
      serverErrorResponse(cause, log, { ...requestContextOf(request), route })
    );
  };

const clientErrorResponse = (error: unknown, url: string): Response | undefined => {
  if (error instanceof UserNotFoundError)
    return errorResponse(404, `User ${error.username} not found`);
  if (error instanceof FutureDateOfBirthError)
    return unprocessable([futureDateError(error.dateOfBirth)]);
  if (error instanceof EmptyBodyError) return unprocessable(emptyBodyErrors(url));
  if (error instanceof MalformedJsonError) return unprocessable([invalidJson]);
  if (error instanceof PayloadTooLargeError) return payloadTooLarge(error.drain);
  if (error instanceof UnsupportedMediaTypeError)
    return errorResponse(415, 'Unsupported Media Type: send application/json');
  if (error instanceof OverloadError) return unavailable(OVERLOADED);
  if (error instanceof IncompleteBodyError)
    return errorResponse(400, 'The request body is incomplete');
  return undefined;
};

const serverErrorResponse = (error: unknown, log: Log, place: object): Response => {
  if (error instanceof StoreUnavailableError) {
    if (error.cause !== undefined)
      log.error({ ...place, cause: describe(error.cause) }, 'the store can not answer');
    return unavailable('Service Unavailable');
  }
  logUnexpected(error, log, place);
  return errorResponse(500, UNEXPECTED);
};

/** @param place the request's id and the like */
export const logUnexpected = (error: unknown, log: Log, place: object): void =>
  log.error({ ...place, cause: describe(error) }, 'unexpected error');

/** Name, SQLite's fixed words and place of an error. Its message is left out: it may quote what a client sent. */
const describe = (error: unknown): string => {
  if (!(error instanceof Error)) return typeof error;
  const { errstr } = error as { errstr?: unknown };
  const frames = error.stack?.split('\n').filter((line) => /^\s+at /.test(line)) ?? [];
  return [
    error.name,
    ...(errstr ? [`(${errstr})`] : []),
    ...frames.slice(0, 8).map((frame) => frame.trim()),
  ].join(' ');
};
