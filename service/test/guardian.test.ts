import { expect, test } from 'bun:test';
import { join } from 'node:path';
import { untilGone } from './support/processes.ts';

const GUARDIAN = JSON.stringify(join(import.meta.dir, 'support/guardian.ts'));

/** A process with three children that are guarded, the one in the middle no longer. */
const PROGRAM = `
import { guard } from ${GUARDIAN};
const sleepers = [1, 2, 3].map(() => {
  const { pid } = Bun.spawn(['sleep', '60'], { stdio: ['ignore', 'ignore', 'ignore'] });
  return { pid, release: guard(pid) };
});
sleepers[1].release();
console.log(JSON.stringify(sleepers.map(({ pid }) => pid)));
await Bun.sleep(60_000);
`;

test('what is guarded does not outlive a process that is killed', async () => {
  const parent = Bun.spawn([process.execPath, '-e', PROGRAM], { stdio: ['ignore', 'pipe', 2] });
  const { value } = await parent.stdout.getReader().read();
  const [first, released, last] = JSON.parse(new TextDecoder().decode(value));
  try {
    parent.kill('SIGKILL');
    await untilGone([first, last]);
    expect(() => process.kill(released, 0)).not.toThrow();
  } finally {
    process.kill(released, 'SIGKILL');
  }
}, 30_000);
