/** Packs the Lambda functions; `bun run build` writes each beside its folder, as `<folder>.zip`. */
import { join } from 'node:path';
import { zipSync } from 'fflate';

const ROOT = join(import.meta.dir, '..');

/** Folders with an `index.ts` that exports `handler`. */
export const FUNCTIONS = [
  'modules/app/database/rotation',
  'modules/shared/alerting/troubleshooting',
  'modules/shared/edge/rotation',
  'modules/shared/edge/unavailable',
];

/** Before any zone's offset, this is the first date that a zip archive knows. */
const EPOCH = new Date(1980, 0, 1);

/**
 * The archive of a function: `index.mjs` with all that it imports. The same sources give the same bytes.
 * The AWS SDK is in it too, although the runtime brings one: what was tested is what runs, whenever AWS updates theirs.
 * @throws Error when it can't be bundled
 */
export const packFunction = async (folder: string): Promise<Uint8Array> => {
  const { outputs } = await Bun.build({
    entrypoints: [join(ROOT, folder, 'index.ts')],
    target: 'node',
    format: 'esm',
    minify: { whitespace: true, syntax: true },
  });
  const [output, ...others] = outputs;
  if (!output || others.length > 0) throw new Error(`${folder} makes ${outputs.length} files`);
  return zipSync({ 'index.mjs': [new Uint8Array(await output.arrayBuffer()), { mtime: EPOCH }] });
};

/** Packs all of them, each beside its folder in a repository; the archives with their bytes. */
export const packFunctions = async (repository: string): Promise<Map<string, number>> => {
  const archives = new Map<string, number>();
  for (const folder of FUNCTIONS) {
    const file = `${folder}.zip`;
    archives.set(file, await Bun.write(join(repository, file), await packFunction(folder)));
  }
  return archives;
};

if (import.meta.main)
  for (const [file, bytes] of await packFunctions(ROOT))
    console.log(`${file}: ${Math.round(bytes / 1000)} kB`);
