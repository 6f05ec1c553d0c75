import { expect, test } from 'bun:test';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { collect } from '../../tools/collect.ts';
import { rehearse } from '../../tools/rehearsal.ts';

const COMPARE = 'service/bench/compare.ts';

test('a comparison with a commit that is none ends with 1, before anything is made', async () => {
  const compare = (...words: readonly string[]) =>
    collect([process.execPath, join(import.meta.dir, '../..', COMPARE), ...words]);
  expect(await compare('nonsense', 'build/benchmark.md')).toEqual({
    status: 1,
    output: '',
    errors: expect.stringContaining('nonsense'),
  });
  expect(await compare('HEAD')).toMatchObject({ status: 2 });
}, 60_000);

test.skipIf(!process.env.LONG)(
  'a slower commit is told from the one before (two minutes; LONG=1)',
  async () => {
    await using clone = await rehearse();
    // Its own packages, as a clone has them.
    rmSync(join(clone.folder, 'node_modules'));
    expect(await clone.bun(['install', '--frozen-lockfile'])).toMatchObject({ status: 0 });
    await clone.edit('service/src/greeting/service.ts', (text) =>
      text.replace(
        '  const dateOfBirth = await store.find(username);',
        'Array.from({ length: 5_000 }, (_, index) => Math.sqrt(index)).sort();\n$&',
      ),
    );
    await clone.commit('Waste time');
    const { status, output, errors } = await clone.bun([COMPARE, 'HEAD~1', 'build/benchmark.md'], {
      BENCH_ROUNDS: '6',
      BENCH_SECONDS: '1',
    });
    expect({ status, errors }).toMatchObject({ status: 0 });
    expect(`${await Bun.file(join(clone.folder, 'build/benchmark.md')).text()}\n`).toBe(output);
    // Greetings a second tell nothing on a machine that others load.
    expect(output).toMatch(/processor a `GET` .*\*\*worse\*\*/);
    expect(readdirSync(join(clone.folder, 'build'))).toEqual(['benchmark.md']);
    expect(await clone.git('worktree', 'list')).not.toContain('\n');
  },
  600_000,
);
