/** The packages of Debian of which files are in the image: pinned in debian.lock.json, fetched with apt, unpacked. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DEFAULT_MIRROR, startApt } from './apt.ts';
import { ALL_ARCHITECTURES, type Architecture } from './architecture.ts';
import { cachedFolder } from './cache.ts';
import { run, UnavailableError } from './run.ts';

/** The release whose packages are taken. */
export const SUITE = 'trixie';

/** What the image needs of Debian. */
const PACKAGES = ['libc6', 'ca-certificates'] as const;

/** Where Debian's packages come from. */
const MIRROR = process.env.DEBIAN_MIRROR || DEFAULT_MIRROR;

export interface DebianPackage {
  readonly name: (typeof PACKAGES)[number];
  readonly version: string;
  /** Debian's name of the processor, the same as OCI's, or `all`. */
  readonly architecture: Architecture | 'all';
  readonly sha256: string;
}

const LOCK = join(import.meta.dir, 'debian.lock.json');

/** The pinned packages of an architecture. */
export const lockedPackages = (architecture: Architecture): DebianPackage[] => {
  const locked: DebianPackage[] = JSON.parse(readFileSync(LOCK, 'utf8'));
  return locked.filter((each) => [architecture, 'all'].includes(each.architecture));
};

/**
 * Unpacks the pinned packages of an architecture into the user's cache; the folder of each by its name.
 * @throws Error when a package can't be fetched or isn't the pinned one
 */
export const unpackedPackages = async (
  architecture: Architecture,
): Promise<Record<DebianPackage['name'], string>> => {
  const folders: [string, string][] = [];
  for (const { name, version, sha256 } of lockedPackages(architecture)) {
    const folder = await cachedFolder(`debian-${sha256}`, async (aside) => {
      console.error(`Fetching ${name} ${version} for ${architecture} from Debian`);
      const file = await download(architecture, `${name}=${version}`, aside);
      const actual = new Bun.CryptoHasher('sha256').update(await Bun.file(file).bytes());
      if (actual.digest('hex') !== sha256)
        throw new Error(`${file} is not the package of debian.lock.json: its SHA-256 differs`);
      await run(['dpkg-deb', '--extract', file, join(aside, 'root')]);
    });
    folders.push([name, join(folder, 'root')]);
  }
  return Object.fromEntries(folders) as Record<DebianPackage['name'], string>;
};

/** Pins the newest packages of the release. */
const updateLock = async (): Promise<void> => {
  const found = new Map<string, DebianPackage>();
  for (const architecture of ALL_ARCHITECTURES)
    for (const line of await newest(architecture)) {
      const [, name, version, of, sha256] =
        /' ([a-z0-9-]+)_([^_ ]+)_([a-z0-9]+)\.deb \d+ SHA256:([0-9a-f]{64})$/.exec(line) ?? [];
      if (sha256 === undefined) throw new Error(`apt-get wrote what has no package: ${line}`);
      const each = { name, version: decodeURIComponent(version ?? ''), architecture: of, sha256 };
      found.set(sha256, each as DebianPackage);
    }
  writeFileSync(LOCK, `${JSON.stringify([...found.values()], null, 2)}\n`);
};

/** A line for each package that tells its file and hash. */
const newest = (architecture: Architecture): Promise<string[]> =>
  withApt(architecture, async (apt) => {
    const lines = await run([...apt, 'download', '--print-uris', ...PACKAGES]);
    return new TextDecoder().decode(lines).trim().split('\n');
  });

const download = (architecture: Architecture, pinned: string, folder: string): Promise<string> =>
  withApt(architecture, async (apt) => {
    await run([...apt, 'download', pinned], folder).catch((error: Error) => {
      throw new UnavailableError(
        `Debian no longer has ${pinned} for ${architecture}: run "bun run update-image", look at the difference, and commit it (${error.message})`,
      );
    });
    const [file] = new Bun.Glob('*.deb').scanSync({ cwd: folder, absolute: true });
    if (!file) throw new Error(`apt-get did not write ${pinned} into ${folder}`);
    return file;
  });

const states = new Map<Architecture, Promise<readonly string[]>>();

/** Runs `use` with an apt-get that knows the release and the architecture, whatever this machine has. */
const withApt = async <T>(
  architecture: Architecture,
  use: (apt: readonly string[]) => Promise<T>,
): Promise<T> => {
  const state = states.get(architecture) ?? aptFor(architecture);
  states.set(architecture, state);
  return use(await state);
};

const aptFor = (architecture: Architecture): Promise<readonly string[]> => {
  console.error(`Fetching the lists of Debian ${SUITE} for ${architecture}`);
  return startApt({
    folder: join(import.meta.dir, '../../build/apt', architecture),
    mirror: MIRROR,
    suites: [`debian ${SUITE}`, `debian ${SUITE}-updates`, `debian-security ${SUITE}-security`],
    architecture,
  });
};

/** The files of `libc6` that an executable of Bun loads. */
export const C_LIBRARY = ['libc.so.6', 'libdl.so.2', 'libm.so.6', 'libpthread.so.0'] as const;

if (import.meta.main)
  await updateLock().catch((error: Error) => {
    console.error(error.message);
    process.exit(1);
  });
