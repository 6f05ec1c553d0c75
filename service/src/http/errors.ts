import { type ErrorHandler, NotFoundError, ParseError, ValidationError } from 'elysia';
import { FutureDateOfBirthError, UserNotFoundError } from '../greeting/service.ts';
import { StoreUnavailableError } from '../greeting/store.ts';
import { isAbort } from '../observability/is-abort.ts';
import type { Log } from '../observability/log.ts';
import {
  EmptyBodyError,
  IncompleteBodyError,
  MalformedJsonError,
  PayloadTooLargeError,
  UnsupportedMediaTypeError,
} from './body.ts';
import { OverloadError } from './in-flight.ts';
import { logUnavailable, logUnexpected } from './log-errors.ts';
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
  ({ error, request, body, route }) => {
    // By class: `code` is whatever the error of a library says.
    if (error instanceof NotFoundError) return errorResponse(404, 'Not Found');
    if (error instanceof ValidationError && error.type !== 'response')
      return unprocessable(requestErrors(request, body, today()));
    const cause = error instanceof ParseError ? error.cause : error;
    return (
      clientErrorResponse(cause, request.url) ?? serverErrorResponse(cause, log, request, route)
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
  // Closed connections: the runtime lets nobody read this, but it is logged.
  if (error instanceof IncompleteBodyError || isAbort(error))
    return errorResponse(400, 'The request body is incomplete');
  return undefined;
};

const serverErrorResponse = (
  error: unknown,
  log: Log,
  request: Request,
  route: string | undefined,
): Response => {
  if (!(error instanceof StoreUnavailableError)) {
    logUnexpected(error, log, request, route);
    return errorResponse(500, UNEXPECTED);
  }
  if (error.cause !== undefined) logUnavailable(error.cause, log, request, route);
  return unavailable('Service Unavailable');
};
