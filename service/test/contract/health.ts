import { describe, expect, test } from 'bun:test';
import { expectSecurityHeaders } from '../support/client.ts';
import type { Target } from '../support/server.ts';

export const health = (target: Target): void =>
  describe('management port', () => {
    const send = async (method: string, path: string) => {
      const response = await fetch(`${target.server.managementUrl}${path}`, { method });
      expect(response.headers.get('cache-control')).toBe('no-store');
      expectSecurityHeaders(response.headers);
      const text = await response.text();
      const allow = response.headers.get('allow');
      return { status: response.status, allow, json: text === '' ? undefined : JSON.parse(text) };
    };

    for (const path of ['/livez', '/readyz']) {
      test(`${path} is 200`, async () => {
        for (const spelling of [path, `${path}/`, `${path}?verbose`])
          expect(await send('GET', spelling)).toEqual({
            status: 200,
            allow: null,
            json: { status: 'ok' },
          });
        expect(await send('HEAD', path)).toEqual({ status: 200, allow: null, json: undefined });
      });

      test(`${path} has only GET`, async () => {
        const allow = 'GET, HEAD, OPTIONS';
        for (const method of ['PUT', 'POST', 'DELETE', 'PATCH'])
          expect(await send(method, path)).toEqual({
            status: 405,
            allow,
            json: { detail: 'Method Not Allowed' },
          });
        expect(await send('OPTIONS', path)).toEqual({ status: 204, allow, json: undefined });
      });

      test(`${path} is not on the public port`, async () => {
        const response = await fetch(`${target.server.baseUrl}${path}`);
        expect(response.status).toBe(404);
      });
    }

    for (const path of [
      '/',
      '/hello/Casey',
      '/hello/C4sey',
      '/openapi',
      '/openapi/json',
      '/docs',
      '/openapi.json',
    ])
      test(`${path} is not there`, async () => {
        for (const method of ['GET', 'PUT', 'OPTIONS'])
          expect(await send(method, path)).toEqual({
            status: 404,
            allow: null,
            json: { detail: 'Not Found' },
          });
      });

    test('the ports differ', () => {
      expect(target.server.managementPort).not.toBe(target.server.port);
    });
  });
