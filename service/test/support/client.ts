import { expect } from 'bun:test';
import { documentationFaults, type OpenApiDocument } from './openapi.ts';
import type { RawResponse } from './raw.ts';
import type { Target } from './server.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body as JSON; undefined when there is no body. */
  readonly json: unknown;
}

export interface Sent {
  readonly body?: string | Uint8Array;
  /** `application/json` unless told; null sends none. */
  readonly contentType?: string | null;
}

/** What the tests of one target share. */
export interface Client {
  /** Sends a request. Every answer must be as documented and must not be cached. */
  send(method: string, path: string, sent?: Sent): Promise<Answer>;
  get(path: string): Promise<Answer>;
  /** A PUT of a body that is no string is sent as JSON. */
  put(username: string, body: unknown, contentType?: string | null): Promise<Answer>;
}

const encoder = new TextEncoder();

const cacheControlOf = (path: string, status: number): string =>
  path.startsWith('/openapi/assets/') && status === 200
    ? 'public, max-age=31536000, immutable'
    : 'no-store';

export const createClient = (target: Pick<Target, 'server'>): Client => {
  const documents = new Map<string, Promise<OpenApiDocument>>();
  const documentOf = (baseUrl: string): Promise<OpenApiDocument> => {
    const document =
      documents.get(baseUrl) ??
      fetch(`${baseUrl}/openapi/json`).then((response) => response.json() as never);
    documents.set(baseUrl, document);
    return document;
  };
  const send: Client['send'] = async (method, path, { body, contentType } = {}) => {
    const { baseUrl } = target.server;
    const response = await fetch(`${baseUrl}${path}`, {
      method,
      redirect: 'manual',
      // As bytes: a string would be sent as text/plain when no content type is given.
      body: typeof body === 'string' ? encoder.encode(body) : (body as Uint8Array<ArrayBuffer>),
      headers:
        body === undefined || contentType === null
          ? {}
          : { 'content-type': contentType ?? 'application/json' },
    });
    const text = await response.text();
    const { status, headers } = response;
    const answer = { status, headers, text };
    expect(documentationFaults(await documentOf(baseUrl), method, path, answer)).toEqual([]);
    expect(headers.get('cache-control')).toBe(cacheControlOf(path, status));
    expectSecurityHeaders(headers);
    const isJson = headers.get('content-type') === 'application/json';
    if (status >= 400 && method !== 'HEAD') expect(isJson).toBe(true);
    return { ...answer, json: isJson && text !== '' ? JSON.parse(text) : undefined };
  };
  return {
    send,
    get: (path) => send('GET', path),
    put: (username, body, contentType) =>
      send('PUT', `/hello/${username}`, {
        body: typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body),
        contentType,
      }),
  };
};

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** A username that no other test has. */
export const newUsername = (length = 16): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(length)), (byte) => LETTERS[byte % 52]).join('');

/** Checks what a browser must be told with every answer. */
export const expectSecurityHeaders = (headers: Pick<Headers, 'get'>): void => {
  expect(headers.get('x-content-type-options')).toBe('nosniff');
  expect(headers.get('content-security-policy')).toMatch(
    /^default-src 'none';.* frame-ancestors 'none'$/,
  );
};

/** Checks an answer that the API gave on a raw connection. */
export const expectRaw = (
  response: RawResponse | undefined,
  status: number,
  json: unknown,
): void => {
  expect(response?.status).toBe(status);
  expect(response?.headers.get('cache-control')).toBe('no-store');
  expect(response?.headers.get('x-content-type-options')).toBe('nosniff');
  expect(response?.body === '' ? undefined : JSON.parse(response?.body ?? 'null')).toEqual(json);
};

/** The text of a request with a Host header. */
export const rawRequest = (
  method: string,
  target: string,
  headers: readonly string[] = [],
  body = '',
): string => [`${method} ${target} HTTP/1.1`, 'Host: localhost', ...headers, '', body].join('\r\n');

/** A PUT of a body whose length is told. `body` is Latin-1. */
export const rawPut = (username: string, body: string, headers: readonly string[] = []): string =>
  rawRequest('PUT', `/hello/${username}`, [...headers, `Content-Length: ${body.length}`], body);

/** A body of some length in bytes with a valid date of birth. */
export const bodyOfLength = (length: number): string => {
  const empty = JSON.stringify({ dateOfBirth: '1990-10-30', padding: '' });
  return empty.replace('""', `"${'x'.repeat(length - empty.length)}"`);
};

/** One chunk of a chunked body. */
export const chunk = (content: string): string =>
  `${content.length.toString(16)}\r\n${content}\r\n`;

const utcToday = (): string => new Date().toISOString().slice(0, 10);

/** Runs a check that depends on today's date in UTC, once more if midnight passed meanwhile. */
export const onOneDay = async (check: (today: string) => Promise<void>): Promise<void> => {
  const today = utcToday();
  try {
    await check(today);
  } catch (error) {
    if (utcToday() === today) throw error;
    await check(utcToday());
  }
};

/** The day that is `days` after `date`. */
export const addDays = (date: string, days: number): string =>
  new Date(Date.parse(date) + days * 86_400_000).toISOString().slice(0, 10);

/** The greeting of a user, its days counted one by one. */
export const expectedGreeting = (username: string, dateOfBirth: string, today: string) => {
  let days = 0;
  while (!isBirthday(dateOfBirth, addDays(today, days))) days++;
  return {
    message: `Hello, ${username}! ${days === 0 ? 'Happy birthday!' : `Your birthday is in ${days} day(s)`}`,
  };
};

/** Born on 29 February: 28 February, when no 29th follows it. */
const isBirthday = (dateOfBirth: string, day: string): boolean =>
  day.slice(5) === dateOfBirth.slice(5) ||
  (dateOfBirth.endsWith('-02-29') && day.endsWith('-02-28') && !addDays(day, 1).endsWith('-02-29'));
