import { expect, test } from 'bun:test';
import { createFetch } from '../src/app.ts';
import { createMemoryStore } from '../src/stores/memory.ts';
import { createRandom } from './random.ts';
import { observers } from './support/observers.ts';

const KEYS = [
  ...['toString', 'valueOf', 'toJSON', '__proto__', 'constructor', 'prototype', 'then', 'length'],
  ...['dateOfBirth', '', '~standard', '$ref', 'message', 'error', 'status', 'response', '\\ud800'],
];

const SCALARS = [
  ...['null', 'true', 'false', '0', '-0', '1', '1e999', '-1e999', '12345678901234567890'],
  ...['""', '"x"', '"\\ud800"', '"__proto__"', '"1990-10-30"', '"2001-02-29"', '"9999-12-31"'],
];

const random = createRandom();
const below = (limit: number): number => Math.floor(random() * limit);
const oneOf = (texts: readonly string[]): string => texts[below(texts.length)] ?? '';

/** A random JSON value; about half of all are arrays and objects, up to four deep. */
const jsonValue = (depth = 0): string => {
  const parts = (part: () => string) => Array.from({ length: below(4) }, part).join();
  const kind = depth > 3 ? 0 : below(4);
  if (kind === 2) return `[${parts(() => jsonValue(depth + 1))}]`;
  if (kind === 3) return `{${parts(() => `"${oneOf(KEYS)}":${jsonValue(depth + 1)}`)}}`;
  return oneOf(SCALARS);
};

test('any JSON body is stored or returns 422', async () => {
  const today = () => '2026-01-01';
  const fetch = createFetch({ ...observers(), store: createMemoryStore(), today });
  const others: unknown[] = [];
  for (let count = 0; count < 10_000; count++) {
    const body = oneOf([jsonValue(), `{"dateOfBirth":${jsonValue()}}`]);
    const username = oneOf(['Casey', 'C4sey']);
    const { status } = await fetch(
      new Request(`http://localhost/hello/${username}`, {
        method: 'PUT',
        body: new TextEncoder().encode(body),
      }),
    );
    if (status !== 204 && status !== 422) others.push({ status, username, body });
  }
  expect(others).toEqual([]);
}, 30_000);
