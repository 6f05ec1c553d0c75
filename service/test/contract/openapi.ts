import { describe, expect, test } from 'bun:test';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Client } from '../support/client.ts';
import { exampleFaults, type OpenApiDocument } from '../support/openapi.ts';
import { startServer, type Target } from '../support/server.ts';

const COMMITTED = join(import.meta.dir, '../../openapi.json');

export const openApi = (target: Target, client: Client): void =>
  describe('OpenAPI', () => {
    for (const path of ['/openapi/json', '/openapi.json'])
      test(`${path} is the committed document, of version 3.1`, async () => {
        const { status, json, headers } = await client.get(path);
        expect(status).toBe(200);
        expect(headers.get('content-type')).toBe('application/json');
        expect((json as OpenApiDocument).openapi).toMatch(/^3\.1\.\d$/);
        expect(existsSync(COMMITTED)).toBe(true);
        expect(json).toEqual(JSON.parse(readFileSync(COMMITTED, 'utf8')));
      });

    test('/docs is the page of /openapi', async () => {
      const [docs, page] = [await client.get('/docs'), await client.get('/openapi')];
      expect([docs.status, docs.text]).toEqual([200, page.text]);
      for (const name of ['content-type', 'content-security-policy', 'referrer-policy'])
        expect([name, docs.headers.get(name)]).toEqual([name, page.headers.get(name)]);
    });

    test('describes every operation and answer with examples that fit', async () => {
      const document = (await client.get('/openapi/json')).json as OpenApiDocument;
      const operations = Object.entries(document.paths).flatMap(([path, item]) =>
        ['get', 'put', 'post', 'delete', 'options']
          .filter((method) => method in item)
          .map((method) => ({ name: `${method} ${path}`, operation: item[method] })),
      );
      expect(operations.map(({ name }) => name).toSorted()).toEqual([
        'get /',
        'get /hello/{username}',
        'options /',
        'options /hello/{username}',
        'put /hello/{username}',
      ]);
      for (const { name, operation } of operations)
        for (const [status, { content }] of Object.entries(operation?.responses ?? {})) {
          const examples = content?.['application/json']?.examples ?? {};
          const withBody = status !== '204';
          expect([name, status, Object.keys(examples).length > 0]).toEqual([
            name,
            status,
            withBody,
          ]);
        }
      expect(Object.keys(document.paths['/hello/{username}']?.put?.responses ?? {})).toEqual(
        expect.arrayContaining(['204', '405', '413', '415', '422', '500', '503']),
      );
      expect(exampleFaults(document)).toEqual([]);
    });

    test('the page loads from nowhere else, its assets may be kept for ever', async () => {
      const { status, text, headers } = await client.get('/openapi');
      expect(status).toBe(200);
      expect(headers.get('content-type')).toBe('text/html; charset=utf-8');
      expect(text).not.toMatch(/(?:https?:)?\/\/[a-z0-9]/i);
      const assets = [...text.matchAll(/(?:src|href)="(?!data:)([^"]*)"/g)].map(([, url]) => url);
      expect(assets.length).toBeGreaterThanOrEqual(2);
      for (const url of assets) {
        expect(url).toMatch(/^\/openapi\/assets\/\d+\.\d+\.\d+\/[\w.-]+$/);
        const asset = await client.get(String(url));
        expect([url, asset.status, asset.text.length > 0]).toEqual([url, 200, true]);
        expect(asset.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
        expect(asset.headers.get('content-type')).toBe(
          url?.endsWith('.css') ? 'text/css; charset=utf-8' : 'text/javascript; charset=utf-8',
        );
        // Styles that load fonts or images from elsewhere.
        if (url?.endsWith('.css')) expect(asset.text).not.toMatch(/url\(["']?(?:https?:)?\/\//i);
      }
    });

    const { runtime } = target;
    if (runtime === 'in-process') return;

    test('the title is APP_NAME, escaped in the page', async () => {
      const environment = { APP_NAME: '<b>"A" & \'B\'</b>' };
      const server = await startServer({ runtime, databaseUrl: 'memory:', environment });
      try {
        const document = await fetch(`${server.baseUrl}/openapi/json`);
        expect(await document.json()).toMatchObject({ info: { title: environment.APP_NAME } });
        const page = await (await fetch(`${server.baseUrl}/openapi`)).text();
        expect(page).not.toContain('<b>');
        expect(page).toMatch(/<title>&(lt|#60|#x3c);b/i);
      } finally {
        await server.stop();
      }
    }, 30_000);
  });
