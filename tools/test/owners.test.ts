import { expect, test } from 'bun:test';
import { join } from 'node:path';
import { git } from '../git.ts';
import { filesOf } from '../promote/environment.ts';
import { SIGNER } from '../promote/signature.ts';

const ROOT = join(import.meta.dir, '../..');

const rules = (await Bun.file(join(ROOT, '.github/CODEOWNERS')).text())
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((line) => {
    const [pattern = '', ...owners] = line.split(' ');
    return { pattern, owners };
  });

/** Patterns here are `*`, a file or a folder from the root: GitHub knows more. */
const covers = (pattern: string, file: string): boolean =>
  pattern === '*' ||
  `/${file}` === pattern ||
  (pattern.endsWith('/') && `/${file}`.startsWith(pattern));

/** The last rule that covers a file says whose it is. */
const ownersOf = (file: string): readonly string[] =>
  rules.findLast(({ pattern }) => covers(pattern, file))?.owners ?? [];

test('what prod runs has owners, what dev runs has none', () => {
  for (const file of filesOf('prod')) expect(ownersOf(file)).toEqual(['@example/platform']);
  for (const file of filesOf('dev')) expect(ownersOf(file)).toEqual([]);
  expect(ownersOf('.github/CODEOWNERS')).toEqual(['@example/platform']);
  expect(ownersOf('service/src/app.ts')).toEqual(['@example/maintainers']);
});

test('each rule covers a file', async () => {
  const files = (await git(ROOT, 'ls-files', '--cached', '--others', '--exclude-standard')).split(
    '\n',
  );
  const idle = rules.filter(({ pattern }) => !files.some((file) => covers(pattern, file)));
  expect(idle).toEqual([]);
});

test('SECURITY.md verifies by the identity that promotions ask for', async () => {
  expect(await Bun.file(join(ROOT, 'SECURITY.md')).text()).toContain(
    `--certificate-identity ${SIGNER} `,
  );
});
