import { describe, expect, test } from 'bun:test';
import {
  addDays,
  type Client,
  expectedGreeting,
  newUsername,
  onOneDay,
} from '../support/client.ts';
import {
  dateTypeFault,
  emptyBodyFault,
  expectFaults,
  malformedFault,
  missingDateFault,
  notAnObjectFault,
  usernameFault,
} from './faults.ts';

const bytes = (text: string): Uint8Array => Buffer.from(text, 'latin1');

const MALFORMED: Record<string, string | Uint8Array> = {
  'cut off': '{"dateOfBirth":"1990-10-30"',
  'a word': 'hello',
  'a lone brace': '{',
  'single quotes': "{'dateOfBirth':'1990-10-30'}",
  'a trailing comma': '{"dateOfBirth":"1990-10-30",}',
  'a comment': '{"dateOfBirth":"1990-10-30"} // x',
  'two values': '{"dateOfBirth":"1990-10-30"}{}',
  NaN: '{"dateOfBirth":NaN}',
  'a raw newline in a string': '{"dateOfBirth":"1990-10-30\n"}',
  whitespace: ' \n',
  'form fields': 'dateOfBirth=1990-10-30',
  'only a byte order mark': '\ufeff',
  'two byte order marks': '\ufeff\ufeff{"dateOfBirth":"1990-10-30"}',
  'bytes that are no UTF-8': bytes('{"dateOfBirth":"1990-10-30","x":"\xff"}'),
  'an overlong encoding': bytes('{"dateOfBirth":"1990-10-30","x":"\xc0\xaf"}'),
  'a cut-off character': bytes('{"dateOfBirth":"1990-10-30","x":"\xe2\x82"}'),
  'a surrogate in UTF-8': bytes('{"dateOfBirth":"1990-10-30","x":"\xed\xa0\x80"}'),
  'UTF-16': new Uint8Array(Buffer.from('\ufeff{"dateOfBirth":"1990-10-30"}', 'utf16le')),
  NUL: '\0',
  'deep nesting that does not end': '['.repeat(16_000),
  'deep objects that do not end': '{"a":'.repeat(3_000),
};

const NO_OBJECTS = [
  [],
  [1],
  [{ dateOfBirth: '1990-10-30' }],
  [{ toString: 1 }],
  'x',
  '',
  '1990-10-30',
  1,
  0,
  true,
  false,
  null,
];

export const bodyValidation = (client: Client): void =>
  describe('body', () => {
    for (const [name, body] of Object.entries(MALFORMED))
      test(`malformed, ${name}, is told alone`, async () => {
        expectFaults(await client.put(newUsername(), body), malformedFault);
        expectFaults(await client.put('C4sey', body), malformedFault);
      });

    test('empty', async () => {
      expectFaults(await client.put(newUsername(), ''), emptyBodyFault);
      expectFaults(await client.put(newUsername(), '', null), emptyBodyFault);
      expectFaults(await client.send('PUT', `/hello/${newUsername()}`), emptyBodyFault);
    });

    test('empty is told together with a fault of the path', async () => {
      expectFaults(await client.put('C4sey', ''), usernameFault('C4sey'), emptyBodyFault);
    });

    for (const body of NO_OBJECTS)
      test(`${JSON.stringify(body)} is no object`, async () => {
        const fault = notAnObjectFault(body);
        expectFaults(await client.put(newUsername(), JSON.stringify(body)), fault);
        expectFaults(
          await client.put('C4sey', JSON.stringify(body)),
          usernameFault('C4sey'),
          fault,
        );
      });

    test('a byte order mark is accepted', async () => {
      const body = '\ufeff{"dateOfBirth":"1990-10-30"}';
      expect((await client.put(newUsername(), body)).status).toBe(204);
    });

    test('whitespace around it is accepted', async () => {
      const body = '\r\n\t {\n"dateOfBirth" : "1990-10-30" } \n';
      expect((await client.put(newUsername(), body)).status).toBe(204);
    });

    for (const field of [
      '"extra":1',
      '"dateOfDeath":null',
      '"__proto__":{"dateOfBirth":1}',
      '"__proto__":null',
      '"constructor":{"prototype":{"dateOfBirth":1}}',
      '"toString":1',
      '"":""',
      '"\\ud800":"\\udfff"',
    ])
      test(`the unknown field ${field.slice(0, 60)} is ignored`, async () => {
        for (const body of [
          `{${field},"dateOfBirth":"1990-10-30"}`,
          `{"dateOfBirth":"1990-10-30",${field}}`,
        ]) {
          const username = newUsername();
          expect((await client.put(username, body)).status).toBe(204);
          expect((await client.get(`/hello/${username}`)).status).toBe(200);
        }
        // It left no trace behind.
        expectFaults(await client.put(newUsername(), {}), missingDateFault({}));
      });

    test('a field of __proto__ is no field of the body', async () => {
      const body = '{"__proto__":{"dateOfBirth":"1990-10-30"}}';
      const answer = await client.put(newUsername(), body);
      expectFaults(answer, missingDateFault(JSON.parse(body)));
    });

    test('of duplicate keys the last wins', () =>
      onOneDay(async (today) => {
        const username = newUsername();
        const first = `1980${addDays(today, 10).slice(4)}`;
        const last = `1980${addDays(today, 20).slice(4)}`;
        await client.put(username, `{"dateOfBirth":"${first}","dateOfBirth":"${last}"}`);
        expect((await client.get(`/hello/${username}`)).json).toEqual(
          expectedGreeting(username, last, today),
        );
        const body = '{"dateOfBirth":"1990-10-30","dateOfBirth":null}';
        expectFaults(await client.put(username, body), dateTypeFault(null));
      }));

    test('escapes are read', async () => {
      const body = '{"\\u0064ateOfBirth":"\\u0031990-10-30"}';
      expect((await client.put(newUsername(), body)).status).toBe(204);
    });

    for (const [kind, open, close] of [
      ['arrays', '[', ']'],
      ['objects', '{"a":', '}'],
    ] as const) {
      const nested = (depth: number) => `${open.repeat(depth)}1${close.repeat(depth)}`;

      test(`an unknown field of 63 nested ${kind} is ignored`, async () => {
        const body = `{"x":${nested(63)},"dateOfBirth":"1990-10-30"}`;
        expect((await client.put(newUsername(), body)).status).toBe(204);
      });

      for (const depth of [65, 2_500])
        for (const body of [
          `{"x":${nested(depth)},"dateOfBirth":"1990-10-30"}`,
          `{"dateOfBirth":${nested(depth)}}`,
          nested(depth),
        ])
          test(`${depth} nested ${kind} are refused: ${body.slice(0, 20)}`, async () => {
            expectFaults(await client.put('C4sey', body), malformedFault);
          });
    }
  });
