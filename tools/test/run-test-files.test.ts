import { afterAll, beforeAll, describe, expect, spyOn, test } from 'bun:test';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runTestFiles, type TestRun } from '../run-test-files.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'run-test-files-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const run = async (
  files: Readonly<Record<string, string>>,
  interval?: number,
): Promise<{ result: TestRun; printed: string }> => {
  for (const [name, source] of Object.entries(files))
    writeFileSync(join(folder, name), `import { test } from 'bun:test';\n${source}`);
  const lines: string[] = [];
  const log = spyOn(console, 'log').mockImplementation((line) => lines.push(line));
  try {
    const command = [process.execPath, 'test', ...Object.keys(files).map((name) => `./${name}`)];
    const result = await runTestFiles('part', command, { folder, interval });
    return { result, printed: lines.join('\n') };
  } finally {
    log.mockRestore();
  }
};

describe('runTestFiles', () => {
  test('counts tests, and names those that fail or are skipped with their file', async () => {
    const { result } = await run({
      'one.test.ts': `test('passes', () => {}); test('fails & <prints>', () => { throw new Error('broken'); });`,
      'two.test.ts': `test.skip('is skipped', () => {}); test.todo('comes later'); test('passes', () => {});`,
    });

    expect(result).toEqual({
      passed: 2,
      failed: ['one.test.ts: fails & <prints>'],
      skipped: ['two.test.ts: is skipped', 'two.test.ts: comes later'],
    });
  });

  test('prints the output of a file with a failed test, and no test that passes', async () => {
    const { printed } = await run({
      'one.test.ts': `test('passes', () => {}); test('fails', () => { console.log('on the way'); throw new Error('broken'); });`,
      'two.test.ts': `test('passes as well', () => {});`,
    });

    expect(printed).toContain('one.test.ts:\n');
    expect(printed).toContain('on the way');
    expect(printed).toContain('error: broken');
    expect(printed).not.toContain('(pass)');
    expect(printed).not.toContain('two.test.ts:\n');
  });

  test('prints how far the run is while a test runs', async () => {
    const { printed } = await run(
      {
        'one.test.ts': `test('passes', () => {});`,
        'two.test.ts': `test('waits', () => Bun.sleep(1000));`,
      },
      50,
    );

    expect(printed).toMatch(/^part: 1 tests, 0 failed, \d+ s, two\.test\.ts$/m);
    expect(printed).toMatch(/^part: 2 tests, 0 failed, \d+ s, two\.test\.ts$/m);
  });

  test('reports a file that fails outside its tests', async () => {
    const { result } = await run({ 'one.test.ts': `import './missing.ts';` });

    expect(result.failed).toEqual(['one.test.ts: an error outside its tests']);
  });

  test('reports a run that ends in the middle', async () => {
    const { result } = await run({
      'one.test.ts': `test('passes', () => {}); test('ends the run', () => process.kill(process.pid, 'SIGKILL'));`,
    });

    expect(result.failed).toEqual(['part: bun test ended with SIGKILL in one.test.ts']);
  });

  test('reports a process that a test left behind', async () => {
    const { result, printed } = await run({
      'one.test.ts': `test('leaves a process', () => {
        const child = Bun.spawn(['sleep', '600'], { stdio: ['ignore', 'inherit', 'inherit'] });
        child.unref();
        console.log('pid ' + child.pid);
      });`,
    });
    process.kill(Number(/pid (\d+)/.exec(printed)?.[1]));

    expect(result.failed).toEqual([
      'part: a process that a test started still runs after the last test',
    ]);
  }, 30_000);
});
