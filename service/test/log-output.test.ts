import { expect, test } from 'bun:test';
import { LogOutput } from '../src/observability/log-output.ts';

const turn = () => new Promise(setImmediate);

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
  return { output, writes };
};

test('the lines of a turn of the event loop are one write, and those that come meanwhile the next', async () => {
  const { output, writes } = controlled();
  output.add('a\n');
  output.add('b\n');
  expect(writes).toHaveLength(0);
  await turn();
  output.add('c\n');
  output.add('d\n');
  await turn();
  expect(writes.map(({ text }) => text)).toEqual(['a\nb\n']);
  writes[0]?.resolve();
  await turn();
  expect(writes.map(({ text }) => text)).toEqual(['a\nb\n', 'c\nd\n']);
  expect(output.dropped).toBe(0);
});

test('what a write did not take is written next', async () => {
  const { output, writes } = controlled();
  output.add('grüße\n');
  await turn();
  writes[0]?.resolve(2);
  await turn();
  expect(writes[1]?.text).toBe('üße\n');
});

test('a full descriptor is tried again, without loss', async () => {
  const { output, writes } = controlled();
  output.add('a\n');
  await turn();
  writes[0]?.reject('EAGAIN');
  while (writes.length < 2) await Bun.sleep(1);
  writes[1]?.resolve();
  await output.flush();
  expect(writes.map(({ text }) => text)).toEqual(['a\n', 'a\n']);
  expect(output.dropped).toBe(0);
});

test('the lines of a write that fails are dropped and counted, the next ones written', async () => {
  const { output, writes } = controlled();
  output.add('a\n');
  output.add('b\n');
  await turn();
  output.add('c\n');
  writes[0]?.reject('ENOSPC');
  await turn();
  expect(output.dropped).toBe(2);
  expect(writes[1]?.text).toBe('c\n');
});

test('without a reader a mebibyte waits, the rest is dropped and counted, and flush gives up', async () => {
  const { output, writes } = controlled();
  output.add('first\n');
  await turn();
  const line = `${'x'.repeat(1023)}\n`;
  for (let count = 0; count < 1_500; count++) output.add(line);
  expect(output.dropped).toBe(1_500 - 1_024);
  const begin = performance.now();
  await output.flush();
  expect(performance.now() - begin).toBeGreaterThanOrEqual(990);
  expect(writes).toHaveLength(1);
  writes[0]?.resolve();
  await turn();
  expect(writes[1]?.text.length).toBe(1024 * 1024);
});

test('a process that ends takes what is not written, unless a write hangs', async () => {
  const { output } = controlled();
  output.add('a\n');
  expect(output.takeUnwritten()).toBe('a\n');
  expect(output.takeUnwritten()).toBe('');
  const hanging = controlled().output;
  hanging.add('a\n');
  await turn();
  hanging.add('b\n');
  expect(hanging.takeUnwritten()).toBe('');
});
