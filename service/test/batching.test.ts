import { afterEach, expect, test } from 'bun:test';
import { createLog } from '../src/observability/log.ts';
import { DatabaseError } from '../src/stores/server/connection.ts';
import { limitsWithin } from '../src/stores/server/limits.ts';
import { Pool } from '../src/stores/server/pool.ts';
import { FakeServer, settled } from './support/fake-connection.ts';

let pool: Pool | undefined;
afterEach(() => pool?.close());

const start = async (max = 1) => {
  const server = new FakeServer();
  const { connect } = server;
  const limits = limitsWithin(2_000);
  const started = new Pool({ connect, max, limits, log: createLog('silent') });
  pool = started;
  await settled();
  await settled();
  return { server, pool: started };
};

test('a lone request is sent in the same turn of the event loop', async () => {
  const { server, pool } = await start();
  server.stored.set('Casey', '1990-10-30');
  const found = pool.find('Casey');
  await settled();
  expect(server.statements.map(({ find }) => find)).toEqual([['Casey']]);
  await server.answerAll();
  expect(await found).toBe('1990-10-30');
});

test('requests of the same turn share a statement', async () => {
  const { server, pool } = await start();
  const found = [pool.find('A'), pool.find('B')];
  await settled();
  expect(server.statements.map(({ find }) => find)).toEqual([['A', 'B']]);
  await server.answerAll();
  await Promise.all(found);
});

test('finds that wait share the next statement, a name once, and each gets its own answer', async () => {
  const { server, pool } = await start();
  server.stored.set('A', '1990-01-01').set('B', '1990-02-02');
  const first = pool.find('X');
  await settled();
  const others = ['A', 'B', 'A', 'C'].map((username) => pool.find(username));
  expect(server.statements).toHaveLength(1);
  await (await server.take()).succeed();
  await settled();
  expect(server.statements.map(({ find }) => find)).toEqual([['A', 'B', 'C']]);
  await server.answerAll();
  expect(await first).toBeUndefined();
  expect(await Promise.all(others)).toEqual(['1990-01-01', '1990-02-02', '1990-01-01', undefined]);
});

test('saves that wait share the next statement, and the last value of a name wins', async () => {
  const { server, pool } = await start();
  const find = pool.find('X');
  await settled();
  const saves = [
    pool.save('A', '1990-01-01'),
    pool.save('B', '1990-01-01'),
    pool.save('A', '1990-01-02'),
  ];
  await (await server.take()).succeed();
  await settled();
  expect(server.statements.map(({ save }) => save)).toEqual([{ A: '1990-01-02', B: '1990-01-01' }]);
  await server.answerAll();
  await Promise.all([find, ...saves]);
});

test('a save that is aborted while it waits is not sent', async () => {
  const { server, pool } = await start();
  const find = pool.find('X');
  await settled();
  const aborting = new AbortController();
  const { signal } = aborting;
  const errorOf = (save: Promise<void>) => save.catch((error) => error);
  const aborted = errorOf(pool.save('A', '1990-01-01', signal));
  const other = pool.save('B', '1990-01-01', new AbortController().signal);
  aborting.abort();
  await (await server.take()).succeed();
  await settled();
  expect(await aborted).toBe(signal.reason);
  expect(server.statements.map(({ save }) => save)).toEqual([{ B: '1990-01-01' }]);
  await server.answerAll();
  await Promise.all([find, other]);
  expect(await errorOf(pool.save('A', '1990-01-01', signal))).toBe(signal.reason);
  expect(server.statements).toEqual([]);
  expect(pool.state).toMatchObject({ used: 0, waiting: 0 });
});

test('a save that is aborted once it was sent resolves', async () => {
  const { server, pool } = await start();
  const aborting = new AbortController();
  const save = pool.save('A', '1990-01-01', aborting.signal);
  await settled();
  aborting.abort();
  await server.answerAll();
  await save;
  expect(server.stored.get('A')).toBe('1990-01-01');
});

test('of finds and saves those that waited longer go first', async () => {
  const { server, pool } = await start();
  const requests: Promise<unknown>[] = [pool.find('X')];
  await settled();
  requests.push(pool.save('A', '1990-01-01'));
  await Bun.sleep(2);
  requests.push(pool.find('B'));
  await (await server.take()).succeed();
  await settled();
  expect(server.statements.map(({ save }) => save)).toEqual([{ A: '1990-01-01' }]);
  await server.answerAll();
  await Promise.all(requests);
});

test('no two saves of a name are under way at once; other requests pass the one that waits', async () => {
  const { server, pool } = await start(3);
  const requests = await server.occupy(3, (username) => pool.find(username));
  await server.answerAll();
  await Promise.all(requests);
  const first = pool.save('A', '1990-01-01');
  await settled();
  const second = pool.save('A', '1990-01-02');
  const other = pool.save('B', '1990-01-01');
  await settled();
  expect(server.statements.map(({ save }) => save)).toEqual([
    { A: '1990-01-01' },
    { B: '1990-01-01' },
  ]);
  await (await server.take()).succeed();
  await settled();
  expect(server.statements.map(({ save }) => save)).toEqual([
    { B: '1990-01-01' },
    { A: '1990-01-02' },
  ]);
  await server.answerAll();
  await Promise.all([first, second, other]);
  expect(server.stored.get('A')).toBe('1990-01-02');
});

test('a statement takes 500 requests, the queue 1,000; a further one is refused at once', async () => {
  const { server, pool } = await start();
  const requests = [pool.find('X')];
  await settled();
  for (let index = 0; index < 1_000; index++) requests.push(pool.find(`u${index}`));
  const begin = performance.now();
  await expect(pool.find('Late')).rejects.toMatchObject({ name: 'StoreUnavailableError' });
  expect(performance.now() - begin).toBeLessThan(1_200);
  await (await server.take()).succeed();
  expect((await server.take()).find).toHaveLength(500);
  for (const request of requests) request.catch(() => {});
});

test('a request that finds no free connection in time is refused, and never sent', async () => {
  const { server, pool } = await start();
  const stuck = pool.find('Stuck');
  await settled();
  const begin = performance.now();
  await expect(pool.save('A', '1990-01-01')).rejects.toMatchObject({
    name: 'StoreUnavailableError',
  });
  expect(performance.now() - begin).toBeWithin(1_290, 1_890);
  await server.answerAll();
  await stuck;
  expect(server.statements).toEqual([]);
  expect(server.stored.size).toBe(0);
});

test('a deadlock is tried twice more; the next one is an error', async () => {
  const { server, pool } = await start();
  const conflict = new DatabaseError('conflict', '40P01');
  const saved = pool.save('A', '1990-01-01');
  await (await server.take()).fail(conflict);
  await (await server.take()).succeed();
  await saved;
  const refused = pool.save('A', '1990-01-02');
  refused.catch(() => {});
  for (let attempt = 0; attempt < 3; attempt++) await (await server.take()).fail(conflict);
  await expect(refused).rejects.toMatchObject({ name: 'StoreUnavailableError' });
  expect(server.statements).toEqual([]);
  expect(server.open).toHaveLength(1);
});

test('what the server gave up is tried again, on the same connection', async () => {
  const { server, pool } = await start();
  const saved = pool.save('A', '1990-01-01');
  await (await server.take()).fail(new DatabaseError('time-out', '57014'));
  await (await server.take()).succeed();
  await saved;
  expect(server.connections).toHaveLength(1);
  expect(server.open).toHaveLength(1);
});
