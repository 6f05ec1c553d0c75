import { expect, test } from 'bun:test';
import { LogOutput } from '../src/observability/log-output.ts';

/** An output whose writes the test answers one by one. */
const controlled = () => {
  const writes: { text: string; resolve(taken?: number): void; reject(code: string): void }[] = [];
  const output = new LogOutput((bytes) => {
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    writes.push({
      text: Buffer.from(bytes).toString(),
      resolve: (taken = bytes.length) => resolve(taken),
      reject: (code) => reject(Object.assign(new Error(code), { code })),
    });
    return promise;
  });
  const untilWrites = async (count: number) => {
    while (writes.length < count) await Bun.sleep(1);
  };
  return { output, writes, untilWrites };
};

test('lines that come together are one write, and those that come meanwhile the next', async () => {
  const { output, writes, untilWrites } = controlled();
  output.add('a\n');
  output.add('b\n');
  expect(writes).toHaveLength(0);
  await untilWrites(1);
  output.add('c\n');
  await Bun.sleep(20);
  output.add('d\n');
  expect(writes.map(({ text }) => text)).toEqual(['a\nb\n']);
  writes[0]?.resolve();
  await untilWrites(2);
  expect(writes.map(({ text }) => text)).toEqual(['a\nb\n', 'c\nd\n']);
  expect(output.dropped).toBe(0);
});

test('what a write did not take is written next', async () => {
  const { output, writes, untilWrites } = controlled();
  output.add('grüße\n');
  await untilWrites(1);
  writes[0]?.resolve(2);
  await untilWrites(2);
  expect(writes[1]?.text).toBe('üße\n');
});

test('a full descriptor is tried again, without loss', async () => {
  const { output, writes, untilWrites } = controlled();
  output.add('a\n');
  await untilWrites(1);
  writes[0]?.reject('EAGAIN');
  await untilWrites(2);
  writes[1]?.resolve();
  await output.flush();
  expect(writes.map(({ text }) => text)).toEqual(['a\n', 'a\n']);
  expect(output.dropped).toBe(0);
});

test('the lines of a write that fails are dropped and counted, the next ones written', async () => {
  const { output, writes, untilWrites } = controlled();
  output.add('a\n');
  output.add('b\n');
  await untilWrites(1);
  output.add('c\n');
  writes[0]?.reject('ENOSPC');
  await untilWrites(2);
  expect(output.dropped).toBe(2);
  expect(writes[1]?.text).toBe('c\n');
});

test('without a reader a mebibyte waits, the rest is dropped and counted, and flush gives up', async () => {
  const { output, writes, untilWrites } = controlled();
  output.add('first\n');
  await untilWrites(1);
  const line = `${'x'.repeat(1023)}\n`;
  for (let count = 0; count < 1_500; count++) output.add(line);
  expect(output.dropped).toBe(1_500 - 1_024);
  const begin = performance.now();
  await output.flush();
  expect(performance.now() - begin).toBeGreaterThanOrEqual(990);
  expect(writes).toHaveLength(1);
  writes[0]?.resolve();
  await untilWrites(2);
  expect(writes[1]?.text.length).toBe(1024 * 1024);
});

test('a process that ends takes what is not written, unless a write hangs', async () => {
  const { output } = controlled();
  output.add('a\n');
  expect(output.takeUnwritten()).toBe('a\n');
  expect(output.takeUnwritten()).toBe('');
  const hanging = controlled();
  hanging.output.add('a\n');
  await hanging.untilWrites(1);
  hanging.output.add('b\n');
  expect(hanging.output.takeUnwritten()).toBe('');
});
