import { describe, expect, test } from 'bun:test';
import { newUsername } from '../support/client.ts';
import { exchange } from '../support/raw.ts';
import type { Target } from '../support/server.ts';

const BODY = '{"dateOfBirth":"1990-10-30"}';

/** The start line's target and version, and the Host header, if any. */
const SPELLINGS: Record<string, (path: string) => readonly [string, string?]> = {};
for (const host of [
  'x',
  'api',
  'a:1',
  '127.0.0.1',
  'example.com:8000',
  '[::1]',
  '[::1]:8000',
  '[fe80::1%25eth0]',
  '',
  'a/b',
  'a/b/c/d',
  '/',
  '//hello/Casey',
  'a b',
  'a?b',
  'a#b',
  'a\\b',
  'user:password@host',
  'host:',
  'host:99999999',
  'host:port',
  '[',
  '%zz',
  '*',
  '<script>',
  '\xc3\xa9',
  '\xff',
  'http://x/y',
  'x'.repeat(4_096),
])
  SPELLINGS[`Host: ${host.slice(0, 40)}`] = (path) => [`${path} HTTP/1.1`, host];
SPELLINGS['HTTP/1.0 without Host'] = (path) => [`${path} HTTP/1.0`];
SPELLINGS['HTTP/1.0 with Host'] = (path) => [`${path} HTTP/1.0`, 'x'];
for (const host of ['localhost', 'x', 'a/b', ''])
  SPELLINGS[`absolute target and Host: ${host}`] = (path) => [
    `http://example.com${path} HTTP/1.1`,
    host,
  ];

export const hostHeader = (target: Target): void =>
  describe('the answer does not depend on', () => {
    const send = async (
      spelling: readonly [string, string?],
      method: string,
      headers: readonly string[] = [],
      body = '',
    ) => {
      const [start, host] = spelling;
      const head = [`${method} ${start}`, ...(host === undefined ? [] : [`Host: ${host}`])];
      const request = [...head, ...headers, '', body].join('\r\n');
      const { responses } = await exchange(target.server.port, request, { responses: 1 });
      const [response] = responses;
      return [
        response?.status,
        response?.headers.get('cache-control'),
        response?.body.slice(0, 2_000),
      ] as const;
    };

    for (const [name, spell] of Object.entries(SPELLINGS))
      test(name, async () => {
        const usual = (path: string) => [`${path} HTTP/1.1`, 'localhost'] as const;
        const username = newUsername();
        const length = [`Content-Length: ${BODY.length}`];
        const putPath = `/hello/${username}`;
        expect(await send(spell(putPath), 'PUT', length, BODY)).toEqual([204, 'no-store', '']);
        for (const [method, path, headers, body] of [
          ['GET', '/'],
          ['GET', `/hello/${username}`],
          ['GET', `/hello/${newUsername()}`],
          ['GET', '/hello/C4sey?x=/y'],
          ['GET', '/openapi'],
          ['GET', '/openapi/json'],
          ['GET', '/nowhere'],
          ['OPTIONS', '/'],
          ['DELETE', '/openapi/json'],
          ['PUT', '/hello/C4sey', ['Content-Length: 2'], '{}'],
          ['PUT', `/hello/${username}`, ['Content-Length: 20000'], 'x'.repeat(20_000)],
        ] as const)
          expect([method, path, ...(await send(spell(path), method, headers, body))]).toEqual([
            method,
            path,
            ...(await send(usual(path), method, headers, body)),
          ]);
      });
  });
