/** The tables of inputs and outputs in the README of each module, made of its variables.tf and outputs.tf. */
import { dirname, join } from 'node:path';
import { Glob } from 'bun';
import { withSection } from './section.ts';

const ROOT = join(import.meta.dir, '..');

/** A block as `tofu fmt` lays it out: its name, and its body up to the brace at the start of a line. */
const BLOCK = /^(?:variable|output) "(\w+)" \{\n([\s\S]*?)^\}/gm;

/** What an argument is set to, on one line; what opens on its line ends at the next bracket that is indented like it. */
const argument = (body: string, name: string): string | undefined =>
  new RegExp(`^  ${name} += (.*[^({[\\n]$|[\\s\\S]*?\\n  [)}\\]]+$)`, 'm')
    .exec(body)?.[1]
    ?.replaceAll(/(?<=[({[])\s*\n\s*|\s*\n\s*(?=[)}\]])/g, ' ')
    .replaceAll(/,?\s*\n\s*/g, ', ')
    .replaceAll(/ +/g, ' ');

const blocks = async (file: string) =>
  [...(await Bun.file(file).text()).matchAll(BLOCK)].map(([, name = '', body = '']) => ({
    name,
    description: JSON.parse(argument(body, 'description') ?? '""') as string,
    type: argument(body, 'type')?.replaceAll('|', '\\|'),
    default: argument(body, 'default'),
  }));

/** The READMEs of the modules by path, as they should be. */
export const moduleReadmes = async (): Promise<ReadonlyMap<string, string>> => {
  const readmes = new Map<string, string>();
  for (const file of new Glob('modules/*/*/variables.tf').scanSync({ cwd: ROOT, absolute: true })) {
    const inputs = (await blocks(file)).map(
      (input) =>
        `| \`${input.name}\` | ${input.description} | \`${input.type}\` | ${input.default === undefined ? 'required' : `\`${input.default}\``} |`,
    );
    const outputs = (await blocks(join(dirname(file), 'outputs.tf'))).map(
      ({ name, description }) => `| \`${name}\` | ${description} |`,
    );
    const tables = [
      ...['| input | meaning | type | default |', '|---|---|---|---|', ...inputs, ''],
      ...['| output | meaning |', '|---|---|', ...outputs],
    ].join('\n');
    const readme = join(dirname(file), 'README.md');
    readmes.set(readme, withSection(await Bun.file(readme).text(), 'inputs and outputs', tables));
  }
  return readmes;
};
