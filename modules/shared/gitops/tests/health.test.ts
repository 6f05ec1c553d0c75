import { expect, test } from 'bun:test';
import { join } from 'node:path';

const GLUA = join(import.meta.dir, '../../../../tools/glua/glua');

/** A table of Lua; texts of these tests need no escapes. */
const table = (value: unknown): string =>
  Array.isArray(value)
    ? `{${value.map(table)}}`
    : typeof value === 'object' && value !== null
      ? `{${Object.entries(value).map(([key, child]) => `${key}=${table(child)}`)}}`
      : JSON.stringify(value);

/** What a script of ../health says of an object with a status: health and message. */
const healthOf = async (script: string, status?: unknown): Promise<string> => {
  const file = join(import.meta.dir, `../health/${script}.lua`);
  const program = `obj = ${table(status === undefined ? {} : { status })}; local health = dofile("${file}"); print(health.status, health.message)`;
  return (await Bun.$`${GLUA} -e ${program}`.text()).trim();
};

const ready = (status: string) => ({
  conditions: [
    { type: 'SubnetsReady', status: 'True', message: 'found' },
    { type: 'Ready', status, message: 'why' },
  ],
});

test.each([
  ['application', undefined, 'Progressing'],
  ['application', {}, 'Progressing'],
  ['application', { health: {} }, 'Progressing'],
  ['application', { health: { status: 'Healthy' } }, 'Healthy'],
  ['application', { health: { status: 'Degraded', message: 'why' } }, 'Degraded\twhy'],
  ['node-class', undefined, 'Progressing\tWaiting for the node class to be ready'],
  ['node-class', { conditions: [] }, 'Progressing\tWaiting for the node class to be ready'],
  ['node-class', ready('Unknown'), 'Progressing\tWaiting for the node class to be ready'],
  ['node-class', ready('True'), 'Healthy\twhy'],
  ['node-class', ready('False'), 'Degraded\twhy'],
])('health of %s with the status %p', async (script, status, health) =>
  expect(await healthOf(script, status)).toBe(health),
);
