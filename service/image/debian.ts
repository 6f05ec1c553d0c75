/** Debian's C library, of which files are in the image: pinned in debian.lock.json, fetched and unpacked. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DEFAULT_MIRROR, startApt } from './apt.ts';
import { ALL_ARCHITECTURES, type Architecture } from './architecture.ts';
import { cachedFolder } from './cache.ts';
import { run, UnavailableError } from './run.ts';

/** The release whose package is taken. */
export const SUITE = 'trixie';

const NAME = 'libc6';

/** Where Debian's current packages are. */
const MIRROR = process.env.DEBIAN_MIRROR || DEFAULT_MIRROR;

/** Where every version of Debian's packages is. */
const SNAPSHOT = process.env.DEBIAN_SNAPSHOT || 'https://snapshot.debian.org';

export interface DebianPackage {
  readonly name: typeof NAME;
  readonly version: string;
  /** Debian's name of the processor, the same as OCI's. */
  readonly architecture: Architecture;
  /** The folder of the file on a mirror. */
  readonly pool: string;
  readonly sha256: string;
}

export interface UnpackedPackage extends DebianPackage {
  readonly folder: string;
}

const LOCK = join(import.meta.dir, 'debian.lock.json');

/** The pinned C library of an architecture. */
export const lockedLibc = (architecture: Architecture): DebianPackage => {
  const locked: DebianPackage[] = JSON.parse(readFileSync(LOCK, 'utf8'));
  const found = locked.find((each) => each.architecture === architecture);
  if (!found) throw new Error(`debian.lock.json has no ${NAME} for ${architecture}`);
  return found;
};

/**
 * Unpacks the pinned C library into the user's cache; with `ALLOW_NEWER=1` the newest where the pinned one can't be had.
 * @throws UnavailableError when it can't be fetched
 */
export const unpackedLibc = async (architecture: Architecture): Promise<UnpackedPackage> => {
  const locked = lockedLibc(architecture);
  try {
    return await unpack(locked);
  } catch (error) {
    if (process.env.ALLOW_NEWER !== '1' || !(error instanceof UnavailableError)) throw error;
    const newest = await newestLibc(architecture);
    console.error(
      `${error.message}\nALLOW_NEWER=1: the image has ${NAME} ${newest.version} instead, so its bytes differ from the pinned ones`,
    );
    return unpack(newest);
  }
};

const unpack = async (file: DebianPackage): Promise<UnpackedPackage> => {
  const folder = await cachedFolder(`debian-${file.sha256}`, async (aside) => {
    console.error(`Fetching ${file.name} ${file.version} for ${file.architecture} from Debian`);
    const path = join(aside, 'package.deb');
    writeFileSync(path, await download(file));
    await run(['dpkg-deb', '--extract', path, join(aside, 'root')]);
  });
  return { ...file, folder: join(folder, 'root') };
};

/** From a mirror, which keeps what is current, else from the archive of every version; its SHA-256 is that of the lock. */
export const download = async (file: DebianPackage): Promise<Uint8Array> => {
  const reasons: string[] = [];
  for (const source of [fromMirror, fromSnapshot])
    try {
      const bytes = await source(file);
      if (new Bun.CryptoHasher('sha256').update(bytes).digest('hex') === file.sha256) return bytes;
      throw new Error(`${source === fromMirror ? MIRROR : SNAPSHOT} has another SHA-256`);
    } catch (error) {
      reasons.push((error as Error).message);
    }
  throw new UnavailableError(
    `${file.name} ${file.version} for ${file.architecture} can't be fetched: ${reasons.join('; ')}. Run "bun run update-image" to pin the newest version, review the difference and commit it. To build with the newest version this once, set ALLOW_NEWER=1. DEBIAN_MIRROR and DEBIAN_SNAPSHOT set other addresses.`,
  );
};

const fromMirror = ({ name, version, architecture, pool }: DebianPackage): Promise<Uint8Array> =>
  get(`${MIRROR}/${pool}/${name}_${encodeURIComponent(version)}_${architecture}.deb`);

/** By the interface for programs: https://salsa.debian.org/snapshot-team/snapshot/-/blob/master/API */
const fromSnapshot = async ({ name, version, architecture }: DebianPackage) => {
  const list = `${SNAPSHOT}/mr/binary/${name}/${encodeURIComponent(version)}/binfiles`;
  const { result }: { result: { architecture: string; hash: string }[] } = JSON.parse(
    new TextDecoder().decode(await get(list)),
  );
  const found = result.find((each) => each.architecture === architecture);
  if (!found) throw new Error(`${list} lists no ${architecture}`);
  return get(`${SNAPSHOT}/file/${found.hash}`);
};

const get = async (url: string): Promise<Uint8Array> => {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(60_000) });
    if (!response.ok) throw new Error(`HTTP ${response.status}`);
    return await response.bytes();
  } catch (error) {
    throw new Error(`${url}: ${(error as Error).message}`);
  }
};

/** The newest of the release, as Debian's signed lists have it. */
const newestLibc = async (architecture: Architecture): Promise<DebianPackage> => {
  console.error(`Fetching the lists of Debian ${SUITE} for ${architecture}`);
  const apt = await startApt({
    folder: join(import.meta.dir, '../../build/apt', architecture),
    mirror: MIRROR,
    suites: [`debian ${SUITE}`, `debian ${SUITE}-updates`, `debian-security ${SUITE}-security`],
    architecture,
  });
  const line = new TextDecoder().decode(await run([...apt, 'download', '--print-uris', NAME]));
  const [, folder, version, sha256] =
    /^'(\S+)\/[^/]+' libc6_([^_ ]+)_[a-z0-9]+\.deb \d+ SHA256:([0-9a-f]{64})$/m.exec(line) ?? [];
  if (!folder || !version || !sha256) throw new Error(`apt-get printed no package: ${line}`);
  return {
    name: NAME,
    version: decodeURIComponent(version),
    architecture,
    pool: folder.replace(`${MIRROR}/`, ''),
    sha256,
  };
};

/** The files of `libc6` that an executable of Bun loads. */
export const C_LIBRARY = ['libc.so.6', 'libdl.so.2', 'libm.so.6', 'libpthread.so.0'] as const;

/** Pins the newest packages of the release. */
const updateLock = async (): Promise<void> => {
  const newest = await Promise.all(ALL_ARCHITECTURES.map(newestLibc));
  writeFileSync(LOCK, `${JSON.stringify(newest, null, 2)}\n`);
};

if (import.meta.main)
  await updateLock().catch((error: Error) => {
    console.error(error.message);
    process.exit(1);
  });
