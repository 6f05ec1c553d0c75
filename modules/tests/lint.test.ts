import { expect, test } from 'bun:test';
import { join } from 'node:path';

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
