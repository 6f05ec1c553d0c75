import { expect, test } from 'bun:test';
import { dirname, join } from 'node:path';
import { Glob } from 'bun';

const ROOT = join(import.meta.dir, '../..');

const run = (command: readonly string[], environment: Record<string, string> = {}) => {
  const { exitCode, stdout, stderr } = Bun.spawnSync([...command], {
    cwd: ROOT,
    env: { ...process.env, ...environment },
  });
  return { exitCode, output: `${stdout}${stderr}` };
};

// Either may have to be built first.
const LIMIT_MILLISECONDS = 900_000;

test(
  'the code of the modules is laid out as OpenTofu does',
  () => {
    const { exitCode, output } = run(
      ['tools/opentofu/tofu', 'fmt', '-check', '-diff', '-recursive', 'modules'],
      // A configuration that is named but missing would be a warning.
      { TF_CLI_CONFIG_FILE: '/dev/null' },
    );
    expect({ exitCode, output }).toEqual({ exitCode: 0, output: '' });
  },
  LIMIT_MILLISECONDS,
);

test(
  'TFLint finds nothing',
  () => {
    const { exitCode, output } = run([
      ...['tools/tflint/tflint', '--chdir=modules', '--recursive', '--format=compact'],
      `--config=${join(ROOT, 'modules/.tflint.hcl')}`,
    ]);
    expect({ exitCode, output }).toEqual({ exitCode: 0, output: '' });
  },
  LIMIT_MILLISECONDS,
);

/** What modules have by copy, since a module stands alone: what has the same name has the same text. */
const COPIED: readonly (readonly [name: string, pattern: RegExp])[] = [
  ['provider in the region', /^data "aws_region" "provider" {.*?^}/ms],
  ['provider in the account', /^data "aws_caller_identity" "provider" {.*?^}/ms],
  ...[
    'account_id',
    'key_deletion_days',
    'log_retention_days',
    'permissions_boundary_arn',
    'region',
  ].map(
    (name) =>
      [
        `first validation of ${name}`,
        new RegExp(`(?<=^variable "${name}" {[^}]*?)^  validation {.*?^  }`, 'ms'),
      ] as const,
  ),
];

/** What differs all the same, with the reason. */
const DIFFERENT: Readonly<Record<string, string>> = {
  'modules/shared/state: first validation of log_retention_days':
    'its log lies in a bucket, which ends objects after any number of days',
  'modules/shared/dns: first validation of region': 'it stands in one region only',
  'modules/shared/edge: first validation of region': 'it stands in one region only',
};

test('what modules have by copy is the same in each', async () => {
  const texts = new Map<string, Map<string, string[]>>();
  for await (const file of new Glob('modules/{app,shared}/*/*.tf').scan(ROOT)) {
    const text = await Bun.file(join(ROOT, file)).text();
    for (const [name, pattern] of COPIED) {
      const [found] = pattern.exec(text) ?? [];
      if (!found || `${dirname(file)}: ${name}` in DIFFERENT) continue;
      const copies = texts.getOrInsertComputed(name, () => new Map());
      copies.set(found, [...(copies.get(found) ?? []), dirname(file)]);
    }
  }
  expect([...texts.keys()].sort()).toEqual(COPIED.map(([name]) => name).sort());
  const different = [...texts].filter(([, copies]) => copies.size > 1);
  expect(Object.fromEntries(different.map(([name, copies]) => [name, [...copies]]))).toEqual({});
});
