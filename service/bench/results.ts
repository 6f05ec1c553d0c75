import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const FILE = join(import.meta.dir, 'RESULTS.md');

const HEAD =
  '# What was measured\n\nWritten by the scripts beside this file: `make bench` measures all of it.\n';

/** Replaces one section of RESULTS.md. */
export const writeResults = (section: string, lines: readonly string[]): void => {
  const before = existsSync(FILE) ? readFileSync(FILE, 'utf8') : HEAD;
  writeFileSync(FILE, withSection(before, section, lines));
};

/** A document with a section replaced, or added at the end. */
export const withSection = (
  document: string,
  section: string,
  lines: readonly string[],
): string => {
  const [begin, end] = [`<!-- ${section} -->`, `<!-- /${section} -->`];
  const text = [begin, ...lines, end].join('\n');
  const start = document.indexOf(begin);
  if (start === -1) return `${document}\n${text}\n`;
  return document.slice(0, start) + text + document.slice(document.indexOf(end) + end.length);
};
