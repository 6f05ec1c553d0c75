import { describe, expect, test } from 'bun:test';
import { expectRaw, newUsername, rawRequest } from '../support/client.ts';
import { exchange } from '../support/raw.ts';
import type { Target } from '../support/server.ts';

const put = (headers: readonly string[], body = ''): string =>
  rawRequest('PUT', `/hello/${newUsername()}`, headers, body);

const get = (header: string): string => rawRequest('GET', '/', [header]);

/** What HTTP doesn't allow, or what a server may refuse: the runtimes differ in what they answer. */
const REQUESTS: Record<string, string> = {
  'HTTP/1.1 without Host': 'GET / HTTP/1.1\r\n\r\n',
  'two Host headers': get('Host: b'),
  'the HTTP/2 preface': 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  'HTTP/2.0 in the start line': 'GET / HTTP/2.0\r\nHost: x\r\n\r\n',
  'HTTP/1.2': 'GET / HTTP/1.2\r\nHost: x\r\n\r\n',
  'HTTP/0.9': 'GET /\r\n\r\n',
  'a line of garbage': 'garbage\r\n\r\n',
  'a TLS hello': '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n',
  'a start line without a target': 'GET HTTP/1.1\r\nHost: x\r\n\r\n',
  'a space in the target': rawRequest('GET', '/hello/a b'),
  'a target without a slash': rawRequest('GET', 'hello/Casey'),
  'a target of an authority': rawRequest('GET', 'example.com:80'),
  'a target that is no UTF-8': rawRequest('GET', '/hello/\xff'),
  'chunks in HTTP/1.0': put(['Transfer-Encoding: chunked'], '2\r\n{}\r\n0\r\n\r\n').replace(
    'HTTP/1.1',
    'HTTP/1.0',
  ),
  'an unknown method': rawRequest('BREW', '/'),
  'a method in lower case': rawRequest('get', '/'),
  CONNECT: rawRequest('CONNECT', 'example.com:80'),
  'OPTIONS *': rawRequest('OPTIONS', '*'),
  'a header of 20 KB': get(`X-Long: ${'x'.repeat(20_000)}`),
  'a header of 2 MB': get(`X-Long: ${'x'.repeat(2_000_000)}`),
  '400 headers': get(Array.from({ length: 400 }, (_, index) => `X-${index}: x`).join('\r\n')),
  'a target of 20 KB': rawRequest('GET', `/hello/${'x'.repeat(20_000)}`),
  'a folded header': get('X-Fold: a\r\n b'),
  'a NUL in a header': get('X-Nul: a\0b'),
  'a control character in a header': get('X-Control: a\x01b'),
  'a space in a header name': get('X Y: z'),
  'a space before the colon': get('X : z'),
  'a header without a colon': get('nothing'),
  'bare line feeds': 'GET / HTTP/1.1\nHost: localhost\n\n',
  'different lengths': put(['Content-Length: 2', 'Content-Length: 3'], '{} '),
  'a length and chunks': put(
    ['Content-Length: 2', 'Transfer-Encoding: chunked'],
    '2\r\n{}\r\n0\r\n\r\n',
  ),
  'a length that is no number': put(['Content-Length: abc'], '{}'),
  'a negative length': put(['Content-Length: -1'], '{}'),
  'a signed length': put(['Content-Length: +2'], '{}'),
  'a hexadecimal length': put(['Content-Length: 0x2'], '{}'),
  'an absurd length': put(['Content-Length: 99999999999999999999999'], '{}'),
  'a length of 9 TB': put(['Content-Length: 9999999999999'], '{}'),
  'a chunk size that is no number': put(['Transfer-Encoding: chunked'], 'zz\r\n{}\r\n0\r\n\r\n'),
  'an absurd chunk size': put(['Transfer-Encoding: chunked'], 'fffffffffffffffff\r\n{}\r\n'),
  'a chunk that is longer than it says': put(
    ['Transfer-Encoding: chunked'],
    '2\r\n{}xx\r\n0\r\n\r\n',
  ),
  'an unknown transfer coding': put(['Transfer-Encoding: gzip'], '{}'),
};

export const refusedByTheParser = (target: Target): void =>
  describe('is never a hang nor a 500:', () => {
    for (const [name, request] of Object.entries(REQUESTS))
      test(name, async () => {
        const { port } = target.server;
        const { responses, rest, end } = await exchange(port, request, {
          responses: 1,
          // Deno's server really speaks HTTP/2, and waits for more of it.
          timeout: name === 'the HTTP/2 preface' ? 1_000 : 8_000,
        });
        expect(end !== 'timeout' || rest !== '').toBe(true);
        for (const { status } of responses) expect(status === 505 || status < 500).toBe(true);
        const next = await exchange(port, rawRequest('GET', '/'), { responses: 1 });
        expectRaw(next.responses[0], 200, { message: "I'm alive!" });
      }, 20_000);

    test('a request that is smuggled behind a refused one is not answered', async () => {
      const smuggled = rawRequest(
        'PUT',
        `/hello/${newUsername()}`,
        ['Content-Length: 28'],
        '{"dateOfBirth":"1990-10-30"}',
      );
      for (const first of ['different lengths', 'a length and chunks', 'a negative length']) {
        const request = `${REQUESTS[first]}${smuggled}`;
        const { responses, end } = await exchange(target.server.port, request);
        expect(end).toBe('closed');
        expect(responses.map(({ status }) => status)).not.toContain(204);
      }
    });
  });
