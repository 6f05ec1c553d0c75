/**
 * The code of the modules that ours call: copied from checkouts, or stand-ins made of recorded interfaces.
 *
 *     bun tools/aws-simulation/sources.ts copy FOLDER   # `make modules FROM=FOLDER`
 *     bun tools/aws-simulation/sources.ts record        # writes stand-ins.json after a change of versions
 */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { Glob } from 'bun';
import { askRegistry } from './modules.ts';
import recorded from './stand-ins.json';

const ROOT = join(import.meta.dir, '../..');

/** Where checkouts are kept, as `<name>/<version>/`. */
export const MODULE_SOURCES = join(
  process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'),
  'hello/terraform-aws-modules',
);

/** A call of a module of terraform-aws-modules: `folder` is empty, or that of a submodule such as `modules/vpc-endpoints`. */
interface Call {
  name: string;
  version: string;
  folder: string;
}

/** What callers see of a module: types as Terraform writes them; a variable without `required` may be left out. */
interface Interface {
  variables: Record<string, { type: string; required?: true; sensitive?: true; ephemeral?: true }>;
  /** `text`, `list` or `map`. */
  outputs: Record<string, string>;
}

/** The calls in `modules/`, each once, and those in the cached code of what is called. */
export async function moduleCalls(): Promise<Call[]> {
  const calls = new Map<string, Call>();
  const find = async (folder: string, pattern: string): Promise<void> => {
    for (const file of existsSync(folder) ? new Glob(pattern).scanSync({ cwd: folder }) : []) {
      for (const call of callsIn(await Bun.file(join(folder, file)).text())) {
        const path = pathOf(call);
        if (calls.has(path)) continue;
        calls.set(path, call);
        await find(join(MODULE_SOURCES, path), '*.tf');
      }
    }
  };
  await find(join(ROOT, 'modules'), '**/*.tf');
  return [...calls.values()].sort((a, b) => Bun.inspect(a).localeCompare(Bun.inspect(b)));
}

const pathOf = ({ name, version, folder }: Call): string => join(name, version, folder);

const callsIn = (text: string): Call[] =>
  [
    ...text.matchAll(
      /source\s*= "terraform-aws-modules\/([\w-]+)\/aws(?:\/\/([\w/-]+))?"\s*\n\s*version\s*= "([\d.]+)"/g,
    ),
  ].map(([, name = '', folder = '', version = '']) => ({ name, version, folder }));

/** The registry that is asked for modules which aren't in the cache: MODULE_REGISTRY, empty for none. */
export const MODULE_REGISTRY = process.env.MODULE_REGISTRY ?? 'https://registry.terraform.io';

/** The modules whose code is neither in the cache nor within reach, as `name version`. */
export async function missingSources(): Promise<string[]> {
  const absent = await uncached();
  const [first = ''] = absent;
  const reached =
    first && (await askRegistry(MODULE_REGISTRY, `${first.split(' ')[0]}/aws/versions`));
  return reached ? [] : absent;
}

async function uncached(): Promise<string[]> {
  // What uncached code calls, only the record tells.
  const paths = [...(await moduleCalls()).map(pathOf), ...Object.keys(recorded)];
  const modules = new Set(paths.map((path) => path.split('/').slice(0, 2).join('/')));
  return [...modules]
    .filter((module) => !existsSync(join(MODULE_SOURCES, module)))
    .map((module) => module.replace('/', ' '));
}

/** A hash of what decides what modules make: their code, and in it the versions of what they call. */
export async function codeHash(root = ROOT): Promise<string> {
  const hash = new Bun.CryptoHasher('sha256');
  for (const file of [...new Glob('modules/**/*.tf').scanSync({ cwd: root })].sort())
    hash.update(`${file}\n${await Bun.file(join(root, file)).text()}`);
  return hash.digest('hex').slice(0, 16);
}

/** Copies what our modules call into the cache: from folders `<name>/<version>` or from git repositories `…terraform-aws-<name>…`. */
async function copy(from: string): Promise<void> {
  if (!existsSync(from))
    throw new Error(`FROM is ${from}, which is no folder: name one that exists`);
  const all = await uncached();
  if (all.length === 0) console.log('every module is in the cache');
  let found = 0;
  for (const missing of all) {
    const [name = '', version = ''] = missing.split(' ');
    const repositories = readdirSync(from)
      .filter((entry) => entry.replace(/\.git$/, '').endsWith(`terraform-aws-${name}`))
      .flatMap((entry) => [join(from, entry), join(from, entry, 'repo')]);
    const target = join(MODULE_SOURCES, name, version);
    mkdirSync(join(MODULE_SOURCES, name), { recursive: true });
    const aside = mkdtempSync(`${target}.`);
    const copied =
      (await shell(`cp -R '${join(from, name, version)}/.' '${aside}'`)) ||
      (await anyOf(repositories, (git) =>
        shell(`git -C '${git}' archive v${version} | tar x -C '${aside}'`),
      ));
    if (copied) renameSync(aside, target);
    else rmSync(aside, { recursive: true });
    found += Number(copied);
    console.log(`${missing}: ${copied ? `copied to ${target}` : `not in ${from}`}`);
  }
  if (all.length > 0 && found === 0)
    throw new Error(
      `${from} has none of them: name the folder that holds <name>/<version>, such as kms/4.2.0, or clones of terraform-aws-<name> with their tags`,
    );
}

