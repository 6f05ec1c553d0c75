import { rawRequest } from '../support/client.ts';

/** Requests by their names. */
export type Requests = Readonly<Record<string, string>>;

export const VALID = '{"dateOfBirth":"1990-10-30"}';

export const send = (method: string, path: string): string => rawRequest(method, path);

/** A PUT of bytes, as Latin-1. */
export const put = (
  body: string,
  { type = 'application/json', path = '/hello/Casey' }: { type?: string; path?: string } = {},
): string =>
  rawRequest(
    'PUT',
    path,
    [...(type === '' ? [] : [`Content-Type: ${type}`]), `Content-Length: ${body.length}`],
    body,
  );

/** What a text is in an encoding, as Latin-1. */
export const encoded = (text: string, encoding: BufferEncoding = 'utf8'): string =>
  Buffer.from(text, encoding).toString('latin1');

/** PUTs of dates of birth, written as JSON. */
export const putDates = (...dates: readonly string[]): Requests =>
  Object.fromEntries(dates.map((date) => [date, put(encoded(`{"dateOfBirth":${date}}`))]));

export const putBodies = (...bodies: readonly string[]): Requests =>
  Object.fromEntries(
    bodies.map((body) => [`${body.slice(0, 60)} (${body.length})`, put(encoded(body))]),
  );

export const putTypes = (body: string, ...types: readonly string[]): Requests =>
  Object.fromEntries(types.map((type) => [`${type || 'none'}: ${body}`, put(body, { type })]));

export const getPaths = (...paths: readonly string[]): Requests =>
  Object.fromEntries(paths.map((path) => [`GET ${path}`, send('GET', path)]));

/** What FastAPI and this service answer alike. */
export const SAME: Readonly<Record<string, Requests>> = {
  paths: getPaths(
    '/',
    '/hello/Robin',
    '/hello/%41lex',
    '/nowhere',
    '/hello',
    '/hello/',
    '/hello/Casey/more',
    '/hello//Casey',
    '/hello/Robin?dateOfBirth=x',
    '/Hello/Casey',
  ),
  usernames: getPaths(
    '/hello/C4sey',
    '/hello/a-b',
    '/hello/a.b',
    '/hello/a+b',
    '/hello/a;b',
    '/hello/a%20b',
    '/hello/Jos%C3%A9',
    '/hello/%F0%9F%8E%82',
    '/hello/Casey%0A',
    '/hello/a%00b',
    '/hello/%zz',
    '/hello/a%',
    '/hello/%2541',
    `/hello/${'x'.repeat(65)}`,
    `/hello/${'4'.repeat(65)}`,
  ),
  'methods of unknown paths': {
    ...Object.fromEntries(
      ['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'].map((method) => [
        method,
        send(method, '/nowhere'),
      ]),
    ),
  },
  'bodies that are no objects': putBodies(
    '[]',
    '[1]',
    '"x"',
    '""',
    '1',
    '0',
    'true',
    'false',
    'null',
  ),
  'missing fields': putBodies(
    '{}',
    '{"dateofbirth":"1990-10-30"}',
    '{"x":[{"y":null}]}',
    '{"x":"é"}',
    '{"__proto__":{"dateOfBirth":"1990-10-30"}}',
  ),
  'empty bodies': {
    'of JSON': put(''),
    'without a type': put('', { type: '' }),
    'without a length': rawRequest('PUT', '/hello/Casey'),
    'and a username that is not valid': put('', { path: '/hello/C4sey' }),
  },
  'dates that are no text': putDates(
    'null',
    'true',
    'false',
    '[]',
    '["1990-10-30"]',
    '{}',
    '{"toString":1}',
    '{"valueOf":1}',
    '{"toJSON":1}',
    '{"__proto__":1}',
    '[{"toString":1}]',
  ),
  'dates in the future': putDates('"9999-12-31"', '"2999-01-01"'),
  'path and body': {
    missing: put('{}', { path: '/hello/C4sey' }),
    'no object': put('[]', { path: '/hello/C4sey' }),
    'no text': put('{"dateOfBirth":null}', { path: '/hello/C4sey' }),
    future: put('{"dateOfBirth":"9999-12-31"}', { path: '/hello/C4sey' }),
  },
};

/** What both store. */
export const STORED: Readonly<Record<string, Requests>> = {
  bodies: {
    ...putBodies(
      VALID,
      `\r\n\t ${VALID} \n`,
      '{"dateOfBirth":"1990-10-30","x":1}',
      '{"dateOfBirth":1,"dateOfBirth":"1990-10-30"}',
      '{"d\\u0061teOfBirth":"\\u0031990-10-30"}',
      '{"dateOfBirth":"1990-10-30","x":"\\ud800"}',
      `\ufeff${VALID}`,
    ),
    'in chunks': rawRequest(
      'PUT',
      '/hello/Casey',
      ['Content-Type: application/json', 'Transfer-Encoding: chunked'],
      `1c;a=b\r\n${VALID}\r\n0\r\n\r\n`,
    ),
  },
  dates: putDates('"2000-02-29"', '"1600-02-29"', '"1000-01-01"', '"1999-12-31"'),
  'content types': putTypes(
    VALID,
    'application/json',
    'APPLICATION/JSON',
    'application/json;',
    'application/json; charset=utf-8',
    'application/json;charset=UTF-8',
    'application/json; charset=utf-16',
    'application/vnd.api+json',
    'application/merge-patch+json',
    'application/problem+json; charset=utf-8',
  ),
};
