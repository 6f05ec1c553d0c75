/**
 * Keeps the plans of a review for the apply: `bun tools/plan/keep.ts ENVIRONMENT FOLDER`, as tools/plan/affected.ts leaves
 * them in FOLDER. A plan of the same code that is kept already stays: nobody puts another in the place of a reviewed one.
 */
import { join } from 'node:path';
import { Glob } from 'bun';
import { openStore, planKeys } from './store.ts';

const ROOT = join(import.meta.dir, '../..');

const [environment, folder, ...others] = process.argv.slice(2);
if (!environment || !folder || others.length > 0) {
  console.error('usage: bun tools/plan/keep.ts ENVIRONMENT FOLDER');
  process.exit(2);
}
const [store, key] = [await openStore(ROOT, environment), await planKeys(ROOT)];
for (const file of new Glob(`${environment}/**/*.json`).scanSync({ cwd: folder })) {
  const unit = file.replace(/\.json$/, '');
  const kept = await store.writeOnce(key(unit), await Bun.file(join(folder, file)).text());
  console.log(`${unit}: ${kept ? 'kept' : 'the plan of an earlier review of this code stays'}`);
}
