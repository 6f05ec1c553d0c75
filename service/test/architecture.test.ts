import { describe, expect, test } from 'bun:test';
import { readFileSync } from 'node:fs';
import { dirname, join, normalize, resolve } from 'node:path';

/**
 * What each file or folder of `src` may import, types too: paths in `src`, packages, and `node:`.
 * A slash at the end means everything below. Of several rows for a file the longest counts.
 */
const MAY_IMPORT: Record<string, readonly string[]> = {
  'greeting/birthday.ts': [],
  'greeting/': ['greeting/'],
  'greeting/model.ts': ['greeting/', '@sinclair/typebox'],
  'greeting/routes.ts': ['greeting/', 'elysia'],
  'stores/': ['greeting/', 'stores/', 'observability/', 'node:'],
  'stores/server/postgresql.ts': ['stores/', 'pg', 'node:'],
  'stores/server/mysql.ts': ['stores/', 'mysql2', 'node:'],
  'observability/': ['observability/', 'version.ts', 'node:'],
  'observability/otlp.ts': ['observability/', 'node:', '@opentelemetry/'],
  'http/': [
    'greeting/',
    'http/',
    'observability/',
    '@sinclair/typebox',
    'elysia',
    'swagger-ui-dist',
  ],
  'http/healthcheck.ts': ['node:'],
  'app.ts': ['greeting/', 'http/', 'observability/', 'elysia'],
  'config.ts': [
    'http/limits.ts',
    'stores/database-url.ts',
    'stores/server/settings.ts',
    'version.ts',
    '@sinclair/typebox',
  ],
  'main.ts': [
    'app.ts',
    'config.ts',
    'greeting/',
    'http/',
    'observability/',
    'stores/',
    'version.ts',
    'node:',
  ],
  'main.deno.ts': ['http/lifecycle.ts', 'main.ts'],
  'version.ts': ['../../package.json'],
  'modules.d.ts': [],
};

/** What each file imports, by its path in `src`. */
type Graph = Readonly<Record<string, readonly string[]>>;

const SOURCE = resolve(import.meta.dir, '../src');

