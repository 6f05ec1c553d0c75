/** The tables: what the extractor makes of the packages, and what only a look at all rows shows. */
import { expect, setDefaultTimeout, test } from 'bun:test';
import { join } from 'node:path';
import { YAML } from 'bun';
import api from '../extract/api.json';
import { type Block, committed, renewed } from '../extract/schema.ts';
import values from '../facts/values.json';
import operations from '../stand-in/operations.json';

// Packages are fetched the first time.
setDefaultTimeout(600_000);

const HERE = join(import.meta.dir, '..');
const FILES = ['network', 'identity', 'database', 'compute', 'data'];

interface Row {
  source: string;
  defaults?: Record<string, unknown>;
  replace?: string[];
  computed?: Record<string, unknown>;
  refuse?: { if: string; error: string; source: string }[];
}

const rows = async (): Promise<[string, Row][]> => {
  const tables = FILES.map(async (file) =>
    YAML.parse(await Bun.file(join(HERE, `facts/${file}.yaml`)).text()),
  );
  return (await Promise.all(tables)).flatMap((table) =>
    Object.entries(table as Record<string, Row>),
  );
};

const schema = committed();

test('the extractor makes the schema facts that are committed', async () => {
  const { stdout, exitCode } = Bun.spawnSync([join(HERE, 'extract/extract'), 'fetch'], {
    stderr: 'inherit',
  });
  expect(exitCode).toBe(0);
  expect(renewed(stdout.toString().trim())).toEqual(schema);
});

test('every row has a source, and names what the schema has', async () => {
  for (const [name, row] of await rows()) {
    expect(row.source, name).toMatch(/^(internal\/service|https:\/\/docs\.aws\.amazon\.com)\//);
    const schemas = name.startsWith('data.') ? schema.data_source_schemas : schema.resource_schemas;
    const block = schemas[name.replace('data.', '')]?.block as Block;
    const names = [
      ...Object.keys(block?.attributes ?? {}),
      ...Object.keys(block?.block_types ?? {}),
    ];
    const used = [
      ...(row.replace ?? []),
      ...Object.keys(row.computed ?? {}),
      ...Object.keys(row.defaults ?? {}),
    ];
    for (const argument of used)
      expect(names, `${name}.${argument}`).toContain(argument.split('.')[0] as string);
  }
});

test('every rule tells an error and a page or file of AWS', async () => {
  for (const [name, { refuse = [] }] of await rows()) {
    for (const rule of refuse) {
      expect(rule.error, name).toBeTruthy();
      expect(rule.source, name).toMatch(/^(internal\/service|https:\/\/docs\.aws\.amazon\.com)\//);
    }
  }
});

test('values and calls are those that api.json asks for', () => {
  expect(Object.keys(values)).toEqual(Object.keys(api.types).sort());
  const calls = Object.entries(api.calls).flatMap(([service, names]) =>
    names.map((name) => `${service}.${name}`),
  );
  expect(Object.keys(operations.calls)).toEqual(calls.sort());
});
