/** Writes what is made from code: the tables in README.md, docs/operations.md and the modules' READMEs, and service/openapi.json. */
import { join } from 'node:path';
import { settingsTable } from '../service/src/config.ts';
import { openApiDocument } from '../service/src/http/openapi.ts';
import { metricsTable } from '../service/src/observability/metrics.ts';
import { builtVersion } from '../service/src/version.ts';
import { moduleReadmes } from './module-tables.ts';

const ROOT = join(import.meta.dir, '..');

/** The generated files by path, as they should be. */
export const generatedFiles = async (): Promise<ReadonlyMap<string, string>> =>
  new Map([
    await withTable('README.md', 'settings', settingsTable()),
    await withTable('docs/operations.md', 'metrics', metricsTable()),
    [
      join(ROOT, 'service/openapi.json'),
      `${JSON.stringify(openApiDocument('Hello', builtVersion.version), null, 2)}\n`,
    ],
    ...(await moduleReadmes()),
  ]);

/** A page and its text with a table between the marks `<!-- name -->` and `<!-- /name -->`. */
const withTable = async (page: string, name: string, table: string): Promise<[string, string]> => {
  const path = join(ROOT, page);
  const marks = new RegExp(`(<!-- ${name} -->\n)[\\s\\S]*(<!-- /${name} -->)`);
  return [path, (await Bun.file(path).text()).replace(marks, `$1${table}\n$2`)];
};

if (import.meta.main)
  for (const [path, text] of await generatedFiles()) await Bun.write(path, text);
