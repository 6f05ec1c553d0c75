import { expect, test } from 'bun:test';
import { Settings } from '../src/config.ts';
import { misspelt } from '../src/misspelt.ts';

const NAMES = Object.keys(Settings.properties);

test.each([
  ['DATABSE_URL', 'DATABASE_URL'],
  ['PROT', 'PORT'],
  ['DATABASE_URLS', 'DATABASE_URL'],
  ['LOG-LEVEL', 'LOG_LEVEL'],
  ['HOSR', 'HOST'],
])('%s is taken for %s', (name, meant) => {
  expect(misspelt({ [name]: 'x' }, NAMES)).toEqual([
    `${name} is no setting and has no effect: was ${meant} meant?`,
  ]);
});

test('settings, and what a system has in its environment, are not', () => {
  const system = ['HOME', 'PATH', 'HOSTNAME', 'HELLO_PORT', 'KUBERNETES_SERVICE_PORT', 'PWD', 'TZ'];
  const environment = Object.fromEntries([...NAMES, ...system].map((name) => [name, 'x']));
  expect(misspelt(environment, NAMES)).toEqual([]);
});
