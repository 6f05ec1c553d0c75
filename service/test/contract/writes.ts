import { describe, expect, test } from 'bun:test';
import { chunk, newUsername, rawRequest } from '../support/client.ts';
import { exchange } from '../support/raw.ts';
import type { Target } from '../support/server.ts';

const BODY = '{"dateOfBirth":"1990-10-30"}';
const GET = rawRequest('GET', '/');

/** Ends of a PUT that are cut off, not HTTP, or followed by something else; sent in one piece. */
interface End {
  readonly headers: readonly string[];
  readonly body: string;
  /** The first status on each runtime, as docs/api.md has it; undefined when there is no response. */
  readonly bun: number | undefined;
  readonly deno: number | undefined;
}

const ofLength = (more: string, bun: End['bun'], deno: End['deno'] = 204): End => ({
  headers: [`Content-Length: ${BODY.length}`],
  body: `${BODY}${more}`,
  bun,
  deno,
});

const inChunks = (
  end: string,
  bun: End['bun'],
  deno: End['deno'],
  headers: readonly string[] = [],
): End => ({
  headers: ['Transfer-Encoding: chunked', ...headers],
  body: `${chunk(BODY)}${end}`,
  bun,
  deno,
});

const ENDS: Record<string, End> = {
  'a body of known length': ofLength('', 204),
  'chunks with extensions': inChunks('0;a=b\r\n\r\n', 204, 204),
  'a trailer': inChunks('0\r\nX-Trailer: x\r\n\r\n', 400, 204),
  'a trailer that was announced': inChunks('0\r\nX-Trailer: x\r\n\r\n', 400, 204, [
    'Trailer: X-Trailer',
  ]),
  'a trailer without a value': inChunks('0\r\nX-Trailer:\r\n\r\n', 400, 204),
  'a trailer that is none': inChunks('0\r\ngarbage\r\n\r\n', 400, undefined),
  'a cut-off trailer': inChunks('0\r\nX-Trai', 400, undefined),
  'a body without its last chunk': inChunks('', undefined, undefined),
  'a body cut off in its last chunk': inChunks('0', undefined, undefined),
  'a body cut off behind its last chunk': inChunks('0\r\n', 204, undefined),
  'a body cut off in its last line': inChunks('0\r\n\r', 204, undefined),
  'a last chunk that is none': inChunks('zz\r\n\r\n', 400, undefined),
  'a last chunk of negative size': inChunks('-0\r\n\r\n', 400, undefined),
  'garbage behind the last chunk': inChunks('0\r\n\r\ngarbage\r\n\r\n', 400, 204),
  'garbage behind a body of known length': ofLength('garbage\r\n\r\n', 400),
  'a byte behind a body of known length': ofLength('x', 204),
  'NULs behind a body of known length': ofLength('\0\0\0', 400),
  'an empty line behind a body of known length': ofLength('\r\n', 400),
  'a request of another version': ofLength(GET.replace('/1.1', '/9.9'), 505),
  'a request without a Host': ofLength('GET / HTTP/1.1\r\n\r\n', 400),
  'another request': ofLength(GET, undefined),
  'another request behind chunks': inChunks(`0\r\n\r\n${GET}`, undefined, 204),
};

export const writes = (target: Target): void =>
  describe('a date of birth is stored if and only if the response is 204:', () => {
    for (const [name, { headers, body, bun, deno }] of Object.entries(ENDS))
      for (const host of ['localhost', ''])
        test.concurrent(`${name}, Host: ${host}`, async () => {
          const expected = target.runtime === 'deno' ? deno : bun;
          const { port } = target.server;
          const username = newUsername();
          const put = rawRequest('PUT', `/hello/${username}`, headers, body);
          const { responses } = await exchange(
            port,
            put.replace('Host: localhost', `Host: ${host}`),
            { responses: 1, ...(expected === undefined && { timeout: 1_000 }) },
          );
          const get = rawRequest('GET', `/hello/${username}`);
          const { responses: found } = await exchange(port, get, { responses: 1 });
          const status = responses[0]?.status;
          const isStored = found[0]?.status === 200;
          expect({ status, isStored }).toEqual({ status, isStored: status === 204 });
          // This store stores before Bun reads on.
          if (target.store !== 'memory') expect(status).toBe(expected);
        });
  });
