import { expect, test } from 'bun:test';
import { readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { git } from '../git.ts';
import { filesOf } from '../promote/environment.ts';
import { covers, ownersOf, rulesOf } from '../promote/owners.ts';
import { SIGNER } from '../promote/signature.ts';
import { workflows } from '../workflows.ts';

const ROOT = join(import.meta.dir, '../..');

const rules = rulesOf(await Bun.file(join(ROOT, '.github/CODEOWNERS')).text());

/** The team that approves what runs in production. */
const PLATFORM = ownersOf(rules, '.github/CODEOWNERS');

test('what prod runs has owners, what dev runs has none', () => {
  expect(PLATFORM).toEqual([expect.stringMatching(/^@[\w-]+\/[\w-]+$/)]);
  for (const file of filesOf('prod')) expect(ownersOf(rules, file)).toEqual(PLATFORM);
  for (const file of filesOf('dev')) expect(ownersOf(rules, file)).toEqual([]);
  for (const file of ['service/src/app.ts', 'CHANGELOG.md'])
    expect(ownersOf(rules, file)).not.toEqual([]);
});

test('each rule covers a file', async () => {
  const files = (await git(ROOT, 'ls-files', '--cached', '--others', '--exclude-standard')).split(
    '\n',
  );
  const idle = rules.filter(({ pattern }) => !files.some((file) => covers(pattern, file)));
  expect(idle).toEqual([]);
});

/** The files that a file names: those that it imports, and the tools that it calls by their path. */
const namedIn = (file: string): string[] => {
  const text = file.endsWith('.ts') ? readFileSync(join(ROOT, file), 'utf8') : '';
  const imported = new Bun.Transpiler({ loader: 'ts' })
    .scanImports(text)
    .filter(({ path }) => path.startsWith('.'))
    .map(({ path }) => join(dirname(file), path));
  const called = [...text.matchAll(/'(?:\.\.\/)?(\w+\/\w+)'/g)]
    .map(([, tool = '']) => join('tools', tool))
    .filter((tool) => statSync(join(ROOT, tool), { throwIfNoEntry: false })?.isFile());
  return [...imported, ...called];
};

/** The repository's files that a program is made of. */
const partsOf = (program: string): string[] => {
  const found = new Set([program]);
  for (const file of found) for (const part of namedIn(file)) found.add(part);
  return [...found];
};

/** What `make` and Bun read in every job, and what `make image` and `bun run build` start. */
const READ = ['Makefile', 'package.json', 'bun.lock', 'bunfig.toml', 'tsconfig.json'];
const STARTED = ['service/image/build.ts', 'tools/lambda.ts'];

test("what jobs with rights run is the platform's", async () => {
  const commands = [...(await workflows()).values()]
    .flatMap(({ workflow }) => Object.values(workflow.jobs))
    .filter(({ permissions = {} }) => Object.values(permissions).includes('write'))
    .flatMap(({ steps = [] }) => steps.map(({ run = '' }) => run));
  const called = commands.flatMap((command) => command.match(/\btools\/[\w./-]+/g) ?? []);
  const parts = [...new Set([...READ, ...STARTED, ...called].flatMap(partsOf))];
  for (const part of ['cosign/cosign', 'helm/helm', 'kustomize/kustomize', 'kubernetes/render.ts'])
    expect(parts).toContain(`tools/${part}`);
  expect(parts.filter((file) => !Bun.deepEquals(ownersOf(rules, file), PLATFORM))).toEqual([]);
});

test('SECURITY.md verifies by the identity that promotions ask for', async () => {
  expect(await Bun.file(join(ROOT, 'SECURITY.md')).text()).toContain(
    `--certificate-identity ${SIGNER} `,
  );
});