/** The modules that a file imports; those of ours by their path in `src`. */
const importsOf = (file: string, text: string): string[] =>
  [
    ...text.matchAll(/^\s*(?:import|export)\s(?:[^;'"]*\sfrom\s)?\s*['"]([^'"]+)['"]/gm),
    ...text.matchAll(/\b(?:import|require)\(\s*['"]([^'"]+)['"]/g),
  ].map(([, name = '']) => (name.startsWith('.') ? normalize(join(dirname(file), name)) : name));

const readGraph = (): Graph =>
  Object.fromEntries(
    [...new Bun.Glob('**/*.ts').scanSync(SOURCE)].map((file) => [
      file,
      importsOf(file, readFileSync(join(SOURCE, file), 'utf8')),
    ]),
  );

const covers = (rule: string, name: string): boolean =>
  name === rule || name.startsWith(/[/:]$/.test(rule) ? rule : `${rule}/`);

const forbidden = (graph: Graph): string[] =>
  Object.entries(graph).flatMap(([file, imports]) => {
    const [row] = Object.keys(MAY_IMPORT)
      .filter((rule) => covers(rule, file))
      .toSorted((one, other) => other.length - one.length);
    if (row === undefined) return [`${file} has no row`];
    return imports
      .filter((name) => !MAY_IMPORT[row]?.some((rule) => covers(rule, name)))
      .map((name) => `${file} imports ${name}`);
  });

/** The files that import themselves by way of others. */
const cyclic = (graph: Graph): string[] =>
  Object.keys(graph).filter((file) => {
    const reached = new Set<string>();
    const pending = [...(graph[file] ?? [])];
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      if (reached.has(next)) continue;
      reached.add(next);
      pending.push(...(graph[next] ?? []));
    }
    return reached.has(file);
  });

describe('the files of src', () => {
  const graph = readGraph();

  test('import only what their layer may', () => expect(forbidden(graph)).toEqual([]));

  test('import each other without cycles', () => expect(cyclic(graph)).toEqual([]));

  test('are what the rules are about', () => {
    const files = Object.keys(graph);
    const unused = Object.keys(MAY_IMPORT).filter(
      (row) => !files.some((file) => covers(row, file)),
    );
    expect(unused).toEqual([]);
    expect(graph['main.deno.ts']).toEqual(['http/lifecycle.ts', 'main.ts']);
    expect(graph['main.ts']).toContain('stores/open.ts');
    expect(graph['http/openapi-page.ts']).toContain('swagger-ui-dist/swagger-ui.css');
  });
});

describe('the checker', () => {
  for (const [file, name] of [
    ['greeting/birthday.ts', 'greeting/store.ts'],
    ['greeting/service.ts', 'stores/memory.ts'],
    ['greeting/service.ts', 'http/error-response.ts'],
    ['greeting/service.ts', 'observability/log.ts'],
    ['greeting/service.ts', 'elysia'],
    ['greeting/service.ts', '@sinclair/typebox'],
    ['greeting/service.ts', 'node:fs'],
    ['greeting/model.ts', 'elysia'],
    ['greeting/routes.ts', '@sinclair/typebox'],
    ['greeting/routes.ts', 'http/body.ts'],
    ['stores/sqlite.ts', 'http/with-timeout.ts'],
    ['stores/sqlite.ts', 'config.ts'],
    ['stores/migrations/migration.ts', 'http/errors.ts'],
    ['observability/observe.ts', 'greeting/model.ts'],
    ['observability/observe.ts', 'elysia'],
    ['observability/observe.ts', '@opentelemetry/api'],
    ['version.ts', 'config.ts'],
    ['http/health.ts', 'stores/open.ts'],
    ['http/health.ts', 'config.ts'],
    ['http/health.ts', 'app.ts'],
    ['config.ts', 'stores/open.ts'],
    ['config.ts', 'elysia'],
    ['app.ts', 'stores/open.ts'],
    ['app.ts', 'config.ts'],
    ['app.ts', 'main.ts'],
    ['main.ts', 'elysia'],
    ['main.ts', 'main.deno.ts'],
    ['http/health.ts', 'elysia-plugin'],
  ] as const)
    test(`refuses that ${file} imports ${name}`, () =>
      expect(forbidden({ [file]: [name] })).toEqual([`${file} imports ${name}`]));

  test('allows what the rows allow', () => {
    expect(
      forbidden({
        'stores/sqlite.ts': ['node:sqlite', 'greeting/store.ts', 'stores/migrations/migration.ts'],
        'http/openapi.ts': ['@sinclair/typebox/value', 'http/body.ts'],
        'version.ts': ['../../package.json'],
        'main.deno.ts': ['http/lifecycle.ts', 'main.ts'],
      }),
    ).toEqual([]);
  });

  test('refuses a file without a row', () =>
    expect(forbidden({ 'cache/memory.ts': [] })).toEqual(['cache/memory.ts has no row']));

  test('finds cycles, near and far', () => {
    expect(cyclic({ a: ['b'], b: ['c'], c: ['b', 'd'], d: ['elysia'], e: ['e'] })).toEqual([
      'b',
      'c',
      'e',
    ]);
  });

  test('reads every kind of import', () => {
    const text = `
      import a from 'a';
      import type { B } from "./b.ts";
      import {
        c,
        type D,
      } from '../c.ts';
      import 'e';
      import f from './f.sql' with { type: 'text' };
      export * from '../../../package.json';
      const g = await import('g');
      let h: import('./h.ts').H;
      const i = require('i');
    `;
    expect(importsOf('http/file.ts', text)).toEqual([
      'a',
      'http/b.ts',
      'c.ts',
      'e',
      'http/f.sql',
      '../../package.json',
      'g',
      'http/h.ts',
      'i',
    ]);
  });
});
