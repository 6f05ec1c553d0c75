/** Where the C library comes from, with stand-ins for Debian's mirror and its snapshot archive on loopback. */
import { afterEach, beforeEach, expect, setDefaultTimeout, test } from 'bun:test';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DEFAULT_MIRROR } from '../../image/apt.ts';
import { ownArchitecture } from '../../image/architecture.ts';
import { run } from '../../image/run.ts';
import { buildFolder } from '../support/binary.ts';
import { copySources, IDENTITY, ROOT } from './build.ts';

setDefaultTimeout(120_000);

const OWN = ownArchitecture();
const LOCK = 'service/image/debian.lock.json';
const POOL = 'debian/pool/main/g/glibc';
const FILE = `/${POOL}/libc6_1.0%2Bdeb13u1_${OWN}.deb`;
const LIST = '/mr/binary/libc6/1.0%2Bdeb13u1/binfiles';
const SHA1 = '0123456789012345678901234567890123456789';

/** A server on loopback that has some files, by their path, and otherwise asks another. */
const serve = (
  files: Readonly<Record<string, Uint8Array<ArrayBuffer> | string>>,
  otherwise = (_: Request): Promise<Response> | Response => new Response('', { status: 404 }),
) => {
  const requests: string[] = [];
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    fetch: (request) => {
      const path = request.url.slice(request.url.indexOf('/', 'http://'.length));
      requests.push(path);
      const file = files[path];
      return file === undefined ? otherwise(request) : new Response(file);
    },
  });
  return { address: `http://127.0.0.1:${server.port}`, requests, stop: () => server.stop(true) };
};

let folder: string;
let cache: string;
let deb: Uint8Array<ArrayBuffer>;
let servers: ReturnType<typeof serve>[] = [];

/** A package as Debian's, with one file. */
const writePackage = async (): Promise<Uint8Array<ArrayBuffer>> => {
  const root = join(buildFolder(), 'libc6');
  mkdirSync(join(root, 'DEBIAN'), { recursive: true });
  mkdirSync(join(root, 'usr/share/doc/libc6'), { recursive: true });
  writeFileSync(join(root, 'usr/share/doc/libc6/copyright'), 'of the stand-in\n');
  writeFileSync(
    join(root, 'DEBIAN/control'),
    `Package: libc6\nVersion: 1.0+deb13u1\nArchitecture: ${OWN}\nMaintainer: nobody <nobody@example.com>\nDescription: a stand-in\n`,
  );
  await run(['dpkg-deb', '--build', root]);
  return Bun.file(`${root}.deb`).bytes();
};

beforeEach(async () => {
  folder = buildFolder();
  cache = join(folder, 'cache');
  deb = await writePackage();
  await run(['cp', '-r', '--parents', 'service/image', folder], ROOT);
  const sha256 = new Bun.CryptoHasher('sha256').update(deb).digest('hex');
  await Bun.write(
    join(folder, LOCK),
    JSON.stringify([
      { name: 'libc6', version: '1.0+deb13u1', architecture: OWN, pool: POOL, sha256 },
    ]),
  );
});

afterEach(async () => {
  await Promise.all(servers.map((server) => server.stop()));
  servers = [];
});

const NOTHING = 'http://127.0.0.1:1';

