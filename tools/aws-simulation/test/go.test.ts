/** Go's own checks of the provider. */
import { expect, setDefaultTimeout, test } from 'bun:test';
import { join } from 'node:path';

setDefaultTimeout(600_000);

const HERE = join(import.meta.dir, '..');
const run = (...command: string[]) => {
  const { stdout, stderr, exitCode } = Bun.spawnSync(command, { cwd: HERE, stdin: 'ignore' });
  return { exitCode, output: stdout.toString() + stderr.toString() };
};

test('the code is formatted and go vet finds nothing', () => {
  expect(run('gofmt', '-l', '.')).toEqual({ exitCode: 0, output: '' });
  expect(run('go', 'vet', './...').exitCode).toBe(0);
});

test('every expression and pattern of the tables can be read, and a run is served what it needs', () => {
  const { exitCode, output } = run('go', 'test', './facts', './provider');
  expect(output.match(/^ok/gm)).toHaveLength(2);
  expect(exitCode).toBe(0);
});
