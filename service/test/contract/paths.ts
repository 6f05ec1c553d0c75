import { describe, expect, test } from 'bun:test';
import { type Client, expectRaw, newUsername, rawRequest } from '../support/client.ts';
import { exchange } from '../support/raw.ts';
import type { Target } from '../support/server.ts';
import { expectFaults, missingDateFault, usernameFault } from './faults.ts';

const VALID = { dateOfBirth: '1990-10-30' };
const NOT_FOUND = { detail: 'Not Found' };

export const paths = (target: Target, client: Client): void =>
  describe('paths', () => {
    for (const path of [
      '/nowhere',
      '/hello',
      '/hello/',
      '/Hello/Casey',
      '/hello/Casey/more',
      '/hello/Casey/more/',
      '/hellox',
      '/openapi/nothing',
      '/openapi/assets',
      '/openapi/assets/0.0.0/swagger-ui.css',
      '/docs/oauth2-redirect',
      '/redoc',
      '/openapi.yaml',
      '/favicon.ico',
      '/%zz',
      '/%00',
      '/livez',
      '/readyz',
      '/metrics',
    ])
      test(`${path} is 404 for every method`, async () => {
        for (const method of ['GET', 'PUT', 'POST', 'DELETE', 'PATCH', 'OPTIONS']) {
          const answer = await client.send(method, path);
          expect([method, answer.status, answer.json]).toEqual([method, 404, NOT_FOUND]);
        }
      });

    for (const path of ['//', '//hello/Casey', '/hello//Casey', '/hello/Casey//'])
      test(`${path} is 404`, async () => {
        const request = rawRequest('GET', path);
        const { responses } = await exchange(target.server.port, request, { responses: 1 });
        expectRaw(responses[0], 404, NOT_FOUND);
      });

    test('an unknown path with a body is 404 and not a matter of the body', async () => {
      for (const contentType of ['text/plain', 'application/json', null]) {
        const answer = await client.send('PUT', '/nowhere', { body: '{', contentType });
        expect([answer.status, answer.json]).toEqual([404, NOT_FOUND]);
      }
    });

    test('a trailing slash is tolerated', async () => {
      const username = newUsername();
      expect((await client.put(`${username}/`, VALID)).status).toBe(204);
      for (const path of [`/hello/${username}`, `/hello/${username}/`])
        expect((await client.get(path)).status).toBe(200);
      for (const path of ['/openapi/', '/openapi/json/', '/docs/', '/openapi.json/'])
        expect([path, (await client.get(path)).status]).toEqual([path, 200]);
      expectFaults(await client.get('/hello/C4sey/'), usernameFault('C4sey'));
    });

    test('a query is ignored', async () => {
      const username = newUsername();
      for (const query of ['?', '?x', '?dateOfBirth=x', '?a=%zz&a=/b/', '?username=C4sey', '?/']) {
        expect((await client.put(`${username}${query}`, VALID)).status).toBe(204);
        expect((await client.get(`/hello/${username}${query}`)).status).toBe(200);
        expect((await client.get(`/${query}`)).json).toEqual({ message: "I'm alive!" });
        expectFaults(await client.get(`/hello/C4sey${query}`), usernameFault('C4sey'));
        expectFaults(
          await client.put(`C4sey/${query}`, {}),
          usernameFault('C4sey'),
          missingDateFault({}),
        );
      }
    });
  });
