import { describe, expect, test } from 'bun:test';
import { readdirSync } from 'node:fs';
import { connect } from 'node:net';
import { useServices } from './services.ts';
import { rawPut } from './support/client.ts';
import { exchange } from './support/raw.ts';
import { PROCESS_RUNTIMES, type RunningServer } from './support/server.ts';
import { until } from './support/until.ts';

const BODY = '{"dateOfBirth":"1990-10-30"}';

const services = useServices();

/** What becomes of a new connection: `open`, or the code of its error. */
const connectTo = (port: number): Promise<string> => {
  const { promise, resolve } = Promise.withResolvers<string>();
  const socket = connect({ port, host: '127.0.0.1' });
  socket.on('connect', () => resolve('open'));
  socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
  return promise.finally(() => socket.destroy());
};

const statusOf = async ({ baseUrl }: RunningServer, username: string) =>
  (await fetch(`${baseUrl}/hello/${username}`)).status;

const put = async ({ baseUrl }: RunningServer) => {
  const { status } = await fetch(`${baseUrl}/hello/Casey`, { method: 'PUT', body: BODY });
  return status;
};

/** A kept-alive connection that has had one answer; `closed` resolves when the server closes it. */
const idleConnection = async (port: number) => {
  const socket = connect({ port, host: '127.0.0.1' });
  const closed = new Promise((resolve) => socket.once('close', resolve));
  socket.on('error', () => {});
  socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
  await new Promise((resolve) => socket.once('data', resolve));
  return { socket, closed };
};

for (const runtime of PROCESS_RUNTIMES)
  for (const signal of ['SIGTERM', 'SIGINT'] as const)
    test(`${signal} ends ${runtime} with status 0 when its connections are idle`, async () => {
      const server = await services.start({ runtime });
      expect(await put(server)).toBe(204);
      const { socket, closed } = await idleConnection(server.port);
      const begin = performance.now();
      expect(await server.stop(signal)).toBe(0);
      expect(performance.now() - begin).toBeLessThan(3_000);
      await closed;
      socket.destroy();
      expect(server.output()).toContain(`"signal":"${signal}"`);
      expect(server.output()).toMatch(/"stopped"\}\n$/);
      expect(readdirSync(services.folder)).toEqual(['hello.db']);
    }, 20_000);

describe('a request under way', () => {
  const request = rawPut('Casey', BODY);

  /** Sends all of a PUT but its last byte, runs `meanwhile`, and sends that. */
  const putAround = (server: RunningServer, meanwhile: () => Promise<void>) =>
    exchange(
      server.port,
      async (write) => {
        await write(request.slice(0, -1));
        // By the answer to a later request the service has seen this one.
        await Bun.sleep(50);
        await statusOf(server, 'Nobody');
        await meanwhile();
        await write(request.slice(-1));
      },
      { responses: 1 },
    );

  for (const signal of ['SIGTERM', 'SIGINT'] as const)
    test(`is answered after ${signal}, while new connections are refused`, async () => {
      const server = await services.start();
      let stopped: Promise<number> | undefined;
      let connection = '';
      let readiness: unknown;
      const { responses } = await putAround(server, async () => {
        stopped = server.stop(signal);
        await until(() => server.output().includes('"stopping"'));
        await Bun.sleep(50);
        connection = await connectTo(server.port);
        readiness = await (await fetch(`${server.managementUrl}/readyz`)).json();
      });
      expect(connection).toBe('ECONNREFUSED');
      expect(readiness).toEqual({ detail: 'Draining' });
      expect(responses.map(({ status }) => status)).toEqual([204]);
      expect(await stopped).toBe(0);
      expect(await statusOf(await services.start(), 'Casey')).toBe(200);
    }, 20_000);

  for (const [first, second, status] of [
    ['SIGTERM', 'SIGTERM', 143],
    ['SIGTERM', 'SIGINT', 130],
    ['SIGINT', 'SIGTERM', 143],
  ] as const)
    test(`is given up when ${second} follows ${first}`, async () => {
      const server = await services.start();
      let ended: { status: number; milliseconds: number } | undefined;
      const { responses } = await putAround(server, async () => {
        const stopped = server.stop(first);
        await until(() => server.output().includes('"stopping"'));
        const begin = performance.now();
        process.kill(server.pid, second);
        ended = { status: await stopped, milliseconds: performance.now() - begin };
      });
      expect(ended?.status).toBe(status);
      expect(ended?.milliseconds).toBeLessThan(1_000);
      expect(responses).toEqual([]);
      expect(await statusOf(await services.start(), 'Casey')).toBe(404);
    }, 20_000);
});
