import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type GuardedFolder, guardedFolder } from '../support/guarded-folder.ts';

let folder: GuardedFolder | undefined;
let count = 0;

/** A file with this content, there until this process ends. */
export const temporaryFile = (content: string): string => {
  folder ??= guardedFolder();
  const path = join(folder.path, String(count++));
  writeFileSync(path, content, { mode: 0o600 });
  return path;
};
