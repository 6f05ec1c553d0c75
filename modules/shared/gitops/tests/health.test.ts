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
const healthOf = async (script: string, status?: unknown, spec = {}): Promise<string> => {
  const file = join(import.meta.dir, `../health/${script}.lua`);
  const program = `obj = ${table(status === undefined ? { spec } : { spec, status })}; local health = dofile("${file}"); print(health.status, health.message)`;
  return (await Bun.$`${GLUA} -e ${program}`.text()).trim();
};

const ready = (status: string) => ({
  conditions: [
    { type: 'SubnetsReady', status: 'True', message: 'found' },
    { type: 'Ready', status, message: 'why' },
  ],
});

/** An application that says it is well, at a version. */
const healthy = (version: string, more: object = {}) => ({
  health: { status: 'Healthy' },
  sync: { status: 'Synced', comparedTo: { source: { targetRevision: version } } },
  operationState: { phase: 'Succeeded' },
  ...more,
});

test.each([
  ['what it is asked for is there', healthy('2'), 'Healthy'],
  ['nobody has compared the new version yet', healthy('1'), 'Progressing'],
  ['it differs', healthy('2', { sync: { status: 'OutOfSync' } }), 'Progressing'],
  ['it is synced', healthy('2', { operationState: { phase: 'Running' } }), 'Progressing'],
  ['its sync failed', healthy('2', { operationState: { phase: 'Failed' } }), 'Progressing'],
])('health of an application of which %s', async (_what, status, health) =>
  expect(await healthOf('application', status, { source: { targetRevision: '2' } })).toBe(health),
);

test.each([
  ['application', undefined, 'Progressing'],
  ['application', {}, 'Progressing'],
  ['application', { health: {} }, 'Progressing'],
  ['application', { health: { status: 'Healthy' } }, 'Progressing'],
  ['application', { health: { status: 'Degraded', message: 'why' } }, 'Degraded\twhy'],
  ['node-class', undefined, 'Progressing\tWaiting for the node class to be ready'],
  ['node-class', { conditions: [] }, 'Progressing\tWaiting for the node class to be ready'],
  ['node-class', ready('Unknown'), 'Progressing\tWaiting for the node class to be ready'],
  ['node-class', ready('True'), 'Healthy\twhy'],
  ['node-class', ready('False'), 'Degraded\twhy'],
])('health of %s with the status %p', async (script, status, health) =>
  expect(await healthOf(script, status)).toBe(health),
);
