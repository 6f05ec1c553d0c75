import { copyFileSync, existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ARCHITECTURES, type Architecture } from './architecture.ts';
import { cachedFolder } from './cache.ts';
import { run, UnavailableError } from './run.ts';

/** Where the version of Bun is pinned, with the hash of each architecture's package. */
const PINNED = resolve(import.meta.dir, '../../tools/bun');

/** The pinned Bun for Linux on an architecture; from npm when it isn't the one that runs this. */
export const bunFor = async (architecture: Architecture): Promise<string> => {
  const { bun } = ARCHITECTURES[architecture];
  if (process.platform === 'linux' && process.arch === bun) return process.execPath;
  const folder = await cachedFolder(`bun-${Bun.version}-linux-${bun}`, async (aside) => {
    console.error(`Fetching Bun ${Bun.version} for Linux on ${bun} from npm`);
    for (const file of ['package.json', 'package-lock.json'])
      copyFileSync(join(PINNED, file), join(aside, file));
    await run(
      [
        ...['npm', 'ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'],
        ...['--os=linux', `--cpu=${bun}`, '--libc=glibc'],
      ],
      aside,
    ).catch((error: Error) => {
      throw new UnavailableError(`can't fetch Bun for Linux on ${bun} (${error.message})`);
    });
  });
  const [file] = new Bun.Glob('node_modules/@oven/bun-linux-*/bin/bun').scanSync({
    cwd: folder,
    absolute: true,
  });
  if (!file || !existsSync(file)) throw new Error(`${folder} lacks Bun: remove it and try again`);
  return file;
};
