import { open } from 'node:fs/promises';

/** The lines of a file, with those that are still to come until something has ended. */
export async function* follow(path: string, ended: Promise<unknown>): AsyncGenerator<string> {
  let isWhole = false;
  ended.then(() => {
    isWhole = true;
  });
  await using file = await open(path);
  const decoder = new TextDecoder();
  let rest = '';
  for (;;) {
    const isLast = isWhole;
    const { bytesRead, buffer } = await file.read();
    if (bytesRead === 0 && isLast) break;
    if (bytesRead === 0) await Bun.sleep(50);
    const lines = (rest + decoder.decode(buffer.subarray(0, bytesRead), { stream: true })).split(
      '\n',
    );
    rest = lines.pop() ?? '';
    yield* lines;
  }
  if (rest) yield rest;
}
