import { describe, expect, test } from 'bun:test';
import { addDays, type Client, newUsername, onOneDay } from '../support/client.ts';
import {
  dateFault,
  dateTypeFault,
  expectFaults,
  futureFault,
  missingDateFault,
  usernameFault,
} from './faults.ts';

const VALID = ['2000-02-29', '1996-02-29', '1600-02-29', '1000-01-01', '1999-12-31', '2001-02-28'];

const INVALID = [
  '',
  ' ',
  'x',
  '1990',
  '1990-10',
  '1990-10-30x',
  'x1990-10-30',
  '2001-02-29',
  '1900-02-29',
  '2100-02-29',
  '1990-02-30',
  '1990-04-31',
  '1990-13-01',
  '1990-00-10',
  '1990-01-00',
  '1990-01-32',
  '0999-12-31',
  '0000-01-01',
  '0001-01-01',
  '-1990-10-30',
  '+1990-10-30',
  '+002000-01-01',
  '12000-01-01',
  '20000101',
  '2000-1-1',
  '2000-001',
  '2000-W01-1',
  '90-10-30',
  '30-10-1990',
  '10/30/1990',
  '1990/10/30',
  '1990.10.30',
  '1990-10-30T00:00:00Z',
  '1990-10-30T00:00',
  '1990-10-30 00:00:00',
  '1990-10-30Z',
  '1990-10-30[u-ca=gregory]',
  ' 1990-10-30',
  '1990-10-30 ',
  '1990-10-30\n',
  '1990-10-30\0',
  '\ufeff1990-10-30',
  '１９９０-１０-３０',
  '١٩٩٠-١٠-٣٠',
  '1990‐10‐30',
  '1990−10−30',
  '1e3-01-01',
  '0x7c-1-01',
  '656208000',
  '\ud800',
  '1990-10-3\udc00',
];

/** JSON, as it is sent. */
const NO_STRINGS = [
  'null',
  '19901030',
  '1990.5',
  '0',
  '1e308',
  '1e-400',
  'true',
  'false',
  '[]',
  '["1990-10-30"]',
  '{}',
  '{"year":1990}',
  // The names of what turns a value into text or a number.
  ...['toString', 'valueOf', 'toJSON', '__proto__', 'constructor', 'prototype', 'then'].flatMap(
    (name) => [`{"${name}":1}`, `{"${name}":null}`, `[{"${name}":{}}]`, `{"a":[{"${name}":"x"}]}`],
  ),
  '{"toString":1,"valueOf":1}',
  '{"__proto__":{"toString":1},"toString":"x","toString":null}',
];

export const dateValidation = (client: Client): void =>
  describe('dateOfBirth', () => {
    for (const dateOfBirth of VALID)
      test(`${dateOfBirth} is taken`, async () => {
        expect((await client.put(newUsername(), { dateOfBirth })).status).toBe(204);
      });

    for (const dateOfBirth of INVALID)
      test(`${JSON.stringify(dateOfBirth)} is refused`, async () => {
        const username = newUsername();
        expectFaults(await client.put(username, { dateOfBirth }), dateFault(dateOfBirth));
        expect((await client.get(`/hello/${username}`)).status).toBe(404);
      });

    for (const json of NO_STRINGS)
      test(`${json} is refused`, async () => {
        const body = `{"dateOfBirth":${json}}`;
        const fault = dateTypeFault(JSON.parse(json));
        expectFaults(await client.put(newUsername(), body), fault);
        expectFaults(await client.put('C4sey', body), usernameFault('C4sey'), fault);
      });

    test('a number beyond the range of JSON numbers is refused, and null in the error', async () => {
      expectFaults(await client.put(newUsername(), '{"dateOfBirth":1e999}'), dateTypeFault(null));
    });

    for (const body of [{}, { dateofbirth: '1990-10-30' }, { date_of_birth: '1990-10-30', a: [1] }])
      test(`missing in ${JSON.stringify(body)} is refused`, async () => {
        expectFaults(await client.put(newUsername(), body), missingDateFault(body));
      });

    test('today is taken, the day after is in the future', () =>
      onOneDay(async (today) => {
        const username = newUsername();
        const tomorrow = addDays(today, 1);
        expectFaults(await client.put(username, { dateOfBirth: tomorrow }), futureFault(tomorrow));
        expect((await client.get(`/hello/${username}`)).status).toBe(404);
        expect((await client.put(username, { dateOfBirth: today })).status).toBe(204);
      }));

    test('9999-12-31 is in the future', async () => {
      expectFaults(
        await client.put(newUsername(), { dateOfBirth: '9999-12-31' }),
        futureFault('9999-12-31'),
      );
    });

    test('faults of path and body are told together', async () => {
      const path = usernameFault('C4sey');
      expectFaults(await client.put('C4sey', {}), path, missingDateFault({}));
      expectFaults(await client.put('C4sey', { dateOfBirth: 1 }), path, dateTypeFault(1));
      expectFaults(
        await client.put('C4sey', { dateOfBirth: '2001-02-29' }),
        path,
        dateFault('2001-02-29'),
      );
      expectFaults(
        await client.put('C4sey', { dateOfBirth: '9999-12-31' }),
        path,
        futureFault('9999-12-31'),
      );
    });
  });
