import { describe, expect, test } from 'bun:test';
import {
  bodyOfLength,
  chunk,
  expectRaw,
  newUsername,
  rawPut,
  rawRequest,
} from '../support/client.ts';
import { exchange, exchangeInTurn, type RawResponse } from '../support/raw.ts';
import { type Target, takesPipelined } from '../support/server.ts';

const BODY = '{"dateOfBirth":"1990-10-30"}';
const ALIVE = { message: "I'm alive!" };

const chunked = (username: string, body: string): string =>
  rawRequest(
    'PUT',
    `/hello/${username}`,
    ['Transfer-Encoding: chunked'],
    `${[...body].map(chunk).join('')}${chunk('')}`,
  );

const ERRORS: readonly (readonly [name: string, status: number, request: string])[] = [
  ['an unknown user', 404, rawRequest('GET', `/hello/${newUsername()}`)],
  ['an unknown path', 404, rawRequest('GET', '/nowhere')],
  ['an unknown path with a body', 404, rawRequest('PUT', '/no', ['Content-Length: 4'], 'body')],
  ['a bad username', 422, rawRequest('GET', '/hello/1')],
  ['a bad username with a body', 422, rawPut('1', BODY)],
  ['a bad date', 422, rawPut('Casey', '{"dateOfBirth":1}')],
  ['an empty body', 422, rawPut('Casey', '')],
  ['malformed JSON', 422, rawPut('Casey', '{')],
  ['malformed JSON in chunks', 422, chunked('Casey', '{"dateOfBirth":')],
  ['a wrong method', 405, rawRequest('DELETE', '/')],
  ['a wrong method with a body', 405, rawRequest('POST', '/', ['Content-Length: 4'], 'body')],
  ['a wrong content type', 415, rawPut('Casey', BODY, ['Content-Type: text/plain'])],
  [
    'a wrong content type and a large body',
    415,
    rawPut('Casey', bodyOfLength(99_999), ['Content-Type: text/plain']),
  ],
  ['a large body', 413, rawPut('Casey', bodyOfLength(99_999))],
];

/** Requests, and the gist of each answer. */
const conversation = () => {
  const usernames = Array.from({ length: 10 }, () => newUsername());
  const requests = usernames.flatMap((username) => [
    rawRequest('GET', `/hello/${username}`),
    rawPut(username, BODY),
    rawRequest('GET', `/hello/${username}`),
    rawRequest('GET', '/'),
  ]);
  return { requests, gists: usernames.flatMap((username) => [404, 204, username, 200]) };
};

const gistOf = ({ status, body }: RawResponse): number | string =>
  body.includes('Hello, ') ? body.slice(19, 35) : status;

export const connections = (target: Target): void =>
  describe('connections', () => {
    for (const [name, status, request] of ERRORS)
      test(`stay usable after ${name}`, async () => {
        const requests = [request, rawRequest('GET', '/')];
        const { port } = target.server;
        const { responses, rest } = await (takesPipelined(target)
          ? exchange(port, requests.join(''), { responses: 2 })
          : exchangeInTurn(port, requests, { responses: 2 }));
        expect(responses[0]?.status).toBe(status);
        expectRaw(responses[1], 200, ALIVE);
        expect(rest).toBe('');
      });

    test('answer requests in their order', async () => {
      const { requests, gists } = conversation();
      const { responses } = await exchangeInTurn(target.server.port, requests, {
        responses: requests.length,
      });
      expect(responses.map(gistOf)).toEqual(gists);
    });

    test('answer pipelined requests in their order, or close', async () => {
      const { requests, gists } = conversation();
      const { responses, rest, end } = await exchange(target.server.port, requests.join(''), {
        responses: requests.length,
      });
      expect(rest).toBe('');
      expect(end).toBe(takesPipelined(target) ? 'complete' : 'closed');
      expect(responses.map(gistOf)).toEqual(
        takesPipelined(target) ? gists : gists.slice(0, responses.length),
      );
    });

    test('take a body byte by byte, in chunks, and in several segments', async () => {
      const slowly = async (write: (bytes: string) => Promise<void>) => {
        for (const byte of rawPut(newUsername(), BODY)) {
          await write(byte);
          await Bun.sleep(1);
        }
      };
      const { port } = target.server;
      const exchanges = await Promise.all([
        exchange(port, slowly, { responses: 1 }),
        exchange(port, chunked(newUsername(), BODY), { responses: 1 }),
      ]);
      for (const { responses } of exchanges) expectRaw(responses[0], 204, undefined);
    });

    test('with Expect: 100-continue get the answer', async () => {
      const request = rawPut(newUsername(), BODY, ['Expect: 100-continue']);
      const { responses } = await exchange(target.server.port, request, { responses: 1 });
      expectRaw(responses[0], 204, undefined);
    });

    test('that break off harm nobody', async () => {
      const { port } = target.server;
      const username = newUsername();
      const whole = rawPut(username, bodyOfLength(10_000));
      const parts = [3, 20, 60, whole.indexOf('\r\n\r\n') + 4, whole.length - 1];
      await Promise.all(
        [...parts.map((end) => whole.slice(0, end)), chunked(username, BODY).slice(0, -5)].map(
          (part) => exchange(port, part, { responses: 1, timeout: 100 }),
        ),
      );
      const get = rawRequest('GET', `/hello/${username}`);
      const { responses } = await exchange(port, get, { responses: 1 });
      expectRaw(responses[0], 404, { detail: `User ${username} not found` });
    });

    test('many idle ones hinder nobody', async () => {
      const { port } = target.server;
      const idle = Array.from({ length: 100 }, () =>
        exchange(port, 'GET / HTTP/1.1\r\nHost: ', { timeout: 300 }),
      );
      const { responses } = await exchange(port, rawRequest('GET', '/'), { responses: 1 });
      expectRaw(responses[0], 200, ALIVE);
      await Promise.all(idle);
    });
  });
