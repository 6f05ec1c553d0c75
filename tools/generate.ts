/** Writes what is made from other files: service/openapi.json, tables in READMEs, the chart's settings, a copy of its dashboard. */
import { join } from 'node:path';
import { settingsTable } from '../service/src/config.ts';
import { openApiDocument } from '../service/src/http/openapi.ts';
import { valuesSchema, valuesTable } from './helm-values.ts';

const ROOT = join(import.meta.dir, '..');

const TABLE = /(<!-- settings -->\n)[\s\S]*(<!-- \/settings -->)/;
const VALUES = /(<!-- values -->\n)[\s\S]*(<!-- \/values -->)/;

const read = (path: string): Promise<string> => Bun.file(join(ROOT, path)).text();

/** The generated files by path, as they should be. */
export const generatedFiles = async (): Promise<ReadonlyMap<string, string>> => {
  const readme = await read('README.md');
  const chart = await read('helm/hello/README.md');
  const schema = valuesSchema(await read('helm/hello/values.schema.json'));
  const values = valuesTable(await read('helm/hello/values.yaml'), schema);
  return new Map([
    [join(ROOT, 'README.md'), readme.replace(TABLE, `$1${settingsTable()}\n$2`)],
    [join(ROOT, 'service/openapi.json'), `${JSON.stringify(openApiDocument('Hello'), null, 2)}\n`],
    [join(ROOT, 'helm/hello/README.md'), chart.replace(VALUES, `$1${values}\n$2`)],
    [join(ROOT, 'helm/hello/values.schema.json'), schema],
    // Neither Helm nor Kustomize reads a file outside its folder.
    [
      join(ROOT, 'kustomize/components/monitoring/dashboard.json'),
      await read('helm/hello/files/dashboard.json'),
    ],
  ]);
};

if (import.meta.main)
  for (const [path, text] of await generatedFiles()) await Bun.write(path, text);
