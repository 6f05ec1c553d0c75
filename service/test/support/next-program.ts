import { cpSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { temporaryFolder } from './server.ts';

const ROOT = resolve(import.meta.dir, '../../..');

/** A copy of the program that has a migration more; call `remove` when done. */
export const nextProgram = () => {
  const { path, remove } = temporaryFolder();
  for (const name of ['service/src', 'package.json', 'tsconfig.json'])
    cpSync(join(ROOT, name), join(path, name), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(path, 'node_modules'));
  for (const dialect of ['postgresql', 'mysql']) {
    const index = join(path, 'service/src/stores/migrations', dialect, 'index.ts');
    const source = readFileSync(index, 'utf8');
    const version = source.match(/version: \d+/g)?.length ?? 0;
    const sql = 'alter table birthday add column note text';
    const further = `  { version: ${version + 1}, name: 'add_note', sql: '${sql}' },\n];`;
    writeFileSync(index, source.replace('];', further));
  }
  return { command: [process.execPath, join(path, 'service/src/main.ts')], remove };
};
