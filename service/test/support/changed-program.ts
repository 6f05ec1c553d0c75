import { cpSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { COMMANDS, temporaryFolder } from './server.ts';

const ROOT = resolve(import.meta.dir, '../../..');

/**
 * A copy of the program with other sources; call `remove` when done.
 * @param changes by path in `service/src`
 */
export const changedProgram = (
  changes: Readonly<Record<string, (source: string) => string>>,
): { commands: typeof COMMANDS; remove: () => void } => {
  const { path, remove } = temporaryFolder();
  for (const name of ['service/src', 'package.json', 'tsconfig.json', 'deno.json'])
    cpSync(join(ROOT, name), join(path, name), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(path, 'node_modules'));
  for (const [name, change] of Object.entries(changes)) {
    const file = join(path, 'service/src', name);
    const source = readFileSync(file, 'utf8');
    const changed = change(source);
    if (changed === source) throw new Error(`${name} was not changed`);
    writeFileSync(file, changed);
  }
  const inCopy = (part: string) =>
    part
      .replace(join(ROOT, 'service'), join(path, 'service'))
      .replace(join(ROOT, 'deno.json'), join(path, 'deno.json'));
  const commands = { bun: COMMANDS.bun.map(inCopy), deno: COMMANDS.deno.map(inCopy) };
  return { commands, remove };
};
