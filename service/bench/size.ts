import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import type { Figure } from './goals.ts';
import { IMAGE } from './line-up.ts';
import { spreadOf } from './statistics.ts';

/** The files of the image against the runtime in it. */
export const measureSize = (): Figure => {
  const files = [...new Bun.Glob('**/*').scanSync({ cwd: IMAGE, dot: true, onlyFiles: false })]
    .map((file) => lstatSync(join(IMAGE, file)))
    .filter((file) => file.isFile());
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  return {
    name: 'size: the image / Bun’s own executable',
    goal: { is: 'at most', limit: 1.15 },
    spread: spreadOf([bytes / lstatSync(process.execPath).size]),
  };
};
