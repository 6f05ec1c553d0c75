/** Stands in for `kubectl` where no cluster is: a folder for each context, with a file for each object. */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { parseObjects } from '../../tools/kubernetes/objects.ts';

const { values, positionals } = parseArgs({
  options: {
    context: { type: 'string' },
    namespace: { type: 'string', short: 'n' },
    filename: { type: 'string', short: 'f' },
  },
  allowPositionals: true,
});
const [verb, kinds = '', name] = positionals;
const { CLUSTERS } = process.env;
if (!CLUSTERS || !values.context || values.namespace !== 'hello')
  throw new Error('CLUSTERS, --context or -n hello is missing');
const folder = join(CLUSTERS, values.context);
const fileOf = (kind: string, object = '') =>
  join(folder, `${kind.toLowerCase()}-${object.toLowerCase()}.json`);

if (verb === 'apply' && values.filename === '-') {
  mkdirSync(folder, { recursive: true });
  for (const object of parseObjects(await Bun.stdin.text()))
    await Bun.write(fileOf(object.kind, object.metadata.name), JSON.stringify(object));
} else if (verb === 'delete') {
  for (const kind of kinds.split(',')) rmSync(fileOf(kind, name));
} else throw new Error(`kubectl ${positionals.join(' ')}: only apply -f - and delete are here`);
