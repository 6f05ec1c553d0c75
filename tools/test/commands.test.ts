/** Every command in the pages about delivery is run by a test, or stands here with the reason why none does. */
import { describe, expect, test } from 'bun:test';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { testFiles } from '../parts.ts';

const ROOT = join(import.meta.dir, '../..');

const PAGES = [
  'SECURITY.md',
  'docs/delivery.md',
  'docs/delivery-setup.md',
  'docs/gitops.md',
  'docs/runbooks/false-signature.md',
  'docs/runbooks/misused-role.md',
  'docs/runbooks/roll-back.md',
  'docs/runbooks/stuck-sync.md',
] as const;

/** What commands begin with. */
const PROGRAMS =
  /^(argocd|aws|bun|cosign|docker|gh|git|helm|kubectl|kustomize|make|openssl|rekor-cli|terragrunt|tofu|tools\/\S+) /;

/** The tests that run the blocks of a section as they stand there; those of other sections are commands of Bun. */
const SECTIONS: readonly { page: (typeof PAGES)[number]; titles: RegExp; by: string }[] = [
  { page: 'SECURITY.md', titles: /^Verify/, by: 'tools/release/test/publish.test.ts' },
  { page: 'docs/delivery.md', titles: /^(Promote|Release)$/, by: 'tools/test/delivery.test.ts' },
  {
    ...{ page: 'docs/runbooks/false-signature.md', titles: /^\d/ },
    by: 'tools/test/false-signature.test.ts',
  },
  { page: 'docs/runbooks/roll-back.md', titles: /^[12]/, by: 'tools/test/delivery.test.ts' },
  { page: 'docs/runbooks/roll-back.md', titles: /^3/, by: 'gitops/test/roll-back.test.ts' },
  { page: 'docs/gitops.md', titles: /^Roles$/, by: 'service/test/databases/tls.test.ts' },
  {
    ...{ page: 'docs/runbooks/misused-role.md', titles: /^\d/ },
    by: 'tools/test/misused-role.test.ts',
  },
  { page: 'docs/runbooks/stuck-sync.md', titles: /^\d/, by: 'gitops/test/stuck-sync.test.ts' },
];

/** Commands in sentences: what runs them, or why nothing does. */
const OTHERS: readonly { readonly command: RegExp; readonly by: string }[] = [
  { command: /^make test( PART=\w+)?$/, by: 'this run' },
  { command: /^make image$/, by: 'the workflow image, whose files service/test/image looks at' },
  { command: /^cosign verify-attestation /, by: 'tools/release/test/publish.test.ts' },
  { command: /^git revert COMMIT$/, by: 'tools/promote/test/promote.test.ts' },
  { command: /^bun run update-image$/, by: "it asks Debian's servers" },
  { command: /^tools\/crane\/crane digest /, by: 'tools/release/test/publish.test.ts' },
  {
    command: /^gh attestation verify /,
    by: "it asks GitHub, which keeps its workflows' provenance",
  },
  { command: /^aws eks update-kubeconfig /, by: 'it is about a cluster that runs' },
  { command: /^aws s3 cp \S+\/applied -$/, by: 'tools/plan/test/deliver.test.ts' },
  { command: /^bun install$/, by: 'who runs this did' },
  { command: /^git fetch$/, by: 'tools/test/delivery.test.ts' },
  { command: /^gh workflow run \S+$/, by: 'tools/test/workflows.test.ts' },
  { command: /^cd \S+ && terragrunt output /, by: 'live/test/settings.test.ts' },
  { command: /^kubectl describe$/, by: 'its objects are those of the moment' },
  { command: /^kubectl -n argocd get pods$/, by: 'the pods of Argo CD are in no stand-in' },
];

interface Command {
  readonly page: (typeof PAGES)[number];
  readonly text: string;
  /** Of the block that it stands in. */
  readonly section?: string;
}

const BLOCK = /^```(\w*)\n([\s\S]*?)^```$/gm;

const commands: readonly Command[] = PAGES.flatMap((page) =>
  readFileSync(join(ROOT, page), 'utf8')
    .split(/^## /m)
    .flatMap((text) => {
      const [section = ''] = text.split('\n');
      const lines = [...text.matchAll(BLOCK)]
        .filter(([, language]) => language === 'sh')
        .flatMap(([, , block = '']) => block.replaceAll(/\\\n\s*/g, '').split('\n'))
        .map((line) => line.replace(/\s+#.*/, ''))
        .filter(Boolean);
      const spans = [...text.replaceAll(BLOCK, '').matchAll(/`([^`]+)`/g)]
        .map(([, span = '']) => span.replaceAll(/\s+/g, ' '))
        .filter((span) => PROGRAMS.test(span));
      return [
        ...lines.map((line) => ({ page, text: line, section })),
        ...spans.map((span) => ({ page, text: span })),
      ];
    }),
);

const tests = new Map(
  await Promise.all(
    (await testFiles()).map(
      async (file): Promise<[string, string]> => [file, await Bun.file(join(ROOT, file)).text()],
    ),
  ),
);

/** Whether a test names the program of the repository that a command of Bun starts, by its file or its script. */
const isTested = (command: string): boolean => {
  const [, file = ''] = /^bun (?:\S+\/)?([\w-]+\.ts)\b/.exec(command) ?? [];
  const [, script = ''] = /^bun run (\S+)/.exec(command) ?? [];
  return [...tests.values()].some(
    (text) => (file && text.includes(`${file}'`)) || (script && text.includes(`run('${script}'`)),
  );
};

const isKnown = ({ page, text, section }: Command): boolean =>
  OTHERS.some(({ command }) => command.test(text)) ||
  SECTIONS.some((one) => one.page === page && one.titles.test(section ?? '')) ||
  isTested(text);

describe('the commands of', () => {
  test.each(PAGES)('%s are run by tests', (page) => {
    const own = commands.filter((command) => command.page === page);
    expect(own.length).toBeGreaterThan(0);
    expect(own.filter((command) => !isKnown(command)).map(({ text }) => text)).toEqual([]);
  });
});

test('the tests that run the blocks of a page read it', () => {
  for (const { page, by } of SECTIONS) expect(tests.get(by)).toContain(page.replace('docs/', ''));
});

test('nothing is named that no page has any more', () => {
  for (const { command, by } of OTHERS) {
    expect({ by, isThere: commands.some(({ text }) => command.test(text)) }).toEqual({
      by,
      isThere: true,
    });
    if (by.endsWith('.ts')) expect([...tests.keys()]).toContain(by);
  }
});
