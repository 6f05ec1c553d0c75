import { existsSync, lstatSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Figure } from './goals.ts';
import type { LineUp } from './line-up.ts';
import { spreadOf } from './statistics.ts';

/** The files of the image, as `make image` leaves them. */
const IMAGE = resolve(
  import.meta.dir,
  `../../build/image/root-${process.arch === 'x64' ? 'amd64' : process.arch}`,
);

/** What is shipped against the runtime in it: the image, or the executable alone where no image was made. */
export const measureSize = ({ executable }: LineUp): Figure => {
  const hasImage = existsSync(IMAGE);
  const bytes = hasImage ? sizeOf(IMAGE) : lstatSync(executable).size;
  return {
    name: `size: ${hasImage ? 'the image' : 'the executable (`make image` was not run)'} / Bun’s own executable`,
    goal: { is: 'at most', limit: 1.15 },
    spread: spreadOf([bytes / lstatSync(process.execPath).size]),
  };
};

/** Bytes of all files in a folder. */
const sizeOf = (folder: string): number =>
  [...new Bun.Glob('**/*').scanSync({ cwd: folder, dot: true, onlyFiles: false })]
    .map((file) => lstatSync(join(folder, file)))
    .reduce((sum, file) => sum + (file.isFile() ? file.size : 0), 0);
