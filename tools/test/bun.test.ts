/** Bun and npm take settings from files of the folder that they run in: no change shall bring one. */
import { expect, test } from 'bun:test';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { collect } from '../collect.ts';
import { git } from '../git.ts';

const ROOT = join(import.meta.dir, '../..');

test('no file of variables, of npm or of packages is tracked', async () => {
  const files = (await git(ROOT, 'ls-files')).split('\n');
  expect(files).toContain('bunfig.toml');
  expect(
    files.filter((file) => /(^|\/)(\.env[^/]*|\.npmrc|node_modules)(\/|$)/.test(file)),
  ).toEqual([]);
});

test('programs, scripts and tests see no variables of files', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'hello-variables-'));
  try {
    copyFileSync(join(ROOT, 'bunfig.toml'), join(folder, 'bunfig.toml'));
    for (const name of ['.env', '.env.local', '.env.development', '.env.test'])
      writeFileSync(join(folder, name), 'SIGSTORE_TRUSTED_ROOT=other.json\n');
    const show = 'console.log("root:", process.env.SIGSTORE_TRUSTED_ROOT);';
    writeFileSync(join(folder, 'show.ts'), show);
    writeFileSync(join(folder, 'show.test.ts'), show);
    writeFileSync(join(folder, 'package.json'), '{ "scripts": { "show": "bun show.ts" } }');
    const { SIGSTORE_TRUSTED_ROOT: _, ...env } = process.env;
    for (const words of [['show.ts'], ['run', 'show'], ['test', 'show.test.ts']])
      expect(await collect([process.execPath, ...words], { cwd: folder, env })).toMatchObject({
        output: expect.stringContaining('root: undefined'),
      });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
