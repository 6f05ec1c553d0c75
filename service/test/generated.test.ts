import { expect, test } from 'bun:test';
import { relative } from 'node:path';
import { generatedFiles } from '../../tools/generate.ts';

for (const [path, text] of await generatedFiles())
  test(`${relative('.', path)} is current; otherwise run: bun run generate`, async () => {
    expect(await Bun.file(path).text()).toBe(text);
  });
