import { afterEach, expect, test } from 'bun:test';
import type { Log } from '../src/observability/log.ts';
import { DatabaseError } from '../src/stores/server/connection.ts';
import { limitsWithin } from '../src/stores/server/limits.ts';
import { Pool } from '../src/stores/server/pool.ts';
import { FakeServer, settled, UNREACHABLE } from './support/fake-connection.ts';
import { until } from './support/until.ts';

const UNAVAILABLE = { name: 'StoreUnavailableError' };
const REFUSED = new DatabaseError('unreachable', 'ECONNREFUSED');

let pool: Pool | undefined;
afterEach(() => pool?.close());

/** A pool, its first connection open unless `refusal` says otherwise. */
const start = async ({
  max = 2,
  refusal,
  timeout = 2_000,
}: {
  max?: number;
  refusal?: DatabaseError;
  timeout?: number;
} = {}) => {
  const server = new FakeServer();
  server.refusal = refusal;
  const lines: string[] = [];
  const write = (_: object, message?: string) => void lines.push(String(message ?? _));
  const log = { info: write, warn: write } as unknown as Log;
  const { connect } = server;
  const started = new Pool({ connect, max, limits: limitsWithin(timeout), log });
  pool = started;
  await settled();
  await settled();
  return { server, pool: started, lines };
};

test('connections are opened when they are needed, up to the limit', async () => {
  const { server, pool } = await start({ max: 3 });
  expect(server.connections).toHaveLength(1);
  const requests = await server.occupy(3, (username) => pool.find(username));
  requests.push(pool.find('waits'));
  await Bun.sleep(20);
  expect(server.connections).toHaveLength(3);
  await server.answerAll();
  await Promise.all(requests);
});

test('a cut connection: the statement is sent once more over a new one', async () => {
  const { server, pool } = await start({ max: 1 });
  server.stored.set('A', '1990-01-01');
  const found = pool.find('A');
  await (await server.take()).connection.cut();
  await until(() => server.statements.length === 1);
  expect(server.connections).toHaveLength(2);
  await (await server.take()).succeed();
  expect(await found).toBe('1990-01-01');
});

test('cut three times: the request is refused', async () => {
  const { server, pool } = await start({ max: 1 });
  const begin = performance.now();
  const found = pool.find('A');
  found.catch(() => {});
  for (let attempt = 0; attempt < 3; attempt++) {
    await until(() => server.statements.length === 1);
    await (await server.take()).connection.cut();
  }
  await expect(found).rejects.toMatchObject(UNAVAILABLE);
  expect(performance.now() - begin).toBeLessThan(1_800);
  await Bun.sleep(20);
  expect(server.statements).toEqual([]);
});

test('a save whose connection was cut is sent again once it can not begin any more, before newer ones of its name', async () => {
  const { server, pool } = await start({ max: 2 });
  const first = pool.save('A', '1990-01-01');
  await (await server.take()).connection.cut();
  const begin = performance.now();
  const second = pool.save('A', '1990-01-02');
  const other = pool.save('B', '1990-01-01');
  await until(() => server.statements.length === 1);
  expect(server.statements[0]?.save).toEqual({ B: '1990-01-01' });
  await (await server.take()).succeed();
  await other;
  await until(() => server.statements.length === 1);
  expect(performance.now() - begin).toBeWithin(230, 1_500);
  expect(server.statements[0]?.save).toEqual({ A: '1990-01-01' });
  await (await server.take()).succeed();
  await first;
  await until(() => server.statements.length === 1);
  expect((await server.take()).save).toEqual({ A: '1990-01-02' });
  second.catch(() => {});
});

