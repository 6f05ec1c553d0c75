/** Writes what is made from other files: service/openapi.json, tables in pages and the modules' READMEs, the chart's settings, a copy of its dashboard. */
import { join } from 'node:path';
import { settingsTable } from '../service/src/config.ts';
import { openApiDocument } from '../service/src/http/openapi.ts';
import { metricsTable } from '../service/src/observability/metrics.ts';
import { builtVersion } from '../service/src/version.ts';
import { tradeOffTables } from './cost/trade-offs.ts';
import { valuesSchema, valuesTable } from './helm-values.ts';
import { moduleReadmes } from './module-tables.ts';
import { withSection } from './section.ts';

const ROOT = join(import.meta.dir, '..');

const read = (path: string): Promise<string> => Bun.file(join(ROOT, path)).text();

/** The generated files by path, as they should be. */
export const generatedFiles = async (): Promise<ReadonlyMap<string, string>> => {
  const schema = valuesSchema(await read('helm/hello/values.schema.json'));
  const values = valuesTable(await read('helm/hello/values.yaml'), schema);
  const openApi = openApiDocument({ title: 'Hello', version: builtVersion.version });
  return new Map([
    await withTable('README.md', 'settings', settingsTable()),
    await withTable('docs/operations.md', 'metrics', metricsTable()),
    await withTable('helm/hello/README.md', 'values', values),
    await withTables('docs/trade-offs.md', await tradeOffTables()),
    [join(ROOT, 'service/openapi.json'), `${JSON.stringify(openApi, null, 2)}\n`],
    [join(ROOT, 'helm/hello/values.schema.json'), schema],
    // Neither Helm nor Kustomize reads a file outside its folder.
    [
      join(ROOT, 'kustomize/components/monitoring/dashboard.json'),
      await read('helm/hello/files/dashboard.json'),
    ],
    ...(await moduleReadmes()),
  ]);
};

/** A page and its text with tables between the marks `<!-- name -->` and `<!-- /name -->` of each. */
const withTables = async (
  page: string,
  tables: Readonly<Record<string, string>>,
): Promise<[string, string]> => {
  const text = Object.entries(tables).reduce(
    (before, [name, table]) => withSection(before, name, table),
    await read(page),
  );
  return [join(ROOT, page), text];
};

const withTable = (page: string, name: string, table: string) =>
  withTables(page, { [name]: table });

if (import.meta.main)
  for (const [path, text] of await generatedFiles()) await Bun.write(path, text);
