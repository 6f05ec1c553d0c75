import { expect, test } from 'bun:test';
import { createClient, rawRequest } from '../support/client.ts';
import { exchange } from '../support/raw.ts';
import { startServer, type Target } from '../support/server.ts';

const CANARY = 'CanaryInACoalMine';

type Line = Record<string, unknown>;

export const accessLog = ({ runtime, environment }: Target): void => {
  if (runtime === 'in-process') return;

  test('the access log has a line for each request and nothing of what a client sent', async () => {
    const server = await startServer({
      runtime,
      databaseUrl: 'memory:',
      environment: { ...environment, LOG_LEVEL: 'debug' },
    });
    try {
      const client = createClient({ server });
      const requests: [method: string, path: string, route: string, status: number][] = [];
      const seen = async (
        method: string,
        path: string,
        route: string,
        status: number,
        body?: string,
        contentType?: string,
      ) => {
        requests.push([method, path, route, status]);
        expect((await client.send(method, path, { body, contentType })).status).toBe(status);
      };
      const [hello, none] = ['/hello/:username', 'unmatched'];
      // The first request of the client is followed by one for the document.
      await seen('GET', '/', '/', 200);
      requests.push(['GET', '/openapi/json', '/openapi/json', 200]);
      await seen('GET', `/?q=${CANARY}`, '/', 200);
      const body = (date: string) => JSON.stringify({ dateOfBirth: date, [CANARY]: CANARY });
      await seen('PUT', `/hello/${CANARY}?q=${CANARY}`, hello, 204, body('1987-06-05'));
      await seen('GET', `/hello/${CANARY}/`, hello, 200);
      await seen('HEAD', `/hello/${CANARY}`, hello, 200);
      await seen('GET', `/hello/not${CANARY}`, hello, 404);
      await seen('GET', `/hello/4${CANARY}`, hello, 422);
      await seen('GET', `/hello/%zz${CANARY}`, hello, 422);
      await seen('PUT', `/hello/4${CANARY}`, hello, 422, body(CANARY));
      await seen('PUT', `/hello/${CANARY}`, hello, 422, `{${CANARY}`);
      await seen('PUT', `/hello/${CANARY}`, hello, 422, body('9987-06-05'));
      await seen('PUT', `/hello/${CANARY}`, hello, 415, CANARY, `text/${CANARY}`);
      await seen('PUT', `/hello/${CANARY}`, hello, 413, CANARY.repeat(2_000));
      await seen('DELETE', `/hello/${CANARY}`, hello, 405);
      await seen('OPTIONS', `/hello/${CANARY}`, hello, 204);
      await seen('GET', `/${CANARY}`, none, 404);
      await seen('GET', `/hello/${CANARY}/${CANARY}`, none, 404);
      await seen('GET', '/openapi', '/openapi', 200);
      for (const host of [CANARY, `${CANARY}/x`, ''])
        await exchange(server.port, `GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`, { responses: 1 });
      await exchange(
        server.port,
        rawRequest('GET', '/', [`X-Canary: ${CANARY}`, `Cookie: ${CANARY}`]),
        {
          responses: 1,
        },
      );
      for (let count = 0; count < 4; count++) requests.push(['GET', '/', '/', 200]);
      // Probes every few seconds would drown the log.
      await fetch(`${server.managementUrl}/livez?q=${CANARY}`);
      expect(await server.stop()).toBe(0);

      const lines = server
        .output()
        .trim()
        .split('\n')
        .map((line): Line => JSON.parse(line));
      const access = lines.filter((line) => 'route' in line);
      expect(access.map(({ method, route, status }) => [method, route, status])).toEqual(
        requests.map(([method, , route, status]) => [method, route, status]),
      );
      for (const line of access) {
        expect(Object.keys(line).toSorted()).toEqual([
          'duration_ms',
          'level',
          'message',
          'method',
          'requestId',
          'route',
          'status',
          'time',
        ]);
        expect(line.duration_ms).toBeNumber();
        expect(line.duration_ms).toBeGreaterThanOrEqual(0);
      }
      expect(server.output()).not.toMatch(/canary/i);
      expect(server.output()).not.toMatch(/\d987-06-05/);
    } finally {
      await server.stop();
    }
  }, 40_000);

  test('a request has the id that it came with, or one of its own, in answer and log', async () => {
    const server = await startServer({ runtime, databaseUrl: 'memory:', environment });
    try {
      const idOf = async (id?: string, path = '/hello/Nobody') => {
        const headers = id === undefined ? undefined : { 'x-request-id': id };
        const answer = await fetch(`${server.baseUrl}${path}`, { headers });
        return answer.headers.get('x-request-id') ?? '';
      };
      const longest = `a.B_9~-${'x'.repeat(121)}`;
      const kept = [await idOf('my-id'), await idOf(longest, '/none'), await idOf('1', '/hello/4')];
      expect(kept).toEqual(['my-id', longest, '1']);
      const own: string[] = [];
      for (const id of [undefined, '', 'a b', `${longest}x`, '"}', 'ü', 'a,b', '../x'])
        own.push(await idOf(id));
      for (const id of own) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-z]+$/);
      expect(new Set(own).size).toBe(own.length);
      expect(await server.stop()).toBe(0);
      const logged = [...server.output().matchAll(/"requestId":"([^"]+)"/g)].map(([, id]) => id);
      expect(logged).toEqual([...kept, ...own]);
    } finally {
      await server.stop();
    }
  }, 40_000);
};
