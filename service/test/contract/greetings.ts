import { describe, expect, test } from 'bun:test';
import {
  addDays,
  type Client,
  expectedGreeting,
  newUsername,
  onOneDay,
  rawPut,
  rawRequest,
} from '../support/client.ts';
import { exchange, exchangeInTurn } from '../support/raw.ts';
import { type Target, takesPipelined } from '../support/server.ts';

export const greetings = (target: Target, client: Client): void =>
  describe('greetings', () => {
    test('GET / is alive', async () => {
      const answer = await client.get('/');
      expect(answer.status).toBe(200);
      expect(answer.text).toBe(`{"message":"I'm alive!"}`);
    });

    test('PUT answers 204 with no body and no content type', async () => {
      const answer = await client.put(newUsername(), { dateOfBirth: '1990-10-30' });
      expect(answer.status).toBe(204);
      expect(answer.text).toBe('');
      expect(answer.headers.get('content-type')).toBeNull();
      expect(answer.headers.get('content-length') ?? '0').toBe('0');
    });

    test('a 204 has not one byte of body on the wire', async () => {
      const put = rawPut(newUsername(), '{"dateOfBirth":"1990-10-30"}');
      const close = rawPut(newUsername(), '{"dateOfBirth":"1990-10-30"}', ['Connection: close']);
      const requests = [put, rawRequest('OPTIONS', '/'), close];
      const { port } = target.server;
      const { responses, rest, end } = await (takesPipelined(target)
        ? exchange(port, requests.join(''))
        : exchangeInTurn(port, requests));
      // A byte too many would be read as the start of the next response, or be left over.
      expect(responses.map(({ status }) => status)).toEqual([204, 204, 204]);
      expect({ rest, end }).toEqual({ rest: '', end: 'closed' });
      for (const { headers } of responses) expect(headers.has('transfer-encoding')).toBe(false);
    });

    for (const [name, days] of [
      ['today', 0],
      ['tomorrow', 1],
      ['yesterday', -1],
      ['in 30 days', 30],
      ['in 200 days', 200],
    ] as const)
      test(`a birthday ${name}`, () =>
        onOneDay(async (today) => {
          const username = newUsername();
          const dateOfBirth = `1992${addDays(today, days).slice(4)}`;
          expect((await client.put(username, { dateOfBirth })).status).toBe(204);
          const { status, json } = await client.get(`/hello/${username}`);
          expect({ status, json }).toEqual({
            status: 200,
            json: expectedGreeting(username, dateOfBirth, today),
          });
          if (days === 0) expect(json).toEqual({ message: `Hello, ${username}! Happy birthday!` });
          if (days === 1)
            expect(json).toEqual({ message: `Hello, ${username}! Your birthday is in 1 day(s)` });
        }));

    for (const dateOfBirth of ['2000-02-29', '1000-01-01', '1999-12-31'])
      test(`born on ${dateOfBirth}`, () =>
        onOneDay(async (today) => {
          const username = newUsername();
          await client.put(username, { dateOfBirth });
          const { json } = await client.get(`/hello/${username}`);
          expect(json).toEqual(expectedGreeting(username, dateOfBirth, today));
        }));

    test('born today', () =>
      onOneDay(async (today) => {
        const username = newUsername();
        expect((await client.put(username, { dateOfBirth: today })).status).toBe(204);
        const { json } = await client.get(`/hello/${username}`);
        expect(json).toEqual({ message: `Hello, ${username}! Happy birthday!` });
      }));

    test('a later PUT replaces, for this user alone', () =>
      onOneDay(async (today) => {
        const [username, other] = [newUsername(), newUsername()];
        const first = `1980${addDays(today, 10).slice(4)}`;
        const second = `1980${addDays(today, 20).slice(4)}`;
        for (const name of [username, other]) await client.put(name, { dateOfBirth: first });
        expect((await client.put(username, { dateOfBirth: second })).status).toBe(204);
        const answers = await Promise.all(
          [username, other].map((name) => client.get(`/hello/${name}`)),
        );
        expect(answers.map(({ json }) => json)).toEqual([
          expectedGreeting(username, second, today),
          expectedGreeting(other, first, today),
        ]);
      }));

    test('a refused PUT leaves what was stored', () =>
      onOneDay(async (today) => {
        const username = newUsername();
        const dateOfBirth = `1980${addDays(today, 10).slice(4)}`;
        await client.put(username, { dateOfBirth });
        for (const body of [{ dateOfBirth: addDays(today, 2) }, { dateOfBirth: '2001-02-29' }, {}])
          expect((await client.put(username, body)).status).toBe(422);
        const { json } = await client.get(`/hello/${username}`);
        expect(json).toEqual(expectedGreeting(username, dateOfBirth, today));
      }));

    test('an unknown user is 404', async () => {
      const username = newUsername();
      const answer = await client.get(`/hello/${username}`);
      expect(answer.status).toBe(404);
      expect(answer.json).toEqual({ detail: `User ${username} not found` });
    });

    test('a PUT leaves the user alone whose name differs in case', () =>
      onOneDay(async (today) => {
        const [name, other] = [newUsername(), newUsername()];
        const usernames = [`a${name}`, `A${name}`, `b${other}`, `B${other}`];
        const dates = usernames.map((_, index) => `1980${addDays(today, index + 3).slice(4)}`);
        for (const [index, dateOfBirth] of dates.entries())
          expect((await client.put(usernames[index] ?? '', { dateOfBirth })).status).toBe(204);
        for (const [index, username] of usernames.entries())
          expect((await client.get(`/hello/${username}`)).json).toEqual(
            expectedGreeting(username, dates[index] ?? '', today),
          );
      }));

    test('usernames are case-sensitive', async () => {
      const username = `aA${newUsername()}`;
      await client.put(username, { dateOfBirth: '1990-10-30' });
      expect((await client.get(`/hello/${username}`)).status).toBe(200);
      for (const other of [username.toLowerCase(), username.toUpperCase()])
        expect((await client.get(`/hello/${other}`)).json).toEqual({
          detail: `User ${other} not found`,
        });
    });

    test('simultaneous PUTs of many users are all kept', () =>
      onOneDay(async (today) => {
        const users = Array.from({ length: 50 }, (_, index) => ({
          username: newUsername(),
          dateOfBirth: `1980${addDays(today, index).slice(4)}`,
        }));
        await Promise.all(
          users.map(({ username, dateOfBirth }) => client.put(username, { dateOfBirth })),
        );
        for (const { username, dateOfBirth } of users)
          expect((await client.get(`/hello/${username}`)).json).toEqual(
            expectedGreeting(username, dateOfBirth, today),
          );
      }));
  });
