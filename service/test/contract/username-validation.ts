import { describe, expect, test } from 'bun:test';
import { type Client, newUsername, rawPut, rawRequest } from '../support/client.ts';
import { exchange } from '../support/raw.ts';
import type { Target } from '../support/server.ts';
import { expectFaults, longUsernameFault, usernameFault } from './faults.ts';

const VALID = { dateOfBirth: '1990-10-30' };

/** As it stands in the request, and as it is told back. */
const INVALID: readonly (readonly [sent: string, input: string])[] = [
  ['C4sey', 'C4sey'],
  ['1', '1'],
  ['a-b', 'a-b'],
  ['a_b', 'a_b'],
  ['a.b', 'a.b'],
  ['a@b.c', 'a@b.c'],
  ['...', '...'],
  ['a+b', 'a+b'],
  ['a;b', 'a;b'],
  ['a%20b', 'a b'],
  ['%20', ' '],
  ['Jos%C3%A9', 'José'],
  ['%F0%9F%8E%82', '🎂'],
  ['%EF%BC%A1', 'Ａ'],
  ['%D0%B0', 'а'],
  ['casey%0A', 'casey\n'],
  ['casey%0Dx', 'casey\rx'],
  ['%00', '\0'],
  ['a%00b', 'a\0b'],
  ['a%2Fb', 'a/b'],
  ['a%2fb', 'a/b'],
  ['a%5Cb', 'a\\b'],
  ['%2541', '%41'],
  ['a%3Fb', 'a?b'],
  ['%zz', '%zz'],
  ['a%', 'a%'],
  ['%4', '%4'],
  ['%E0%A4', '%E0%A4'],
  ['%C0%AF', '%C0%AF'],
  ['%ED%A0%80', '%ED%A0%80'],
];

export const usernameValidation = (target: Target, client: Client): void =>
  describe('username', () => {
    for (const [sent, input] of INVALID)
      test(`${sent} is refused`, async () => {
        expectFaults(await client.get(`/hello/${sent}`), usernameFault(input));
        expectFaults(await client.put(sent, VALID), usernameFault(input));
        expect((await client.send('HEAD', `/hello/${sent}`)).status).toBe(422);
      });

    test('of 64 letters is taken, of 65 refused', async () => {
      const username = newUsername(64);
      expect((await client.put(username, VALID)).status).toBe(204);
      expect((await client.get(`/hello/${username}`)).status).toBe(200);
      const long = newUsername(65);
      expectFaults(await client.get(`/hello/${long}`), longUsernameFault(long));
      expectFaults(await client.put(long, VALID), longUsernameFault(long));
    });

    test('of one letter is taken', async () => {
      expect((await client.put('Q', VALID)).status).toBe(204);
      expect((await client.get('/hello/Q')).status).toBe(200);
    });

    test('of 8 KiB is refused', async () => {
      const long = newUsername(8192);
      expectFaults(await client.get(`/hello/${long}`), longUsernameFault(long));
      expectFaults(await client.put(long, VALID), longUsernameFault(long));
    });

    test('both too long and with a digit is refused for the first field fault alone', async () => {
      const { json, status } = await client.get(`/hello/${newUsername(70)}7`);
      expect(status).toBe(422);
      expect((json as { detail: { loc: string[] }[] }).detail[0]?.loc).toEqual([
        'path',
        'username',
      ]);
    });

    test('a percent-encoded letter is that letter', async () => {
      const rest = newUsername();
      expect((await client.put(`%41${rest}`, VALID)).status).toBe(204);
      for (const path of [`A${rest}`, `%41${rest}`]) {
        const { status, json } = await client.get(`/hello/${path}`);
        expect(status).toBe(200);
        expect(json).toEqual({ message: expect.stringContaining(`Hello, A${rest}! `) });
      }
    });

    test('names of the object prototype are ordinary names', async () => {
      for (const name of ['constructor', 'toString', 'hasOwnProperty', 'valueOf'])
        expect((await client.get(`/hello/${name}`)).json).toEqual({
          detail: `User ${name} not found`,
        });
    });

    test('raw bytes beyond ASCII are refused', async () => {
      for (const request of [
        rawRequest('GET', '/hello/Jos\xc3\xa9'),
        rawPut('Jos\xc3\xa9', JSON.stringify(VALID)),
      ]) {
        const { responses } = await exchange(target.server.port, request, { responses: 1 });
        expect(responses[0]?.status).toBe(422);
        expect(JSON.parse(responses[0]?.body ?? '').detail[0].loc).toEqual(['path', 'username']);
      }
    });
  });
