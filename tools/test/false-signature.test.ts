/**
 * The commands of the runbook of a false signature, as its page has them, on registries of the simulated account and a stand-in of
 * GitHub's program.
 */
import { expect, test } from 'bun:test';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openShell, readSteps } from '../../live/test/runbook.ts';
import { Account } from '../aws-simulation/stand-in/account.ts';
import { BRANCH } from '../promote/branch.ts';

const ROOT = join(import.meta.dir, '../..');
const ACCOUNT = '123456789012';
const REGIONS = ['eu-west-1', 'eu-central-1'];
const [GOOD, BAD] = ['a', 'b'].map((digit) => `sha256:${digit.repeat(64)}`) as [string, string];

const steps = readSteps(readFileSync(join(ROOT, 'docs/runbooks/false-signature.md'), 'utf8'));

test('the workflow that signs is off until main is mended, its runs end, and its proposal is closed', async () => {
  expect(steps.map(({ title }) => title.split('.')[0])).toEqual(['1', '3', '4', '5']);
  const [stop = '', , , enable = ''] = steps.flatMap(({ blocks }) => blocks);
  const folder = mkdtempSync(join(tmpdir(), 'hello-signature-'));
  try {
    // Stands in for GitHub's program: notes how it is called, and knows a run that builds and one that waits.
    writeFileSync(
      join(folder, 'gh'),
      `#!/bin/sh
case "$*" in
  *' in_progress '*) echo 7 ;;
  *' waiting '*) echo 8 ;;
  'run list '*) ;;
  *) echo "$*" >> calls ;;
esac
`,
      { mode: 0o755 },
    );
    using shell = openShell(folder, { PATH: `${folder}:${process.env.PATH}` });
    await shell.run(stop);
    await shell.run(enable);
    expect(readFileSync(join(folder, 'calls'), 'utf8').trim().split('\n')).toEqual([
      'workflow disable image.yaml',
      'run cancel 7',
      'run cancel 8',
      `pr close ${BRANCH}`,
      'workflow enable image.yaml',
    ]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('what was pushed is listed by its day, and a bad image is gone in every region', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'hello-registry-'));
  try {
    const registries = REGIONS.map((region) => new Account(folder, ACCOUNT, region));
    for (const registry of registries)
      for (const [id, tag, day] of [
        [BAD, 'fedcba', '2026-11-22'],
        [GOOD, 'abcdef', '2026-11-21'],
      ] as const)
        registry.put({
          ...{ type: 'image', id, region: registry.region },
          attributes: { repository: 'hello/service', tags: [tag], pushed_at: `${day}T10:00:00Z` },
        });

    const [, find = '', remove = ''] = steps.flatMap(({ blocks }) => blocks);
    using shell = openShell(folder, {
      ...{ AWS_SIMULATION_ACCOUNTS: folder, AWS_SIMULATION_ACCOUNT_ID: ACCOUNT },
      PATH: `${join(ROOT, 'tools/aws-simulation/stand-in')}:${process.env.PATH}`,
    });
    expect((await shell.run(find)).trim().split('\n')).toEqual([
      `2026-11-21T10:00:00Z\t${GOOD}\tabcdef`,
      `2026-11-22T10:00:00Z\t${BAD}\tfedcba`,
    ]);
    await shell.run(remove.replace('sha256:…', BAD));
    for (const registry of registries)
      expect(registry.find('image').map(({ id }) => id)).toEqual([GOOD]);
  } finally {
    rmSync(folder, { recursive: true });
  }
}, 60_000);
