import { describe, expect, test } from 'bun:test';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { useServices } from './services.ts';
import { bodyOfLength, chunk, rawPut, rawRequest } from './support/client.ts';
import { exchange } from './support/raw.ts';
import { PROCESS_RUNTIMES } from './support/server.ts';
import { until } from './support/until.ts';

const services = useServices();

/** Responses of the public port: the request and its status. */
const PUBLIC: readonly (readonly [status: number, request: string])[] = [
  [200, rawRequest('GET', '/')],
  [200, rawRequest('GET', '/hello/Casey')],
  [200, rawRequest('HEAD', '/hello/Casey')],
  [200, rawRequest('GET', '/openapi.json')],
  [404, rawRequest('GET', '/hello/Robin')],
  [404, rawRequest('GET', '/nowhere')],
  [404, rawRequest('POST', '/nowhere')],
  [405, rawRequest('POST', '/')],
  [413, rawPut('Casey', bodyOfLength(20_000))],
  [
    413,
    rawRequest(
      'PUT',
      '/hello/Casey',
      ['Transfer-Encoding: chunked'],
      chunk(bodyOfLength(20_000)) + chunk(''),
    ),
  ],
  [415, rawPut('Casey', '{}', ['Content-Type: text/plain'])],
  [422, rawRequest('GET', '/hello/C4sey')],
  [422, rawPut('Casey', '')],
  [422, rawPut('Casey', '{')],
  [422, rawPut('Casey', '{}')],
  [422, rawPut('Casey', '{"dateOfBirth":"9999-12-31"}')],
  [500, rawRequest('GET', '/hello/Broken')],
];

const MANAGEMENT: typeof PUBLIC = [
  [200, rawRequest('GET', '/livez')],
  [200, rawRequest('GET', '/readyz')],
  [404, rawRequest('GET', '/nowhere')],
  [405, rawRequest('PUT', '/livez')],
];

describe.each(PROCESS_RUNTIMES)(
  'every response with a body on %s is application/json:',
  (runtime) => {
    const send = async (port: number, status: number, request: string) => {
      const options = { responses: 1, head: request.startsWith('HEAD ') };
      const { responses } = await exchange(port, request, options);
      const [line] = request.split(' HTTP/');
      const [response] = responses;
      expect([line, response?.status, response?.headers.get('content-type')]).toEqual([
        line,
        status,
        'application/json',
      ]);
    };

    test('200, 404, 405, 413, 415, 422, 500, and 503 without the database', async () => {
      const server = await services.start({ runtime });
      const { port, managementPort } = server;
      const put = rawPut('Casey', '{"dateOfBirth":"1990-10-30"}');
      const { responses } = await exchange(port, put, { responses: 1 });
      expect([responses[0]?.status, responses[0]?.headers.get('content-type')]).toEqual([
        204,
        undefined,
      ]);
      const database = new DatabaseSync(join(services.folder, 'hello.db'));
      try {
        database.exec("insert into birthday values ('Broken', 'nonsense')");
        for (const [status, request] of PUBLIC) await send(port, status, request);
        for (const [status, request] of MANAGEMENT) await send(managementPort, status, request);
        database.exec('begin exclusive');
        await send(port, 503, put);
      } finally {
        database.close();
      }
    }, 30_000);

    test('503 while draining', async () => {
      const server = await services.start({ runtime, environment: { DRAIN_DELAY: '600000' } });
      process.kill(server.pid, 'SIGTERM');
      await until(() => server.output().includes('"draining"'));
      await send(server.managementPort, 503, rawRequest('GET', '/readyz'));
    }, 30_000);
  },
);