async function anyOf<Item>(
  items: Item[],
  test: (item: Item) => Promise<boolean>,
): Promise<boolean> {
  for (const item of items) if (await test(item)) return true;
  return false;
}

const shell = async (command: string): Promise<boolean> =>
  (await Bun.spawn(['bash', '-o', 'pipefail', '-c', command], {
    stdio: ['ignore', 'ignore', 'ignore'],
  }).exited) === 0;

/** Records the interface of every module that ours call, and of those that these call. */
export async function interfaces(): Promise<Record<string, Interface>> {
  const all: Record<string, Interface> = {};
  for (const path of (await moduleCalls()).map(pathOf)) {
    const read = async (file: string) =>
      blocks(await Bun.file(join(MODULE_SOURCES, path, file)).text());
    all[path] = {
      variables: Object.fromEntries((await read('variables.tf')).map(variable)),
      outputs: Object.fromEntries((await read('outputs.tf')).map(output)),
    };
  }
  return all;
}

type Block = [label: string, argumentsText: Record<string, string>];

/** The blocks of a formatted file: label, and arguments at the first level with their text. */
const blocks = (text: string): Block[] =>
  [...text.matchAll(/^(?:variable|output) "([\w-]+)" {\n([\s\S]*?)\n}/gm)].map(
    ([, label = '', body = '']) => [
      label,
      Object.fromEntries(
        [...body.matchAll(/^ {2}(\w+)\s*= ([\s\S]*?)(?=\n {2}[\w#]|$(?![\s\S]))/gm)].map(
          ([, key, value]) => [key, value?.trim()],
        ),
      ),
    ],
  );

const variable = ([label, { type = 'any', default: value, ...flags }]: Block) => [
  label,
  {
    type,
    ...(value === undefined && { required: true }),
    ...(flags.sensitive === 'true' && { sensitive: true }),
    ...(flags.ephemeral === 'true' && { ephemeral: true }),
  },
];

const output = ([label, { value = '' }]: Block) => {
  const isList =
    /^\[|\[\*\]|^(compact|concat|flatten|tolist|toset)\(/.test(value) || /, \[\]\)$/.test(value);
  const isMap = /^{|, {}\)$|^(merge|zipmap)\(/.test(value) || /^(aws|module)\.?[\w.]*$/.test(value);
  return [label, isList ? 'list' : isMap ? 'map' : 'text'];
};

/** Writes a module for every recorded interface: it takes the variables, has the outputs, and makes nothing. */
export function writeStandIns(folder: string): void {
  for (const [path, { variables, outputs }] of Object.entries(
    recorded as Record<string, Interface>,
  )) {
    mkdirSync(join(folder, path), { recursive: true });
    writeFileSync(
      join(folder, path, 'main.tf'),
      [
        ...Object.entries(variables).map(
          ([name, { type, required, sensitive = false, ephemeral = false }]) =>
            `variable "${name}" {\n  type = ${type}\n  sensitive = ${sensitive}\n  ephemeral = ${ephemeral}${required ? '' : '\n  default = null'}\n}`,
        ),
        ...Object.entries(outputs).map(
          ([name, kind]) => `output "${name}" {\n  value = ${standIn(name, kind)}\n}`,
        ),
      ].join('\n'),
    );
  }
}

/** A value that shows where it came from and that code which takes ARNs apart can read. */
const standIn = (name: string, kind: string): string => {
  const text = (suffix = '') =>
    name.includes('arn')
      ? `arn:aws:stand-in:eu-west-1:123456789012:${name}${suffix}`
      : `stand-in-${name}${suffix}`;
  if (kind === 'list') return JSON.stringify([text('-1'), text('-2'), text('-3')]);
  return kind === 'map' ? '{}' : JSON.stringify(text());
};

if (import.meta.main) {
  const [command, from] = process.argv.slice(2);
  if (command === 'copy' && from)
    await copy(from).catch(({ message }) => {
      console.error(message);
      process.exit(2);
    });
  else if (command === 'record') {
    const text = `${JSON.stringify(await interfaces(), null, 1)}\n`;
    writeFileSync(join(import.meta.dir, 'stand-ins.json'), text);
  } else {
    console.error('usage: sources.ts copy FOLDER | record');
    process.exit(2);
  }
}
