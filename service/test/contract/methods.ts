import { describe, expect, test } from 'bun:test';
import { type Client, expectRaw, newUsername, rawRequest } from '../support/client.ts';
import { exchange } from '../support/raw.ts';
import type { Target } from '../support/server.ts';

const GET_ONLY = 'GET, HEAD, OPTIONS';
const ALLOW: Record<string, string> = {
  '/': GET_ONLY,
  '/hello/Casey': 'GET, HEAD, PUT, OPTIONS',
  '/hello/Casey/': 'GET, HEAD, PUT, OPTIONS',
  '/hello/C4sey': 'GET, HEAD, PUT, OPTIONS',
  '/openapi': GET_ONLY,
  '/openapi/json': GET_ONLY,
  '/docs': GET_ONLY,
  '/openapi.json': GET_ONLY,
};

const NOT_ALLOWED = { detail: 'Method Not Allowed' };

/** Bodies that PUT would refuse: a method that a path doesn't have is no matter of the body. */
const BODIES: Record<string, readonly [headers: readonly string[], body: string]> = {
  'no body': [[], ''],
  'an empty body': [['Content-Length: 0'], ''],
  JSON: [['Content-Type: application/json', 'Content-Length: 28'], '{"dateOfBirth":"1990-10-30"}'],
  'malformed JSON': [['Content-Type: application/json', 'Content-Length: 1'], '{'],
  'plain text': [['Content-Type: text/plain', 'Content-Length: 5'], 'hello'],
  'a form': [['Content-Type: application/x-www-form-urlencoded', 'Content-Length: 3'], 'a=b'],
};

export const methods = (target: Target, client: Client): void =>
  describe('methods', () => {
    const send = async (method: string, path: string, headers: readonly string[], body: string) => {
      const request = rawRequest(method, path, headers, body);
      const { responses } = await exchange(target.server.port, request, { responses: 1 });
      return responses[0];
    };

    for (const [path, allow] of Object.entries(ALLOW)) {
      const refused = ['POST', 'DELETE', 'PATCH', 'TRACE', 'PROPFIND'].concat(
        allow.includes('PUT') ? [] : 'PUT',
      );
      for (const method of refused)
        test(`${method} ${path} is 405 with Allow, whatever its body`, async () => {
          for (const [headers, body] of Object.values(BODIES)) {
            const response = await send(method, path, headers, body);
            expectRaw(response, 405, NOT_ALLOWED);
            expect(response?.headers.get('allow')).toBe(allow);
          }
        });

      test(`OPTIONS ${path} tells the methods, whatever its body`, async () => {
        for (const [headers, body] of Object.values(BODIES)) {
          const response = await send('OPTIONS', path, headers, body);
          expectRaw(response, 204, undefined);
          expect(response?.headers.get('allow')).toBe(allow);
        }
      });
    }

    test('a large body of another method is not waited for', async () => {
      for (const path of ['/', '/hello/Casey', '/openapi'])
        for (const type of ['application/json', 'text/plain', 'multipart/form-data; boundary=x']) {
          const headers = [`Content-Type: ${type}`, 'Content-Length: 100000000'];
          const response = await send('POST', path, headers, '{');
          expect(response?.status).toBeOneOf([405, 413]);
        }
    }, 15_000);

    test('answers are as documented for other methods, too', async () => {
      for (const method of ['POST', 'DELETE', 'PATCH', 'OPTIONS'])
        for (const path of ['/', `/hello/${newUsername()}`])
          expect((await client.send(method, path)).status).toBe(method === 'OPTIONS' ? 204 : 405);
      expect((await client.send('PUT', '/')).status).toBe(405);
    });

    test('HEAD answers as GET, without a body', async () => {
      const known = newUsername();
      await client.put(known, { dateOfBirth: '1990-10-30' });
      const page = (await client.get('/openapi')).text;
      const assets = [...page.matchAll(/"(\/openapi\/assets\/[^"]+)"/g)].map(([, path]) => path);
      expect(assets).not.toEqual([]);
      for (const path of [
        '/',
        `/hello/${known}`,
        `/hello/${newUsername()}`,
        '/hello/C4sey',
        '/openapi',
        '/openapi/json',
        '/docs',
        '/openapi.json',
        '/nowhere',
        ...assets.map(String),
      ]) {
        const [get, head] = await Promise.all([client.get(path), client.send('HEAD', path)]);
        expect({ path, status: head.status, text: head.text }).toEqual({
          path,
          status: get.status,
          text: '',
        });
        for (const name of ['content-type', 'cache-control', 'allow'])
          expect([path, head.headers.get(name)]).toEqual([path, get.headers.get(name)]);
      }
    });

    test('HEAD sends not one byte of body', async () => {
      const paths = ['/', `/hello/${newUsername()}`, '/hello/1', '/openapi/json', '/nowhere'];
      for (const path of paths) {
        const { rest, end } = await exchange(
          target.server.port,
          rawRequest('HEAD', path, ['Connection: close']),
          { head: true },
        );
        expect({ path, rest, end }).toEqual({ path, rest: '', end: 'closed' });
      }
    });

    test('GET with a body ignores the body', async () => {
      for (const [headers, body] of Object.values(BODIES)) {
        expectRaw(await send('GET', '/', headers, body), 200, { message: "I'm alive!" });
        const username = newUsername();
        expectRaw(await send('GET', `/hello/${username}`, headers, body), 404, {
          detail: `User ${username} not found`,
        });
      }
    });
  });
