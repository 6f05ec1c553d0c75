/** The Dockerfile and the README's way to run it, by podman. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import packageJson from '../../../package.json' with { type: 'json' };
import { ownArchitecture } from '../../image/architecture.ts';
import { cacheFolder } from '../../image/cache.ts';
import { IMAGE_CONFIG } from '../../image/config.ts';
import { unpackedLibc } from '../../image/debian.ts';
import { run } from '../../image/run.ts';
import { COMMIT } from '../support/binary.ts';
import { image, imageMissing, imageOf, ROOT } from './build.ts';
import { type Podman, podmanMissing, startPodman, writeRoot } from './podman.ts';

setDefaultTimeout(300_000);

const OWN = ownArchitecture();
const README = readFileSync(join(ROOT, 'README.md'), 'utf8');

/** The command of the README that begins so, without its comment. */
const readmeCommand = (start: string): string => {
  const line = README.split('\n').find((each) => each.startsWith(start));
  if (!line) throw new Error(`the README has no ${start}`);
  return line.replace(/\s+#.*/, '');
};

/** What a clone has, where the C library is the one that this machine has. */
const copyClone = async (folder: string): Promise<void> => {
  mkdirSync(folder);
  const list = `${folder}.list`;
  const names = await run(
    ['git', 'ls-files', '-z', '--cached', '--others', '--exclude-standard'],
    ROOT,
  );
  writeFileSync(list, names);
  const archive = `${list}.tar`;
  await run(['tar', '-c', '--null', '--ignore-failed-read', '-T', list, '-f', archive], ROOT);
  await run(['tar', '-x', '-f', archive, '-C', folder]);
  const { folder: _, ...libc } = await unpackedLibc(OWN);
  writeFileSync(join(folder, 'service/image/debian.lock.json'), JSON.stringify([libc]));
};

/** Mode, owner and path of each file in an archive but for the folders that everything is in. */
const listed = async (archive: string): Promise<string[]> => {
  const lines = await run(['tar', '-t', '-v', '--numeric-owner', '-f', archive]);
  return new TextDecoder()
    .decode(lines)
    .trim()
    .split('\n')
    .map((line) => line.split(/\s+/))
    .map(([mode, owner, , , , path]) => `${mode} ${owner} ${path}`);
};

const missing = imageMissing ?? podmanMissing;

if (missing) test.skip(`the image by podman: ${missing}`, () => {});
else
  describe('the image by podman', () => {
    let podman: Podman;

    /** Runs a command that must succeed. */
    const succeed = async (command: string): Promise<string> => {
      const { status, output } = await podman.run(command);
      if (status !== 0) throw new Error(`${command}: ${output}`);
      return output.trim();
    };

    /** The one container that runs. */
    const container = async (): Promise<string> => {
      for (let tries = 0; tries < 100; tries++) {
        const id = await succeed('podman ps --quiet');
        if (id) return id;
        await Bun.sleep(200);
      }
      throw new Error('no container runs');
    };

    beforeAll(async () => {
      const caches = [
        cacheFolder(),
        new TextDecoder().decode(await run([process.execPath, 'pm', 'cache'])).trim(),
      ];
      await image();
      podman = await startPodman(caches);
      // Hidden from Bun, which would take its tests for some of this clone.
      const clone = join(podman.folder, '.clone');
      await copyClone(clone);
      // In the place of what the registry has, which not every machine reaches: the same programs, from podman's own root.
      const base = join(podman.folder, 'base');
      writeRoot(base);
      writeFileSync(join(base, 'Dockerfile'), 'FROM scratch\nCOPY . /\n');
      await succeed(`podman build --quiet --tag base ${base}`);
      const [, name] =
        /^FROM .* (\S+) AS build$/m.exec(readFileSync(join(ROOT, 'Dockerfile'), 'utf8')) ?? [];
      const options = [
        ...['--format=docker', '--layers=false', '--network=none'],
        `--build-context=${name}=docker-image://localhost/base`,
        `--build-arg=SOURCE_COMMIT=${COMMIT}`,
        '--volume=/usr:/usr:ro',
        ...[`--volume=${caches[0]}:/root/.cache/hello`],
        ...[`--volume=${caches[1]}:/root/.bun/install/cache`],
      ];
      await succeed(
        `cd ${clone} && ${readmeCommand('podman build').replace('podman build', `podman build ${options.join(' ')}`)}`,
      );
    });

    afterAll(() => podman?.[Symbol.asyncDispose]());

    test('has the files of `make image`, byte for byte', async () => {
      const archive = join(podman.folder, 'hello.tar');
      await succeed(`podman create --name files hello && podman export files --output ${archive}`);
      await succeed('podman rm files');
      const files = (await listed(archive)).toSorted();
      const layers = imageOf(await image(), OWN).layers;
      const expected = await Promise.all(layers.map(listed));
      expect(files).toEqual([...new Set(expected.flat())].toSorted());
      const unpacked = join(podman.folder, 'unpacked');
      const reference = join(podman.folder, 'reference');
      for (const [file, target] of [
        [archive, unpacked],
        ...layers.map((layer) => [layer, reference]),
      ]) {
        mkdirSync(target as string, { recursive: true });
        await run(['tar', '-x', '-f', file as string, '-C', target as string]);
      }
      await run(['diff', '--recursive', unpacked, reference]);
    });

    test('is run as the image of `make image`', async () => {
      const [inspected] = JSON.parse(await succeed('podman image inspect hello'));
      // Podman writes the default.
      const { Env, Labels, WorkingDir: _, ...config } = inspected.Config;
      const { Env: expected, Healthcheck, ...others } = IMAGE_CONFIG;
      expect(config).toEqual(others);
      expect(inspected.HealthCheck ?? inspected.Healthcheck).toEqual(Healthcheck);
      expect(Env.filter((each: string) => !each.startsWith('PATH='))).toEqual(expected);
      const { config: reference } = imageOf(await image(), OWN);
      expect(Labels).toMatchObject({
        ...(reference.config.Labels as object),
        'org.opencontainers.image.version': packageJson.version,
      });
    });

    test('serves as the README runs it, keeps its data in the volume, and ends by SIGTERM', async () => {
      const line = readmeCommand('podman run');
      const casey = 'http://127.0.0.1:8000/hello/Casey';
      for (const round of ['first', 'second']) {
        const running = podman.run(line);
        if (round === 'first') {
          const put = { method: 'PUT', body: { dateOfBirth: '1990-10-30' } };
          expect((await podman.ask(casey, put)).output).toMatch(/^204/);
        }
        expect((await podman.ask(casey)).output).toMatch(/^200 \{"message":"Hello, Casey! /);
        const id = await container();
        const pid = await succeed(`podman inspect ${id} --format '{{.State.Pid}}'`);
        const status = await succeed(`cat /proc/${pid}/status /proc/${pid}/mounts`);
        expect(status).toMatch(/^Uid:\t65532\t65532\t/m);
        expect(status).toMatch(/^CapEff:\t0+$/m);
        expect(status).toMatch(/^overlay \/ overlay ro,/m);
        await succeed(`podman stop --time 60 ${id}`);
        const { status: end, output } = await running;
        expect([end, output]).toEqual([0, expect.stringContaining('"signal":"SIGTERM"')]);
        expect(output).toContain('"message":"stopped"');
      }
    });

    test('is healthy while it answers, and unhealthy when it hangs', async () => {
      const id = await succeed('podman run --detach --read-only --env DATABASE_URL=memory: hello');
      await succeed(
        `for try in 1 2 3 4 5 6 7 8 9; do podman healthcheck run ${id} && exit; sleep 1; done; exit 1`,
      );
      expect(await succeed(`podman inspect ${id} --format '{{.State.Health.Status}}'`)).toBe(
        'healthy',
      );
      await succeed(`podman kill --signal STOP ${id}`);
      expect((await podman.run(`podman healthcheck run ${id}`)).status).not.toBe(0);
      await succeed(`podman rm --force --time 0 ${id}`);
    });

    test('can not write to its root, also where it is not mounted read-only', async () => {
      const options = '--env DATABASE_URL=sqlite:////etc/hello.db hello migrate';
      for (const mode of ['', '--read-only']) {
        const { status, output } = await podman.run(`podman run --rm ${mode} ${options}`);
        expect([status, output]).toEqual([1, expect.stringContaining("can't open the database")]);
      }
    });

    test('takes certificate authorities that are mounted, where the image has no such file', async () => {
      const file = join(podman.folder, 'authorities.crt');
      copyFileSync(join(ROOT, 'LICENSE'), file);
      const command = 'podman run --rm --read-only --volume';
      expect(
        await succeed(`${command} ${file}:/etc/ssl/certs/ca-certificates.crt:ro hello --version`),
      ).toMatch(/^hello /);
    });

    test('serves within the memory that the chart allows, which the kernel limits', async () => {
      const [, memory] =
        /limits:\n\s+memory: (\d+)Mi/.exec(
          readFileSync(join(ROOT, 'helm/hello/values.yaml'), 'utf8'),
        ) ?? [];
      const id = await succeed(
        `podman run --detach --memory ${memory}m --memory-swap ${memory}m --publish 8000:8000 --read-only --env DRAIN_DELAY=0 hello`,
      );
      for (let request = 0; request < 3; request++)
        expect((await podman.ask('http://127.0.0.1:8000/openapi/json')).output).toMatch(/^200/);
      const pid = await succeed(`podman inspect ${id} --format '{{.State.Pid}}'`);
      const [, path = ''] =
        /^(?:\d+:memory|0:):(\S+)$/m.exec(await succeed(`cat /proc/${pid}/cgroup`)) ?? [];
      const limit = `/sys/fs/cgroup/memory${path}/memory.limit_in_bytes`;
      const unified = `/sys/fs/cgroup${path}/memory.max`;
      expect(await succeed(`cat ${limit} 2>/dev/null || cat ${unified}`)).toBe(
        `${Number(memory) * 2 ** 20}`,
      );
      expect(await succeed(`podman inspect ${id} --format '{{.State.Status}}'`)).toBe('running');
      await succeed(`podman rm --force --time 10 ${id}`);
    });

    test('is loaded from the layout of `make image`', async () => {
      const folder = join(await image(), 'oci');
      const archive = join(podman.folder, 'layout.tar');
      await run(['tar', '-C', folder, '-c', '-f', archive, '.']);
      expect(await succeed(`podman load --input ${archive}`)).toContain('hello:1.2.3');
      expect(await succeed('podman run --rm hello:1.2.3 --version')).toMatch(/^hello .*0123/);
    });
  });
