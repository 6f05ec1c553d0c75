import { ANSWER_HEADERS } from './headers.ts';
import type { Fault } from './problem.ts';

const JSON_TYPE = { 'content-type': 'application/json' };

/** 204 with no body at all. */
export const noContent = (headers?: Record<string, string>): Response =>
  new Response(null, { status: 204, headers });

/** An error in one sentence. */
export const problem = (
  status: number,
  detail: string,
  headers?: Record<string, string>,
): Response =>
  new Response(JSON.stringify({ detail }), { status, headers: { ...JSON_TYPE, ...headers } });

/** Seconds after which a client should try again. */
const RETRY_AFTER_SECONDS = 1;

/** 503 of what can be tried again. */
export const unavailable = (detail: string, headers?: Record<string, string>): Response =>
  problem(503, detail, { 'retry-after': String(RETRY_AFTER_SECONDS), ...headers });

/** 503 of a request that was not looked at, with the headers that the framework gives other answers. */
export const overloaded = (): Response => unavailable(OVERLOADED, ANSWER_HEADERS);

/** What overload is called in answers. */
export const OVERLOADED = 'Too many requests at once';

/** 422 with every fault of the request. */
export const unprocessable = (faults: readonly Fault[]): Response =>
  new Response(JSON.stringify({ detail: faults }), { status: 422, headers: JSON_TYPE });

/**
 * 413 at once. A sender of unknown length is cut off when `drain` has thrown the rest of its body away: an earlier
 * close would reset the connection of a client that still sends, which then never reads the answer.
 */
export const payloadTooLarge = (drain?: () => Promise<void>): Response => {
  const answer = problem(413, 'Content Too Large');
  if (!drain) return answer;
  const body = new ReadableStream({
    start: async (controller) => {
      controller.enqueue(await answer.bytes());
      await drain();
      controller.close();
    },
  });
  return new Response(body, { status: 413, headers: { ...JSON_TYPE, connection: 'close' } });
};
