/** Writes what is made from code: tables in the READMEs and service/openapi.json. */
import { join } from 'node:path';
import { settingsTable } from '../service/src/config.ts';
import { openApiDocument } from '../service/src/http/openapi.ts';
import { moduleReadmes } from './module-tables.ts';

const ROOT = join(import.meta.dir, '..');

const TABLE = /(<!-- settings -->\n)[\s\S]*(<!-- \/settings -->)/;

/** The generated files by path, as they should be. */
export const generatedFiles = async (): Promise<ReadonlyMap<string, string>> => {
  const readme = await Bun.file(join(ROOT, 'README.md')).text();
  return new Map([
    [join(ROOT, 'README.md'), readme.replace(TABLE, `$1${settingsTable()}\n$2`)],
    [join(ROOT, 'service/openapi.json'), `${JSON.stringify(openApiDocument('Hello'), null, 2)}\n`],
    ...(await moduleReadmes()),
  ]);
};

if (import.meta.main)
  for (const [path, text] of await generatedFiles()) await Bun.write(path, text);
