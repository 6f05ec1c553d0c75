import { describe, expect, test } from 'bun:test';
import { type Client, expectRaw, newUsername, rawPut } from '../support/client.ts';
import { exchange } from '../support/raw.ts';
import type { Target } from '../support/server.ts';

const BODY = '{"dateOfBirth":"1990-10-30"}';

const JSON_TYPES = [
  'application/json',
  'application/json; charset=utf-8',
  'application/json;charset=UTF-8',
  'application/json ; charset="utf-8"',
  'APPLICATION/JSON',
  'Application/Json; Charset=UTF-8',
  'application/merge-patch+json',
  'application/vnd.api+json',
  'application/problem+json; charset=utf-8',
  null,
];

const OTHER_TYPES = [
  'text/plain',
  'text/plain; charset=utf-8',
  'text/json',
  'text/html',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'application/octet-stream',
  'application/jsonx',
  'application/json5',
  'application/xjson',
  'application/jsonp; a=application/json',
  'application/xml',
  'application',
  'json',
  'x application/json',
  'text/plain, application/json',
];

export const contentTypes = (target: Target, client: Client): void =>
  describe('content type', () => {
    for (const type of JSON_TYPES)
      test(`${type ?? 'none'} is JSON`, async () => {
        const username = newUsername();
        expect((await client.put(username, BODY, type)).status).toBe(204);
        expect((await client.get(`/hello/${username}`)).status).toBe(200);
      });

    for (const type of OTHER_TYPES)
      test(`${type} is 415`, async () => {
        const username = newUsername();
        const answer = await client.put(username, BODY, type);
        expect(answer.status).toBe(415);
        expect(answer.json).toEqual({ detail: expect.stringContaining('Unsupported Media Type') });
        expect((await client.get(`/hello/${username}`)).status).toBe(404);
      });

    test('an empty one counts as none', async () => {
      const request = rawPut(newUsername(), BODY, ['Content-Type:']);
      const { responses } = await exchange(target.server.port, request, { responses: 1 });
      expectRaw(responses[0], 204, undefined);
    });
  });
