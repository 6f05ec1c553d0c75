import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LIMIT, plantTree, type Tree } from '../../../live/test/tree.ts';
import { callIn } from './call.ts';

setDefaultTimeout(LIMIT);

let tree: Tree;
beforeAll(async () => {
  tree = await plantTree();
});
afterAll(() => tree[Symbol.asyncDispose]());

const call = async (...words: readonly string[]) => {
  const { status, output, errors } = await callIn(tree, {}, ...words);
  return { status, errors, output, headings: output.match(/^### .*$/gm) };
};

test('the units of one environment that a change reaches are planned', async () => {
  await tree.edit('modules/shared/dns/main.tf', (text) => `# Changed.\n${text}`);
  const planned = await call('tools/plan/affected.ts', 'dev', 'HEAD', 'build/plans');
  expect(planned).toMatchObject({
    status: 0,
    errors: '',
    headings: [expect.stringMatching(/^### dev\/global\/shared\/dns: \d+ to create$/)],
  });
  expect(planned.output).toStartWith('<!-- plan-dev -->\n## Plan of dev\n');
  expect(await Bun.file(join(tree.folder, 'build/plans/summary.md')).text()).toBe(planned.output);
  await tree.git('restore', '.');
});

test('drift is looked for in every unit', async () => {
  mkdirSync(join(tree.folder, 'build/bin'), { recursive: true });
  const gh = join(tree.folder, 'build/bin/gh');
  writeFileSync(gh, '#!/bin/sh\n[ "$2" != list ] || echo "[]"\n');
  chmodSync(gh, 0o755);
  const drift = await call('tools/plan/drift.ts', 'dev/global/app', 'live', 'build/plans');
  expect(drift.headings?.toSorted()).toEqual([
    '### dev/global/app/alarms: waits',
    '### dev/global/app/record: waits',
  ]);
});
