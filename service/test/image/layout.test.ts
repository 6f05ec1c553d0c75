import { beforeAll, describe, expect, test } from 'bun:test';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import packageJson from '../../../package.json' with { type: 'json' };
import bunLock from '../../../tools/bun/package-lock.json' with { type: 'json' };
import { ALL_ARCHITECTURES, type Architecture, ownArchitecture } from '../../image/architecture.ts';
import { bunFor } from '../../image/bun.ts';
import { IMAGE_CONFIG } from '../../image/config.ts';
import { labelsOf } from '../../image/oci.ts';
import { run } from '../../image/run.ts';
import { buildFolder, COMMIT } from '../support/binary.ts';
import {
  blobPath,
  copySources,
  type Descriptor,
  IDENTITY,
  image,
  imageMissing,
  imageOf,
  indexOf,
  ROOT,
  unpackLayers,
} from './build.ts';
import { readElf } from './elf.ts';

/** Mode, owner and path of each file. */
const FILES: Record<Architecture, string[]> = {
  amd64: [
    'drwxr-xr-x 65532/65532 data/',
    'drwxr-xr-x 0/0 etc/',
    '-rw-r--r-- 0/0 etc/group',
    '-rw-r--r-- 0/0 etc/passwd',
    '-rwxr-xr-x 0/0 hello',
    'drwxr-xr-x 0/0 lib64/',
    '-rwxr-xr-x 0/0 lib64/ld-linux-x86-64.so.2',
    'drwxr-xr-x 0/0 usr/',
    'drwxr-xr-x 0/0 usr/lib/',
    'drwxr-xr-x 0/0 usr/lib/x86_64-linux-gnu/',
    '-rw-r--r-- 0/0 usr/lib/x86_64-linux-gnu/libc.so.6',
    '-rw-r--r-- 0/0 usr/lib/x86_64-linux-gnu/libdl.so.2',
    '-rw-r--r-- 0/0 usr/lib/x86_64-linux-gnu/libm.so.6',
    '-rw-r--r-- 0/0 usr/lib/x86_64-linux-gnu/libpthread.so.0',
    'drwxr-xr-x 0/0 usr/share/',
    'drwxr-xr-x 0/0 usr/share/doc/',
    'drwxr-xr-x 0/0 usr/share/doc/hello/',
    '-rw-r--r-- 0/0 usr/share/doc/hello/copyright',
    'drwxr-xr-x 0/0 usr/share/doc/libc6/',
    '-rw-r--r-- 0/0 usr/share/doc/libc6/copyright',
  ],
  get arm64() {
    return FILES.amd64.map((line) =>
      line
        .replace('lib64/ld-linux-x86-64.so.2', 'lib/ld-linux-aarch64.so.1')
        .replace('0/0 lib64/', '0/0 lib/')
        .replace('x86_64-linux-gnu', 'aarch64-linux-gnu'),
    );
  },
};

const MACHINES = { amd64: 62, arm64: 183 };

const sha256 = (bytes: Uint8Array): string =>
  new Bun.CryptoHasher('sha256').update(bytes).digest('hex');

