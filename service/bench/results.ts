import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const FILE = join(import.meta.dir, 'RESULTS.md');

const HEAD = '# What was measured\n\nWritten by the scripts beside this file.\n';

/** Replaces one section of RESULTS.md. */
export const writeResults = (section: string, lines: readonly string[]): void => {
  const [begin, end] = [`<!-- ${section} -->`, `<!-- /${section} -->`];
  const before = existsSync(FILE) ? readFileSync(FILE, 'utf8') : HEAD;
  const text = [begin, ...lines, end].join('\n');
  const start = before.indexOf(begin);
  const after =
    start === -1
      ? `${before}\n${text}\n`
      : before.slice(0, start) + text + before.slice(before.indexOf(end) + end.length);
  writeFileSync(FILE, after);
};
