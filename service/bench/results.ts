import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withSection } from '../../tools/section.ts';

const FILE = join(import.meta.dir, 'RESULTS.md');

const HEAD =
  '# What was measured\n\nWritten by the scripts beside this file: `make bench` measures all of it.\n';

/** Replaces one section of RESULTS.md. */
export const writeResults = (section: string, lines: readonly string[]): void => {
  const before = existsSync(FILE) ? readFileSync(FILE, 'utf8') : HEAD;
  writeFileSync(FILE, withResults(before, section, lines));
};

/** The same document with a section replaced, or added at the end. */
export const withResults = (
  document: string,
  section: string,
  lines: readonly string[],
): string => {
  const begin = `<!-- ${section} -->`;
  const whole = document.includes(begin)
    ? document
    : `${document}\n${begin}\n<!-- /${section} -->\n`;
  return withSection(whole, section, lines.join('\n'));
};
