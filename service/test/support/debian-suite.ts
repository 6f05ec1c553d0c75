import { chmodSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { startApt } from '../../image/apt.ts';
import { ownArchitecture } from '../../image/architecture.ts';
import { cachedFolder } from '../../image/cache.ts';
import { run } from '../../image/run.ts';

/**
 * Packages of a Debian suite with all that they need, down to the C library, unpacked into the user's cache: nothing is
 * installed, and `programs` run on any Linux. The version is the suite's when they are first needed; a clone that is to
 * take a newer one deletes the folder.
 * @param prepare adds to the folder what each use would have to make
 * @returns the folder
 * @throws Error when they can't be had
 */
export const unpackedSuite = (
  suite: string,
  [first, ...others]: readonly [string, ...string[]],
  programs: readonly string[],
  prepare: (folder: string) => Promise<void> = async () => {},
): Promise<string> =>
  cachedFolder(`debian-${suite}-${first}-${process.arch}`, async (folder) => {
    const architecture = ownArchitecture();
    console.error(`Unpacking ${first} from Debian ${suite}`);
    const state = join(folder, 'apt');
    const apt = await startApt({ folder: state, suites: [`debian ${suite}`], architecture });
    const install = ['install', '--yes', '--download-only', '--no-install-recommends'];
    await run([...apt, ...install, first, ...others]);
    for (const file of new Bun.Glob('cache/archives/*.deb').scanSync({
      cwd: state,
      absolute: true,
    }))
      await run(['dpkg-deb', '--extract', file, folder]);
    rmSync(state, { recursive: true });
    for (const program of programs) startWithLoader(folder, program);
    await prepare(folder);
  });

/** Puts a script in the place of a program, which starts it with the loader and the libraries of the folder. */
const startWithLoader = (folder: string, program: string): void => {
  const [loader] = new Bun.Glob('usr/lib/*/ld-linux-*.so.*').scanSync({ cwd: folder });
  if (!loader) throw new Error(`there is no loader in ${folder}`);
  const path = join(folder, program);
  renameSync(path, `${path}.elf`);
  const from = (file: string) => `"$(dirname "$0")/${relative(dirname(program), file)}"`;
  const words = ['exec', from(loader), '--library-path', from(dirname(loader)), '"$0.elf"', '"$@"'];
  writeFileSync(path, `#!/bin/sh\n${words.join(' ')}\n`);
  chmodSync(path, 0o755);
};