if (imageMissing) test.skip(`the image: ${imageMissing}`, () => {});
else
  describe('the image', () => {
    let folder: string;

    beforeAll(async () => {
      folder = await image();
    }, 120_000);

    test('is a layout whose blobs are what their descriptors say', () => {
      expect(readFileSync(join(folder, 'oci/oci-layout'), 'utf8')).toBe(
        '{"imageLayoutVersion":"1.0.0"}',
      );
      const { name, manifests } = indexOf(folder);
      expect(name.annotations).toEqual({
        'org.opencontainers.image.ref.name': 'hello:1.2.3',
        'io.containerd.image.name': 'docker.io/library/hello:1.2.3',
      });
      expect(manifests.map(({ platform }) => platform)).toEqual([
        { architecture: 'amd64', os: 'linux' },
        { architecture: 'arm64', os: 'linux' },
      ]);
      const images = ALL_ARCHITECTURES.map((architecture) => imageOf(folder, architecture));
      const all: Descriptor[] = [
        name,
        ...manifests,
        ...images.flatMap(({ manifest }) => [manifest.config, ...manifest.layers]),
      ];
      for (const descriptor of all) {
        const bytes = readFileSync(blobPath(folder, descriptor));
        expect([descriptor.size, descriptor.digest]).toEqual([
          bytes.length,
          `sha256:${sha256(bytes)}`,
        ]);
      }
      expect(readdirSync(join(folder, 'oci/blobs/sha256')).toSorted()).toEqual(
        [...new Set(all.map(({ digest }) => digest.replace('sha256:', '')))].toSorted(),
      );
    });

    for (const architecture of ALL_ARCHITECTURES)
      describe(architecture, () => {
        test('tells how it is run', () => {
          const { config } = imageOf(folder, architecture);
          expect(config).toMatchObject({
            architecture,
            os: 'linux',
            created: '2023-11-14T22:13:20Z',
            config: {
              ...IMAGE_CONFIG,
              Labels: {
                'org.opencontainers.image.version': '1.2.3',
                'org.opencontainers.image.revision': COMMIT,
              },
            },
          });
        });

        test('has layers that the configuration knows, at most 15 % larger than Bun', async () => {
          const { config, layers } = imageOf(folder, architecture);
          const archives = layers.map((layer) => Bun.gunzipSync(readFileSync(layer)));
          const digests = archives.map((archive) => `sha256:${sha256(archive)}`);
          expect(config.rootfs.diff_ids).toEqual(digests);
          const size = archives.reduce((total, { length }) => total + length, 0);
          expect(size / statSync(await bunFor(architecture)).size).toBeLessThan(1.15);
        });

        test('has the files that it needs and no other', async () => {
          const lines = [];
          for (const layer of imageOf(folder, architecture).layers)
            lines.push(
              ...new TextDecoder()
                .decode(await run(['tar', '-t', '-v', '-z', '--numeric-owner', '-f', layer]))
                .trim()
                .split('\n'),
            );
          const files = lines.map((line) => {
            const [mode, owner, , , , path] = line.split(/\s+/);
            return `${mode} ${owner} ${path}`;
          });
          const path = (line: string) => line.split(' ')[2] ?? '';
          expect([...new Set(files)].toSorted((a, b) => (path(a) < path(b) ? -1 : 1))).toEqual(
            FILES[architecture].toSorted((a, b) => (path(a) < path(b) ? -1 : 1)),
          );
        });

        test('has one user', () => {
          const text = (path: string) =>
            readFileSync(join(folder, `root-${architecture}`, path), 'utf8');
          expect(text('etc/passwd')).toBe('hello:x:65532:65532:hello:/data:/sbin/nologin\n');
          expect(text('etc/group')).toBe('hello:x:65532:\n');
        });

        test('has every library that the executable asks for, for its processor', () => {
          const root = join(folder, `root-${architecture}`);
          const paths = FILES[architecture].map((line) => line.split(' ')[2] ?? '');
          const libraries = paths.filter((path) => /\.so\.\d+$/.test(path));
          const names = libraries.map((path) => path.replace(/^.*\//, ''));
          for (const path of ['hello', ...libraries]) {
            const { machine, loader, needed } = readElf(join(root, path));
            expect([path, machine]).toEqual([path, MACHINES[architecture]]);
            expect(names).toEqual(expect.arrayContaining([...needed]));
            if (path === 'hello') expect(paths).toContain(loader?.slice(1) ?? '');
          }
        });

        test('has nothing of the machine that built it', () => {
          const executable = readFileSync(join(folder, `root-${architecture}/hello`));
          expect(executable.includes(COMMIT)).toBe(true);
          expect(executable.includes(ROOT)).toBe(false);
        });

        test('tells the licences of what is in the executable, of what Bun links too', () => {
          const path = `root-${architecture}/usr/share/doc/hello/copyright`;
          const text = readFileSync(join(folder, path), 'utf8');
          expect(text).toContain('Apache License');
          expect(text).toContain(`\nBun ${Bun.version} `);
          expect(text).toMatch(/^Bun statically links JavaScriptCore .*LGPL-2/m);
          for (const linked of ['boringssl', 'tinycc', 'libicu', 'sqlite'])
            expect(text).toContain(linked);
          for (const name of Object.keys(packageJson.dependencies))
            expect(text).toContain(`\n${name} `);
        });

        test('has a bill of materials with each of its files and packages', async () => {
          const bill = JSON.parse(readFileSync(join(folder, `${architecture}.cdx.json`), 'utf8'));
          const components: Component[] = [bill.metadata.component, ...bill.components];
          const told = filesIn(components);
          const root = join(buildFolder(), 'root');
          await unpackLayers(folder, architecture, root);
          const actual = [...new Bun.Glob('**').scanSync({ cwd: root, onlyFiles: true })].map(
            (path) => [`/${path}`, sha256(readFileSync(join(root, path)))],
          );
          expect(Object.fromEntries(told)).toEqual(Object.fromEntries(actual));
          expect(told).toHaveLength(actual.length);

          const names = components.flatMap(({ purl }) => purl ?? []);
          for (const [name, version] of Object.entries(packageJson.dependencies))
            expect(names).toContain(`pkg:npm/${name.replace('@', '%40')}@${version}`);
          const bun = `bun-linux-${{ amd64: 'x64', arm64: 'aarch64' }[architecture]}`;
          const { hashes } = components.find(
            ({ purl }) => purl === `pkg:npm/%40oven/${bun}@${Bun.version}`,
          ) as Component;
          const locked: Record<string, { name?: string; integrity?: string }> = bunLock.packages;
          const { integrity = '' } = locked[`node_modules/@oven/${bun}`] ?? {};
          expect(`sha512-${Buffer.from(hashes?.[0]?.content ?? '', 'hex').toBase64()}`).toBe(
            integrity,
          );
          expect(names).toContainEqual(expect.stringContaining('pkg:deb/debian/libc6@'));
          const npm = names.filter((name) => /^pkg:npm\/(?!%40oven\/)/.test(name));
          expect(npm.toSorted()).toEqual([...new Set(npm)].toSorted());
          expect(packagesInstalled()).toEqual(expect.arrayContaining(npm));
        });
      });

    test('is the same from another folder', async () => {
      const copy = buildFolder();
      await copySources(copy);
      const own = ownArchitecture();
      const script = `
        const { buildImage } = await import('./service/image/build.ts');
        await buildImage('elsewhere/image', ['${own}'], ${JSON.stringify(IDENTITY)});
      `;
      await run([process.execPath, '-e', script], copy);
      const same = indexOf(folder).manifests.filter(
        ({ platform }) => platform?.architecture === own,
      );
      expect(indexOf(join(copy, 'elsewhere/image')).manifests).toEqual(same);
    }, 120_000);

    test('is what the Dockerfile describes', () => {
      const [, last = ''] = readFileSync(join(ROOT, 'Dockerfile'), 'utf8').split('FROM scratch\n');
      const instructions = last
        .replaceAll(/\s*\\\n\s*/g, ' ')
        .split('\n')
        .map((line) => /^(\w+) (.*)$/.exec(line)?.slice(1) ?? [line]);
      const of = (name: string) =>
        instructions.filter(([each]) => each === name).map(([, rest = '']) => rest);
      expect(of('LABEL')).toEqual([
        Object.entries(labelsOf({ version: packageJson.version, commit: '$SOURCE_COMMIT' }))
          .map(([name, value]) => `${name}=${value.includes(' ') ? JSON.stringify(value) : value}`)
          .join(' '),
      ]);
      expect(of('USER')).toEqual([IMAGE_CONFIG.User]);
      expect(of('EXPOSE')).toEqual([Object.keys(IMAGE_CONFIG.ExposedPorts).join(' ')]);
      expect(of('ENV')).toEqual([IMAGE_CONFIG.Env.join(' ')]);
      expect(of('VOLUME').map((json) => JSON.parse(json))).toEqual([
        Object.keys(IMAGE_CONFIG.Volumes),
      ]);
      expect(of('STOPSIGNAL')).toEqual([IMAGE_CONFIG.StopSignal]);
      expect(of('ENTRYPOINT').map((json) => JSON.parse(json))).toEqual([IMAGE_CONFIG.Entrypoint]);
      expect(of('CMD').map((json) => JSON.parse(json))).toEqual([IMAGE_CONFIG.Cmd]);
      const { Test, Interval, Timeout, StartPeriod, Retries } = IMAGE_CONFIG.Healthcheck;
      const seconds = (nanoseconds: number) => `${nanoseconds / 1e9}s`;
      expect(of('HEALTHCHECK')).toEqual([
        `--interval=${seconds(Interval)} --timeout=${seconds(Timeout)} --start-period=${seconds(StartPeriod)} --retries=${Retries} CMD ${JSON.stringify(Test.slice(1)).replace(',', ', ')}`,
      ]);
    });
  });

interface Component {
  readonly type: string;
  readonly name: string;
  readonly purl?: string;
  readonly hashes?: readonly { readonly content: string }[];
  readonly components?: readonly Component[];
}

/** Path and hash of every file in a bill of materials. */
const filesIn = (components: readonly Component[]): [string, string][] =>
  components.flatMap(({ type, name, hashes, components: parts = [] }) => [
    ...(type === 'file' ? [[name, hashes?.[0]?.content ?? ''] as [string, string]] : []),
    ...filesIn(parts),
  ]);

/** What `bun.lock` holds, as package URLs. */
const packagesInstalled = (): string[] =>
  [...readFileSync(join(ROOT, 'bun.lock'), 'utf8').matchAll(/: \["(@?[^"@]+)@([^"]+)"/g)].map(
    ([, name = '', version]) => `pkg:npm/${name.replace('@', '%40')}@${version}`,
  );