test('a lost save that is not sent again keeps its users locked until it can not be under way any more', async () => {
  const { server, pool } = await start({ max: 1 });
  const busy = pool.find('X');
  await settled();
  const waited = pool.save('Aaron', '1990-01-01');
  await Bun.sleep(1_200);
  const lost = pool.save('Casey', '1990-01-01');
  await (await server.take()).succeed();
  await busy;
  const begin = performance.now();
  const statement = await server.take();
  expect(statement.save).toEqual({ Aaron: '1990-01-01', Casey: '1990-01-01' });
  const results = Promise.allSettled([waited, lost]);
  await statement.connection.cut();
  await until(() => server.connections.length === 2);
  // Aaron's time is up: they were sent together, and neither is sent again alone.
  await Bun.sleep(300);
  const newer = pool.save('Casey', '1990-01-02');
  expect((await results).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(performance.now() - begin).toBeWithin(700, 1_800);
  await until(() => server.statements.length === 1);
  expect((await server.take()).save).toEqual({ Casey: '1990-01-02' });
  newer.catch(() => {});
});

test('a newer save waits as long again as one that was sent twice took', async () => {
  // A first one may be under way for three eighths of the time, much longer than the second one takes.
  const { server, pool } = await start({ max: 1, timeout: 8_000 });
  const first = pool.save('A', '1990-01-01');
  await (await server.take()).connection.cut();
  await until(() => server.statements.length === 1);
  await Bun.sleep(200);
  const begin = performance.now();
  await (await server.take()).succeed();
  await first;
  const second = pool.save('A', '1990-01-02');
  await until(() => server.statements.length === 1);
  expect(performance.now() - begin).toBeGreaterThan(150);
  await (await server.take()).succeed();
  await second;
});

test('a save whose response is lost three times is refused only when it can not be under way any more', async () => {
  const { server, pool } = await start({ max: 1 });
  const begin = performance.now();
  const saved = pool.save('A', '1990-01-01');
  saved.catch(() => {});
  let sentAgain = begin;
  for (let attempt = 0; attempt < 3; attempt++) {
    await until(() => server.statements.length === 1);
    sentAgain = performance.now();
    await (await server.take()).connection.cut();
  }
  await expect(saved).rejects.toMatchObject(UNAVAILABLE);
  expect(performance.now() - sentAgain).toBeWithin(700, 1_200);
  expect(performance.now() - begin).toBeLessThan(2_000);
});

test('without an answer the statement is cancelled, its connection dropped, the request refused in time', async () => {
  const { server, pool } = await start({ max: 2 });
  const finds = await server.occupy(2, (username) => pool.find(username));
  await server.answerAll();
  await Promise.all(finds);
  const begin = performance.now();
  const saved = pool.save('A', '1990-01-01');
  await expect(saved).rejects.toMatchObject(UNAVAILABLE);
  expect(performance.now() - begin).toBeWithin(1_890, 3_000);
  expect((await server.take()).connection.events).toEqual(['cancelled', 'destroyed']);
  // Not tried again, although there is an idle connection.
  expect(server.open).toHaveLength(1);
  expect(server.statements).toEqual([]);
});

test('what was sent late and lost is not sent again: its time is up', async () => {
  const { server, pool } = await start({ max: 1 });
  const first = pool.find('X');
  await settled();
  const found = pool.find('A');
  found.catch(() => {});
  await Bun.sleep(1_200);
  await (await server.take()).succeed();
  await first;
  const statement = await server.take();
  await Bun.sleep(250);
  const other = pool.find('B');
  const cut = performance.now();
  await statement.connection.cut();
  await expect(found).rejects.toMatchObject(UNAVAILABLE);
  expect(performance.now() - cut).toBeLessThan(400);
  await until(() => server.statements.length === 1);
  expect(server.statements[0]?.find).toEqual(['B']);
  await server.answerAll();
  await other;
});

test('a connection whose statement was given up is not used again, even when cancelling ended it', async () => {
  const { server, pool } = await start({ max: 1 });
  const [first] = server.connections;
  const found = pool.find('A');
  found.catch(() => {});
  const statement = await server.take();
  const cancel = first?.cancel;
  if (!first) throw new Error('no connection');
  first.cancel = async () => {
    await cancel?.();
    await statement.fail(new DatabaseError('time-out', '57014'));
    await Bun.sleep(20);
  };
  await Bun.sleep(1_000);
  const other = pool.find('B');
  await expect(found).rejects.toMatchObject(UNAVAILABLE);
  await until(() => server.statements.length === 1);
  expect(server.statements[0]?.connection).not.toBe(first);
  await (await server.take()).succeed();
  await other;
});

test('a save that came too late is sent once more over the same connection', async () => {
  const { server, pool } = await start({ max: 1 });
  const saved = pool.save('A', '1990-01-01');
  await (await server.take()).fail(new DatabaseError('late', 'LATE'));
  await (await server.take()).succeed();
  await saved;
  expect(server.connections.map(({ events }) => events)).toEqual([[]]);
});

test('a save by a wrong reading of the clock is sent once more over a new connection', async () => {
  const { server, pool } = await start({ max: 1 });
  const saved = pool.save('A', '1990-01-01');
  await (await server.take()).fail(new DatabaseError('stale clock', 'LATE'));
  await until(() => server.statements.length === 1);
  expect(server.connections).toHaveLength(2);
  expect(server.connections[0]?.events).toEqual(['destroyed']);
  await (await server.take()).succeed();
  await saved;
});

test('a server whose clock was set forward: all connections are replaced, no save fails', async () => {
  const { server, pool } = await start({ max: 5 });
  const finds = await server.occupy(5, (username) => pool.find(username));
  await server.answerAll();
  await Promise.all(finds);
  const old = new Set(server.connections);
  await Bun.sleep(310);
  const saved = pool.save('A', '1990-01-01');
  for (let count = 0; count < 2; count++) {
    await until(() => server.statements.length === 1);
    const statement = await server.take();
    if (old.has(statement.connection))
      await statement.fail(new DatabaseError('stale clock', 'LATE'));
    else await statement.succeed();
  }
  await saved;
  expect(server.open.filter((connection) => old.has(connection))).toEqual([]);
});

test('a table that is gone: not served until it is there again, and told once', async () => {
  const { server, pool, lines } = await start({ max: 3 });
  const finds = await server.occupy(3, (username) => pool.find(username));
  await server.answerAll();
  await Promise.all(finds);
  await Bun.sleep(310);
  const gone = new DatabaseError('missing table', '42P01');
  server.refusal = gone;
  const found = pool.find('A');
  found.catch(() => {});
  await (await server.take()).fail(gone);
  await expect(found).rejects.toMatchObject(UNAVAILABLE);
  await settled();
  await settled();
  await expect(pool.ping()).rejects.toMatchObject(UNAVAILABLE);
  expect(server.open).toEqual([]);
  expect(lines).toEqual([
    'the database answers',
    'the database did not execute a statement',
    'the database can not be used, trying again',
  ]);
  server.refusal = undefined;
  await until(() => server.open.length > 0);
  await settled();
  await pool.ping();
});

test('statements that fail are logged once for each kind of error', async () => {
  const { server, pool, lines } = await start({ max: 1 });
  const errors = [new DatabaseError('conflict', '40P01'), new DatabaseError('other', 'XX000')];
  for (const error of [...errors, ...errors, ...errors]) {
    const saved = pool.save('A', '1990-01-01');
    const result = saved.catch((reason) => reason);
    for (let attempt = 0; attempt < (error.kind === 'other' ? 1 : 3); attempt++)
      await (await server.take()).fail(error);
    expect(await result).toMatchObject(UNAVAILABLE);
  }
  const line = 'the database did not execute a statement';
  expect(lines).toEqual(['the database answers', line, line]);
});

test('attempts that hang count as connections', async () => {
  const { server, pool } = await start({ max: 1, refusal: REFUSED });
  const { attempts } = server;
  server.hanging = 1_000;
  await Bun.sleep(1_500);
  expect(server.attempts - attempts).toBe(1);
  server.hanging = 0;
  server.refusal = undefined;
  server.letGo();
  await until(() => server.connections.length > 0);
  await settled();
  const found = pool.find('A');
  await server.answerAll();
  await found;
});

test('read-only: connections that are old enough are replaced, new ones are not', async () => {
  const { server, pool } = await start({ max: 1 });
  const readOnly = new DatabaseError('read-only', '25006');
  await Bun.sleep(310);
  const saved = pool.save('A', '1990-01-01');
  saved.catch(() => {});
  await (await server.take()).fail(readOnly);
  await until(() => server.statements.length === 1);
  expect(server.connections).toHaveLength(2);
  await (await server.take()).fail(readOnly);
  await (await server.take()).fail(readOnly);
  await expect(saved).rejects.toMatchObject(UNAVAILABLE);
  expect(server.open).toHaveLength(1);
  expect(server.connections).toHaveLength(2);
});

test('down at the start: requests fail at once, attempts go on, each change is logged once', async () => {
  const { server, pool, lines } = await start({ refusal: REFUSED });
  const begin = performance.now();
  for (const request of [pool.find('A'), pool.save('A', '1990-01-01'), pool.ping()])
    await expect(request).rejects.toMatchObject(UNAVAILABLE);
  expect(performance.now() - begin).toBeLessThan(1_000);
  await Bun.sleep(1_500);
  expect(server.attempts).toBeWithin(3, 15);
  expect(lines).toEqual(['the database can not be used, trying again']);
  server.refusal = undefined;
  await until(() => server.connections.length > 0);
  await settled();
  const found = pool.find('A');
  await (await server.take()).succeed();
  expect(await found).toBeUndefined();
  await pool.ping();
  expect(lines).toEqual(['the database can not be used, trying again', 'the database answers']);
});

test('down later is noticed without a request, and another reason is logged too', async () => {
  const { server, pool, lines } = await start();
  server.refusal = REFUSED;
  await server.connections[0]?.cut();
  await settled();
  await settled();
  expect(server.attempts).toBe(2);
  await expect(pool.find('A')).rejects.toMatchObject(UNAVAILABLE);
  server.refusal = new DatabaseError('authentication', '28P01');
  await until(() => lines.length === 3);
  expect(lines).toEqual([
    'the database answers',
    'the database can not be used, trying again',
    'the database can not be used, trying again',
  ]);
});

test('an attempt that hangs holds up none', async () => {
  const { server, pool } = await start({ max: 2, refusal: REFUSED });
  server.hanging = 1;
  const { attempts } = server;
  await until(() => server.attempts > attempts);
  server.refusal = undefined;
  await until(() => server.connections.length > 0);
  await settled();
  const found = pool.find('A');
  await (await server.take()).succeed();
  await found;
  server.letGo(UNREACHABLE);
});

test('no further connection: those that are open serve', async () => {
  const { server, pool, lines } = await start({ max: 5 });
  server.refusal = new DatabaseError('too many connections', '53300');
  const requests: Promise<unknown>[] = [];
  for (let index = 0; index < 20; index++) {
    requests.push(pool.find(`u${index}`));
    await settled();
  }
  expect(pool.state).toMatchObject({ used: 1, idle: 0, max: 5, waiting: 19 });
  await server.answerAll();
  await Promise.all(requests);
  expect(lines).toEqual(['the database answers', 'no further database connection can be opened']);
  expect(pool.state.refused).toBeGreaterThan(0);
  expect(pool.state).toMatchObject({ used: 0, idle: 1, waiting: 0 });
  // One for each request that may have needed it, then none for a while.
  expect(server.attempts).toBeLessThanOrEqual(5);
});

test('ping: an answer just now, an idle connection, or one more connection proves the server', async () => {
  const { server, pool } = await start({ max: 1 });
  await pool.ping();
  expect(server.pings).toBe(0);
  await Bun.sleep(1_010);
  await pool.ping();
  expect(server.pings).toBe(1);
  await Bun.sleep(1_010);
  const busy = pool.find('A');
  await settled();
  await pool.ping();
  expect(server.pings).toBe(1);
  expect(server.connections.map(({ events }) => events)).toEqual([[], ['closed']]);
  server.refusal = new DatabaseError('too many connections', '53300');
  await pool.ping();
  expect(pool.state).toEqual({ used: 1, idle: 0, max: 1, waiting: 0, refused: 1 });
  server.refusal = UNREACHABLE;
  await expect(pool.ping()).rejects.toMatchObject(UNAVAILABLE);
  await (await server.take()).succeed();
  await busy;
});

test('rotation: a new connection first, then old ones end, those under way when they are done', async () => {
  const { server, pool } = await start({ max: 2 });
  const [under, more] = await server.occupy(2, (username) => pool.find(username));
  await server.statements.splice(1, 1)[0]?.succeed();
  await more;
  server.refusal = new DatabaseError('authentication', '28P01');
  const replaced = pool.replace();
  await Bun.sleep(100);
  expect(server.open).toHaveLength(2);
  server.refusal = undefined;
  await replaced;
  const [busy, idle, fresh] = server.connections;
  expect([busy?.events, idle?.events, fresh?.events]).toEqual([[], ['closed'], []]);
  await (await server.take()).succeed();
  await under;
  expect(busy?.events).toEqual(['closed']);
  const next = pool.find('C');
  await settled();
  expect(server.statements[0]?.connection).toBe(fresh as never);
  await (await server.take()).succeed();
  await next;
});

test('a connection of former credentials that opens after the rotation is not used', async () => {
  const { server, pool } = await start({ max: 3 });
  server.hanging = 1;
  const requests = [pool.find('A')];
  await settled();
  requests.push(pool.find('B'));
  await settled();
  expect(server.attempts).toBe(2);
  await pool.replace();
  server.letGo();
  await server.answerAll();
  await Promise.all(requests);
  await settled();
  expect(server.connections.map(({ events }) => events)).toEqual([['closed'], [], ['closed']]);
});

test('close lets what was sent finish and refuses the rest', async () => {
  const { server, pool } = await start({ max: 1 });
  const sent = pool.find('A');
  await settled();
  const waiting = pool.find('B');
  waiting.catch(() => {});
  const begin = performance.now();
  const closed = pool.close();
  await expect(waiting).rejects.toMatchObject(UNAVAILABLE);
  expect(performance.now() - begin).toBeLessThan(1_200);
  await (await server.take()).succeed();
  await sent;
  await closed;
  expect(server.open).toEqual([]);
  await expect(pool.find('A')).rejects.toMatchObject(UNAVAILABLE);
  await expect(pool.ping()).rejects.toMatchObject(UNAVAILABLE);
});

test('a save whose connection to the client is gone is not repeated', async () => {
  const { server, pool } = await start({ max: 1 });
  const client = new AbortController();
  const saved = pool.save('A', '1990-01-01', client.signal);
  const result = saved.catch((error) => error);
  const other = pool.save('B', '1990-01-01');
  const statement = await server.take();
  client.abort();
  await statement.fail(new DatabaseError('conflict', '40P01'));
  const repeated = await server.take();
  expect(repeated.save).toEqual({ B: '1990-01-01' });
  await repeated.succeed();
  await other;
  expect(await result).toMatchObject({ name: 'AbortError' });
});

test('one user whose row is locked fails no request of another', async () => {
  const { server, pool } = await start({ max: 1 });
  const locked = pool.save('Locked', '1990-01-01');
  const result = locked.catch((error) => error);
  const others = [pool.save('B', '1990-01-01'), pool.save('C', '1990-01-01')];
  const newer = pool.save('B', '1990-01-02');
  await (await server.take()).fail(new DatabaseError('time-out', '57014'));
  const saves: unknown[] = [];
  for (let count = 0; count < 5; count++) {
    const statement = await server.take();
    saves.push(statement.save);
    if (statement.save && 'Locked' in statement.save)
      await statement.fail(new DatabaseError('time-out', '57014'));
    else await statement.succeed();
  }
  await Promise.all([...others, newer]);
  expect(await result).toMatchObject(UNAVAILABLE);
  expect(saves).toContainValues([{ Locked: '1990-01-01' }, { C: '1990-01-01' }]);
  expect(server.stored.get('B')).toBe('1990-01-02');
});

test('of saves that are repeated, the one whose time is up first is refused first', async () => {
  const { server, pool } = await start({ max: 2 });
  const finds = await server.occupy(2, (username) => pool.find(username));
  await server.answerAll();
  await Promise.all(finds);
  const begin = performance.now();
  const older = pool.save('A', '1990-01-01');
  const took = older.catch(() => performance.now() - begin);
  const first = await server.take();
  await Bun.sleep(300);
  const younger = pool.save('B', '1990-01-01');
  younger.catch(() => {});
  const second = await server.take();
  server.refusal = new DatabaseError('too many connections', '53300');
  await second.connection.cut();
  await first.connection.cut();
  expect(await took).toBeLessThan(2_000);
});

test('one lost connection is replaced by one', async () => {
  const { server } = await start({ max: 5 });
  await server.connections[0]?.cut();
  await settled();
  await settled();
  expect(server.connections).toHaveLength(2);
});
