/** What Bun does with bytes that arrive while the database executes the write of a PUT, as docs/api.md has it. */
import { expect, test } from 'bun:test';
import { createFetch } from '../src/app.ts';
import { listenOnBun } from '../src/http/listen-on-bun.ts';
import { internalServerError } from '../src/http/responses.ts';
import { createMemoryStore } from '../src/stores/memory.ts';
import { chunk, rawRequest } from './support/client.ts';
import { observers } from './support/observers.ts';
import { exchange } from './support/raw.ts';

const CHUNKS = `${chunk('{"dateOfBirth":"1990-10-30"}')}0\r\n`;

/** Sends a PUT, and `rest` once its write has begun; the write ends when the client has its response. */
const putWithLateRest = async (body: string, rest: string) => {
  const begun = Promise.withResolvers<void>();
  const ending = Promise.withResolvers<void>();
  const stored: string[] = [];
  const save = async (username: string) => {
    begun.resolve();
    await ending.promise;
    stored.push(username);
  };
  const store = { ...createMemoryStore(), save };
  const server = listenOnBun(createFetch({ ...observers(), store, today: () => '2026-01-01' }), {
    hostname: '127.0.0.1',
    port: 0,
    idleMilliseconds: 30_000,
    onError: internalServerError,
  });
  try {
    const { responses, end } = await exchange(Number(new URL(server.url).port), async (write) => {
      await write(rawRequest('PUT', '/hello/Casey', ['Transfer-Encoding: chunked'], body));
      await begun.promise;
      await write(rest);
    });
    ending.resolve();
    await Bun.sleep(0);
    return { statuses: responses.map(({ status }) => status), end, stored };
  } finally {
    ending.resolve();
    server.abort();
  }
};

test('Bun returns 400 for a trailer that arrives during the write, which is stored', async () => {
  expect(await putWithLateRest(CHUNKS, 'X-Trailer: x\r\n\r\n')).toEqual({
    statuses: [400],
    end: 'closed',
    stored: ['Casey'],
  });
});

test('Bun closes the connection for a request that arrives during a write, which is stored', async () => {
  expect(await putWithLateRest(`${CHUNKS}\r\n`, rawRequest('GET', '/'))).toEqual({
    statuses: [],
    end: 'closed',
    stored: ['Casey'],
  });
});
