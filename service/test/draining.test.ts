import { describe, expect, test } from 'bun:test';
import { createServer, type Socket } from 'node:net';
import { createDraining } from '../src/http/draining.ts';
import { useServices } from './services.ts';
import { bodyOfLength, rawPut, rawRequest } from './support/client.ts';
import { descendants, untilGone } from './support/processes.ts';
import { exchange } from './support/raw.ts';
import { COMMANDS, PROCESS_RUNTIMES } from './support/server.ts';
import { until } from './support/until.ts';

const BODY = '{"dateOfBirth":"1990-10-30"}';
const LONG = '600000';

const services = useServices();

test('answers are marked from the moment in which draining begins', () => {
  const draining = createDraining();
  const connection = () => draining.mark(new Response()).headers.get('connection');
  expect([draining.isDraining(), connection()]).toEqual([false, null]);
  draining.begin();
  expect([draining.isDraining(), connection()]).toEqual([true, 'close']);
});

/** What every kind of answer comes from. */
const REQUESTS: readonly (readonly [status: number, request: string])[] = [
  [200, rawRequest('GET', '/')],
  [204, rawPut('Casey', BODY)],
  [200, rawRequest('GET', '/hello/Casey')],
  [204, rawRequest('OPTIONS', '/')],
  [404, rawRequest('GET', '/nowhere')],
  [405, rawRequest('DELETE', '/')],
  [413, rawPut('Casey', bodyOfLength(20_000))],
  [415, rawPut('Casey', BODY, ['Content-Type: text/plain'])],
  [422, rawRequest('GET', '/hello/1')],
  [200, rawRequest('GET', '/openapi')],
];

for (const runtime of PROCESS_RUNTIMES)
  describe(`while draining, ${runtime}`, () => {
    // Deno says that it closes, and leaves it to the client.
    const toEnd = { responses: runtime === 'deno' ? 1 : Number.POSITIVE_INFINITY };

    const drain = async () => {
      const server = await services.start({ runtime, environment: { DRAIN_DELAY: LONG } });
      process.kill(server.pid, 'SIGTERM');
      await until(() => server.output().includes('"draining"'));
      return server;
    };

    test('is not ready but alive', async () => {
      const server = await drain();
      const get = async (path: string) => {
        const { responses } = await exchange(server.managementPort, rawRequest('GET', path), toEnd);
        const [response] = responses;
        return [response?.status, response?.body, response?.headers.get('connection')];
      };
      expect(await get('/readyz')).toEqual([503, '{"detail":"Draining"}', 'close']);
      expect(await get('/livez')).toEqual([200, '{"status":"ok"}', 'close']);
    }, 20_000);

    test('goes on answering, each time the last on its connection', async () => {
      const server = await drain();
      for (const [status, request] of REQUESTS) {
        const { responses, end } = await exchange(server.port, request, toEnd);
        expect([request, responses[0]?.status]).toEqual([request, status]);
        expect(responses[0]?.headers.get('connection')).toBe('close');
        expect(end).toBe(runtime === 'deno' ? 'complete' : 'closed');
      }
    }, 30_000);
  });

test('a request that was under way at SIGTERM is the last on its connection', async () => {
  const server = await services.start({ environment: { DRAIN_DELAY: LONG } });
  const request = rawPut('Casey', BODY);
  const { responses, end } = await exchange(server.port, async (write) => {
    await write(request.slice(0, -1));
    await Bun.sleep(50);
    await fetch(server.baseUrl);
    process.kill(server.pid, 'SIGTERM');
    await until(() => server.output().includes('"draining"'));
    await write(request.slice(-1));
  });
  expect(responses.map(({ status }) => status)).toEqual([204]);
  expect(responses[0]?.headers.get('connection')).toBe('close');
  expect(end).toBe('closed');
}, 20_000);

test('a connection that was idle at SIGTERM is served once more', async () => {
  const server = await services.start({ environment: { DRAIN_DELAY: LONG } });
  const get = rawRequest('GET', '/');
  const { responses, end } = await exchange(server.port, async (write, received) => {
    await write(get);
    await received(1);
    process.kill(server.pid, 'SIGTERM');
    await until(() => server.output().includes('"draining"'));
    await write(get);
  });
  expect(responses.map(({ headers }) => headers.get('connection'))).toEqual([undefined, 'close']);
  expect(end).toBe('closed');
}, 20_000);

describe('the delay', () => {
  test('is waited for after SIGTERM', async () => {
    const server = await services.start({ environment: { DRAIN_DELAY: '1500' } });
    const begin = performance.now();
    expect(await server.stop('SIGTERM')).toBe(0);
    expect(performance.now() - begin).toBeGreaterThan(1_400);
  }, 20_000);

  test('is skipped after SIGINT', async () => {
    const server = await services.start({ environment: { DRAIN_DELAY: LONG } });
    expect(await server.stop('SIGINT')).toBe(0);
  }, 20_000);

  test('is ended by a second signal', async () => {
    const server = await services.start({ environment: { DRAIN_DELAY: LONG } });
    process.kill(server.pid, 'SIGTERM');
    await until(() => server.output().includes('"draining"'));
    expect(await server.stop('SIGTERM')).toBe(143);
  }, 20_000);
});

for (const runtime of PROCESS_RUNTIMES)
  test(`a request that never ends is cut after SHUTDOWN_TIMEOUT on ${runtime}, with status 0 and a warning`, async () => {
    const server = await services.start({ runtime, environment: { SHUTDOWN_TIMEOUT: '500' } });
    let status: number | undefined;
    const { responses, end } = await exchange(server.port, async (write) => {
      await write(rawPut('Casey', BODY).slice(0, -1));
      await Bun.sleep(50);
      await fetch(server.baseUrl);
      status = await server.stop('SIGTERM');
    });
    expect(status).toBe(0);
    expect(end).toBe('closed');
    if (runtime !== 'deno') expect(responses).toEqual([]);
    const warnings = server.output().match(/^.*"level":"warn".*$/gm);
    expect(warnings?.join()).toContain('requests that were still under way were cut');
  }, 20_000);

const unshare = ['unshare', '--pid', '--fork', '--kill-child'];
const canUnshare = Bun.which('unshare') && Bun.spawnSync([...unshare, 'true']).success;
if (!canUnshare) console.log('skipped: no process namespace can be made here');

test.if(Boolean(canUnshare))(
  'a second signal ends the first process of a container, which the kernel spares',
  async () => {
    const server = await services.start({
      command: [...unshare, ...COMMANDS.bun],
      environment: { DRAIN_DELAY: LONG },
    });
    const [service] = descendants(server.pid);
    if (!service) throw new Error('the service does not run');
    process.kill(service, 'SIGTERM');
    await until(() => server.output().includes('"draining"'));
    process.kill(service, 'SIGTERM');
    await untilGone([service]);
  },
  30_000,
);

test('a signal during the start ends it with status 0', async () => {
  const sockets: Socket[] = [];
  const silent = createServer((socket) => sockets.push(socket));
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  const { port } = silent.address() as { port: number };
  const child = Bun.spawn([...COMMANDS.bun], {
    env: {
      PORT: '0',
      MANAGEMENT_PORT: '0',
      DRAIN_DELAY: '0',
      DATABASE_URL: `postgres://hello@127.0.0.1:${port}/hello`,
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  try {
    await until(() => sockets.length > 0);
    child.kill('SIGTERM');
    expect(await child.exited).toBe(0);
  } finally {
    child.kill('SIGKILL');
    for (const socket of sockets) socket.destroy();
    silent.close();
  }
}, 20_000);
