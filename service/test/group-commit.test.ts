import { expect, test } from 'bun:test';
import { setImmediate } from 'node:timers/promises';
import { GroupCommit } from '../src/stores/group-commit.ts';

test('while the database is busy, queries of later turns wait for the next try and add none', async () => {
  let attempts = 0;
  let isBusy = true;
  const queue = new GroupCommit<number, number>(
    (body) => {
      attempts++;
      if (isBusy) throw new Error('busy');
      return body();
    },
    (input) => input,
    () => true,
  );
  const begin = performance.now();
  const answers = [queue.add(0)];
  while (attempts === 0) await setImmediate();
  const turns = 50;
  for (let turn = 1; turn < turns; turn++) {
    answers.push(queue.add(turn));
    await setImmediate();
  }
  // One in 10 ms, which a timer may miss by one.
  expect(attempts).toBeLessThanOrEqual(2 + (performance.now() - begin) / 9);
  isBusy = false;
  expect(await Promise.all(answers)).toEqual(Array.from({ length: turns }, (_, turn) => turn));
});
