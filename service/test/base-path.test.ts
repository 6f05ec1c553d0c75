import { describe, expect, test } from 'bun:test';
import { useServices } from './services.ts';
import { createClient } from './support/client.ts';
import type { OpenApiDocument } from './support/openapi.ts';

const BODY = { dateOfBirth: '1990-10-30' };

const services = useServices();

for (const runtime of ['bun', 'deno'] as const)
  describe(`BASE_PATH on ${runtime}`, () => {
    const start = (basePath: string) =>
      services.start({
        runtime,
        environment: { BASE_PATH: basePath, LOG_LEVEL: 'info' },
      });

    for (const basePath of ['/greetings', '/a/b.c'])
      test(`${basePath} is before every path of the API`, async () => {
        const server = await start(basePath);
        const baseUrl = `${server.baseUrl}${basePath}`;
        const client = createClient({ server: { ...server, baseUrl } });
        expect((await client.put('Casey', BODY)).status).toBe(204);
        expect((await client.get('/hello/Casey')).status).toBe(200);
        expect((await client.get('/hello/Casey/')).status).toBe(200);
        expect((await client.get('/hello/C4sey')).status).toBe(422);
        expect((await client.get('/nowhere')).status).toBe(404);
        for (const alive of ['', '/']) expect((await fetch(`${baseUrl}${alive}`)).status).toBe(200);
        const { status, headers } = await client.send('DELETE', '/hello/Casey');
        expect([status, headers.get('allow')]).toEqual([405, 'GET, HEAD, PUT, OPTIONS']);
        expect((await client.send('OPTIONS', '/')).status).toBe(204);
      }, 20_000);

    test('without it, or with it twice, a path is 404', async () => {
      const { baseUrl } = await start('/greetings');
      for (const path of [
        '/',
        '/hello/Casey',
        '/openapi',
        '/openapi/json',
        '/docs',
        '/openapi.json',
        '/greetingshello/Casey',
        '/greetings/greetings/hello/Casey',
        '/Greetings/hello/Casey',
      ])
        for (const method of ['GET', 'PUT', 'OPTIONS'])
          expect([path, (await fetch(baseUrl + path, { method })).status]).toEqual([path, 404]);
    }, 20_000);

    test('is in what describes the API, and in all that the page loads', async () => {
      const { baseUrl } = await start('/greetings');
      const document = (await (
        await fetch(`${baseUrl}/greetings/openapi/json`)
      ).json()) as OpenApiDocument & { servers: unknown };
      expect(document.servers).toEqual([{ url: '/greetings' }]);
      expect(Object.keys(document.paths)).toEqual(['/', '/hello/{username}']);
      const fetchText = async (path: string) => (await fetch(`${baseUrl}/greetings${path}`)).text();
      expect(JSON.parse(await fetchText('/openapi.json'))).toEqual(document);
      const html = await fetchText('/openapi');
      expect(await fetchText('/docs')).toBe(html);
      const links = [...html.matchAll(/(?:src|href)="(\/[^"]*)"/g)].map(([, link = '']) => link);
      expect(links).toHaveLength(4);
      for (const link of links) {
        expect(link).toStartWith('/greetings/openapi/assets/');
        const asset = await fetch(baseUrl + link);
        expect(asset.status).toBe(200);
        if (link.endsWith('/start.js'))
          expect(await asset.text()).toContain("url: '/greetings/openapi/json'");
      }
    }, 20_000);

    test('is in the routes of the log, and not on the management port', async () => {
      const server = await start('/greetings');
      for (const path of ['', '/', '/hello/Casey', '/openapi'])
        await fetch(`${server.baseUrl}/greetings${path}`);
      expect((await fetch(`${server.managementUrl}/readyz`)).status).toBe(200);
      expect(await server.stop()).toBe(0);
      const routes = [...server.output().matchAll(/"route":"([^"]*)"/g)].map(([, route]) => route);
      expect(routes).toEqual([
        '/greetings/',
        '/greetings/',
        '/greetings/hello/:username',
        '/greetings/openapi',
      ]);
    }, 20_000);
  });