/** Runs code of the copied sources with what stands in for the mirror and the archive. */
const call = async (
  code: string,
  mirror: ReturnType<typeof serve> | undefined,
  snapshot: ReturnType<typeof serve> | undefined,
  environment: Readonly<Record<string, string>> = {},
) => {
  servers.push(...[mirror, snapshot].filter((server) => server !== undefined));
  const child = Bun.spawn([process.execPath, '-e', code], {
    cwd: folder,
    env: {
      ...process.env,
      ...{ XDG_CACHE_HOME: cache, ALLOW_NEWER: '' },
      DEBIAN_MIRROR: mirror?.address ?? NOTHING,
      DEBIAN_SNAPSHOT: snapshot?.address ?? NOTHING,
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [output, errors, status] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  return { status, output, errors };
};

const UNPACK = `
  const { unpackedLibc } = await import('./service/image/debian.ts');
  try { console.log((await unpackedLibc('${OWN}')).folder); }
  catch (error) { console.log(error.name + ': ' + error.message); process.exit(1); }
`;

const copyright = (output: string): string =>
  readFileSync(join(output.trim(), 'usr/share/doc/libc6/copyright'), 'utf8');

const snapshotOf = (file: Uint8Array<ArrayBuffer>) =>
  serve({
    [LIST]: JSON.stringify({
      result: [
        { architecture: 'riscv64', hash: 'f'.repeat(40) },
        { architecture: OWN, hash: SHA1 },
      ],
    }),
    [`/file/${SHA1}`]: file,
  });

test('comes from the mirror while the suite has it, and then from the cache', async () => {
  const mirror = serve({ [FILE]: deb });
  const snapshot = serve({});
  const { status, output } = await call(UNPACK, mirror, snapshot);
  expect([status, copyright(output)]).toEqual([0, 'of the stand-in\n']);
  expect([mirror.requests, snapshot.requests]).toEqual([[FILE], []]);

  expect(await call(UNPACK, undefined, undefined)).toEqual({ status: 0, output, errors: '' });
});

test('comes from the snapshot archive once the suite has another', async () => {
  const mirror = serve({});
  const snapshot = snapshotOf(deb);
  const { status, output } = await call(UNPACK, mirror, snapshot);
  expect([status, copyright(output)]).toEqual([0, 'of the stand-in\n']);
  expect([mirror.requests, snapshot.requests]).toEqual([[FILE], [LIST, `/file/${SHA1}`]]);
});

test('comes from the snapshot archive when the mirror has other bytes under its name', async () => {
  const { status, output } = await call(
    UNPACK,
    serve({ [FILE]: `${deb}altered` }),
    snapshotOf(deb),
  );
  expect([status, copyright(output)]).toEqual([0, 'of the stand-in\n']);
});

test('is refused with other bytes, whatever has them', async () => {
  const altered = Buffer.concat([deb, Buffer.from('altered')]);
  const mirror = serve({ [FILE]: altered });
  const snapshot = snapshotOf(altered);
  const { status, output } = await call(UNPACK, mirror, snapshot);
  expect(status).toBe(1);
  expect(output).toContain(
    `can't be fetched: ${mirror.address} has another SHA-256; ${snapshot.address} has another SHA-256. Run`,
  );
  expect(readdirSync(join(cache, 'hello'))).toEqual([]);
});

test('says what to do when no address has it', async () => {
  const mirror = serve({});
  const snapshot = serve({});
  const { status, output } = await call(UNPACK, mirror, snapshot);
  expect(status).toBe(1);
  expect(output).toBe(
    `UnavailableError: libc6 1.0+deb13u1 for ${OWN} can't be fetched: ${mirror.address}${FILE}: HTTP 404; ${snapshot.address}${LIST}: HTTP 404. ` +
      'Run "bun run update-image" to pin the newest version, review the difference and commit it. To build with the newest version this once, set ALLOW_NEWER=1. DEBIAN_MIRROR and DEBIAN_SNAPSHOT set other addresses.\n',
  );
});

test('says what to do when no address answers, and a newer one may be taken', async () => {
  const { status, output } = await call(UNPACK, undefined, undefined, { ALLOW_NEWER: '1' });
  expect(status).toBe(1);
  expect(output).toMatch(
    Bun.which('apt-get')
      ? /^UnavailableError: can't fetch the lists of Debian from http:\/\/127\.0\.0\.1:1; DEBIAN_MIRROR sets another mirror/
      : /^UnavailableError: apt-get is missing/,
  );
});

const DEBIAN = process.env.DEBIAN_MIRROR || DEFAULT_MIRROR;
const debianMissing = await fetch(`${DEBIAN}/debian/dists/trixie/InRelease`, { method: 'HEAD' })
  .then(({ ok, status }) => (ok ? undefined : `HTTP ${status}`))
  .catch((error: Error) => error.message);

test.skipIf(debianMissing !== undefined || !Bun.which('apt-get'))(
  `is the newest of the suite where a newer one may be taken${debianMissing ? `: ${DEBIAN}: ${debianMissing}` : ''}`,
  async () => {
    // Debian itself, whose lists have a signature; it never had the pinned version.
    const mirror = serve({}, (request) => {
      const path = request.url.slice(request.url.indexOf('/', 'http://'.length));
      return fetch(`${DEBIAN}${path}`);
    });
    const code = `
      const { buildImage } = await import('./service/image/build.ts');
      await buildImage('image', ['${OWN}'], ${JSON.stringify(IDENTITY)});
    `;
    const lock = await Bun.file(join(folder, LOCK)).text();
    await copySources(folder);
    await Bun.write(join(folder, LOCK), lock);
    const { status, errors } = await call(code, mirror, serve({}), { ALLOW_NEWER: '1' });
    expect([status, errors]).toEqual([0, expect.any(String)]);
    const [, version = ''] =
      /^ALLOW_NEWER=1: the image has libc6 (\S+) instead, so its bytes differ from the pinned ones$/m.exec(
        errors,
      ) ?? [];
    expect(errors).toContain(`libc6 1.0+deb13u1 for ${OWN} can't be fetched: ${mirror.address}`);
    expect(version).toMatch(/^2\.41-/);
    const bill = await Bun.file(join(folder, `image/${OWN}.cdx.json`)).text();
    expect(bill).toContain(`pkg:deb/debian/libc6@${encodeURIComponent(version)}?`);
    expect(bill).not.toContain('libc6@1.0');
  },
);
