import type { ValidationError } from './error-response.ts';
import { RESPONSE_HEADERS } from './headers.ts';

const JSON_TYPE = { 'content-type': 'application/json' };

/** 204 with no body at all. */
export const noContent = (headers?: Record<string, string>): Response =>
  new Response(null, { status: 204, headers });

/** An error in one sentence. */
export const errorResponse = (
  status: number,
  detail: string,
  headers?: Record<string, string>,
): Response =>
  new Response(JSON.stringify({ detail }), { status, headers: { ...JSON_TYPE, ...headers } });

/** Seconds after which a client should try again. */
const RETRY_AFTER_SECONDS = 1;

/** 503 of what can be tried again. */
export const unavailable = (detail: string, headers?: Record<string, string>): Response =>
  errorResponse(503, detail, { 'retry-after': String(RETRY_AFTER_SECONDS), ...headers });

/** 503 of a request that was not looked at, with the headers that the framework gives other answers. */
export const overloaded = (): Response => unavailable(OVERLOADED, RESPONSE_HEADERS);

/** What overload is called in answers. */
export const OVERLOADED = 'Too many requests at once';

/** 500 of a request that the framework did not answer, with the headers that it gives other answers. */
export const internalServerError = (): Response => errorResponse(500, UNEXPECTED, RESPONSE_HEADERS);

/** What a fault of the service is called in answers. */
export const UNEXPECTED = 'Internal Server Error';

/** 422 with every fault of the request. */
export const unprocessable = (faults: readonly ValidationError[]): Response =>
  new Response(JSON.stringify({ detail: faults }), { status: 422, headers: JSON_TYPE });

/**
 * 413 at once. A sender of unknown length is cut off when `drain` has thrown the rest of its body away: an earlier
 * close would reset the connection of a client that still sends, which then never reads the answer.
 */
export const payloadTooLarge = (drain?: () => Promise<void>): Response => {
  const response = errorResponse(413, 'Content Too Large');
  if (!drain) return response;
  const body = new ReadableStream({
    start: async (controller) => {
      controller.enqueue(await response.bytes());
      await drain();
      controller.close();
    },
  });
  return new Response(body, { status: 413, headers: { ...JSON_TYPE, connection: 'close' } });
};
