/** The tables: what the extractor makes of the packages, and what only a look at all rows shows. */
import { expect, setDefaultTimeout, test } from 'bun:test';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Glob, YAML } from 'bun';
import { type Block, committed, EXTRACTED, renewed } from '../extract/schema.ts';

// Packages are fetched the first time.
setDefaultTimeout(600_000);

const HERE = join(import.meta.dir, '..');
const FILES = [...new Glob('facts/*.yaml').scanSync(HERE)].filter(
  (file) => !file.endsWith('references.yaml'),
);

interface Row {
  source: string;
  defaults?: Record<string, unknown>;
  replace?: string[];
  computed?: Record<string, unknown>;
  refuse?: { if: string; error: string; source: string }[];
}

const rows = async (): Promise<[string, Row][]> => {
  const tables = FILES.map(async (file) => YAML.parse(await Bun.file(join(HERE, file)).text()));
  return (await Promise.all(tables)).flatMap((table) =>
    Object.entries(table as Record<string, Row>),
  );
};

const schemas = new Map(EXTRACTED.map((provider) => [provider, committed(provider)]));

test('the extractor makes the schema facts that are committed', async () => {
  const { stdout, exitCode } = Bun.spawnSync([join(HERE, 'extract/extract'), 'fetch'], {
    stderr: 'inherit',
  });
  expect(exitCode).toBe(0);
  for (const [provider, schema] of schemas)
    expect(renewed(stdout.toString().trim(), provider)).toEqual(schema);
});

test('every row has a source, and names what the schema has', async () => {
  for (const [name, row] of await rows()) {
    const type = name.replace('data.', '');
    const provider = type.split('_')[0] as string;
    expect(row.source, name).toMatch(
      provider === 'aws'
        ? /^(internal\/service|https:\/\/docs\.aws\.amazon\.com)\//
        : /^(internal\/provider|kubernetes|helm)\//,
    );
    const schema = schemas.get(provider);
    const blocks = type === name ? schema?.resource_schemas : schema?.data_source_schemas;
    const block = blocks?.[type]?.block as Block;
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

test('the extractor makes the values and calls that are committed', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'hello-facts-'));
  for (const part of ['facts', 'stand-in']) mkdirSync(join(folder, part));
  const command = [join(HERE, 'extract/extract'), 'values', folder];
  expect(Bun.spawnSync(command, { stderr: 'inherit' }).exitCode).toBe(0);
  for (const file of ['facts/values.json', 'stand-in/operations.json']) {
    expect(await Bun.file(join(folder, file)).text()).toBe(await Bun.file(join(HERE, file)).text());
  }
  rmSync(folder, { recursive: true });
});

test("the extractor makes AWS's policies that are committed", async () => {
  const folder = mkdtempSync(join(tmpdir(), 'hello-policies-'));
  const file = join(folder, 'policies.json');
  const command = [join(HERE, 'extract/extract'), 'policies', file];
  expect(Bun.spawnSync(command, { stderr: 'inherit' }).exitCode).toBe(0);
  const committed = join(HERE, '../../modules/tests/managed-policies.json');
  expect(await Bun.file(file).text()).toBe(await Bun.file(committed).text());
  rmSync(folder, { recursive: true });
});
