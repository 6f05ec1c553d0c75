import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '../support/server.ts';

let folder: ReturnType<typeof temporaryFolder> | undefined;
let count = 0;

/** A file with this content, there until this process ends. */
export const temporaryFile = (content: string): string => {
  if (!folder) {
    folder = temporaryFolder();
    process.once('exit', folder.remove);
  }
  const path = join(folder.path, String(count++));
  writeFileSync(path, content, { mode: 0o600 });
  return path;
};
