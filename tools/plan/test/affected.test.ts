import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LIMIT, plantTree, type Tree } from '../../../live/test/tree.ts';
import { callIn } from './call.ts';

setDefaultTimeout(LIMIT);

const AFFECTED = ['tools/plan/affected.ts', 'dev', 'HEAD', 'build/plans'];

let tree: Tree;
beforeAll(async () => {
  tree = await plantTree();
});
afterAll(() => tree[Symbol.asyncDispose]());

const call = async (words: readonly string[], settings: Record<string, string> = {}) => {
  const { status, output, errors } = await callIn(tree, settings, ...words);
  return { status, errors, output, headings: output.match(/^### .*$/gm) };
};

test('the units of one environment that a change reaches are planned', async () => {
  await tree.edit('modules/shared/dns/main.tf', (text) => `# Changed.\n${text}`);
  const commit = await tree.git('commit-tree', 'HEAD^{tree}', '-m', 'Another');
  const planned = await call(AFFECTED, { PLANNED: commit });
  expect(planned).toMatchObject({
    status: 0,
    errors: '',
    headings: [expect.stringMatching(/^### dev\/global\/shared\/dns: \d+ to create$/)],
  });
  expect(planned.output).toStartWith(
    `<!-- plan-dev -->\n## Plan of dev at ${commit.slice(0, 7)}\n`,
  );
  expect(await Bun.file(join(tree.folder, 'build/plans/summary.md')).text()).toBe(planned.output);
  await tree.git('restore', '.');
  const head = (await tree.git('rev-parse', 'HEAD')).slice(0, 7);
  expect(await call(AFFECTED)).toMatchObject({
    status: 0,
    output: expect.stringContaining(`## Plan of dev at ${head}\n`),
    headings: null,
  });
});

test('drift is looked for in every unit', async () => {
  mkdirSync(join(tree.folder, 'build/bin'), { recursive: true });
  const gh = join(tree.folder, 'build/bin/gh');
  writeFileSync(gh, '#!/bin/sh\n[ "$2" != list ] || echo "[]"\n');
  chmodSync(gh, 0o755);
  const drift = await call(['tools/plan/drift.ts', 'dev/global/app', 'live', 'build/plans']);
  expect(drift.headings?.toSorted()).toEqual([
    '### dev/global/app/alarms: waits',
    '### dev/global/app/record: waits',
  ]);
});
