import { copyFileSync, existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ARCHITECTURES, type Architecture } from './architecture.ts';
import { cachedFolder } from './cache.ts';
import { run, UnavailableError } from './run.ts';

/** Where the version of Bun is pinned, with the hash of each architecture's package. */
const PINNED = resolve(import.meta.dir, '../../tools/bun');

/**
 * Bun's licence and those of what it links: WebKit's JavaScriptCore, TinyCC and others. BoringSSL's, libarchive's, ICU's
 * and the like have no name of their own here: https://bun.com/docs/project/license
 */
export const BUN_LICENCE =
  'MIT AND LGPL-2.0-or-later AND LGPL-2.1-or-later AND Apache-2.0 AND BSD-2-Clause AND BSD-3-Clause AND Zlib';

/** The package of Bun for an architecture, and its SHA-512 in hexadecimal, as they are pinned. */
export const bunPackageFor = (architecture: Architecture): { name: string; sha512: string } => {
  const name = ARCHITECTURES[architecture].bunPackage;
  const { packages } = JSON.parse(readFileSync(join(PINNED, 'package-lock.json'), 'utf8'));
  const integrity: string = packages[`node_modules/${name}`].integrity;
  return { name, sha512: Buffer.from(integrity.replace('sha512-', ''), 'base64').toString('hex') };
};

/** Whether what runs this was installed by tools/bun/bun, which asks npm for the pinned hash. */
const isPinned = process.execPath.includes(`/hello/bun-${Bun.version}/node_modules/`);

/** The pinned Bun for Linux on an architecture: what runs this, or from npm. Another one of that version may have other bytes. */
export const bunFor = async (architecture: Architecture): Promise<string> => {
  const { bun } = ARCHITECTURES[architecture];
  if (process.platform === 'linux' && process.arch === bun && isPinned) return process.execPath;
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
