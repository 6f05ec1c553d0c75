import { statSync } from 'node:fs';
import type { Figure } from './goals.ts';
import type { LineUp } from './line-up.ts';
import { spreadOf } from './statistics.ts';

/** What is shipped against the runtime in it. */
export const measureSize = ({ executable }: LineUp): Figure => ({
  name: 'size: the executable (the image adds the C library and certificates) / Bun’s own',
  goal: { is: 'at most', limit: 1.15 },
  spread: spreadOf([statSync(executable).size / statSync(process.execPath).size]),
});
