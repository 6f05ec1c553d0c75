/** That a pin which is gone is named, with stand-ins on loopback for the places that have them. */
import { afterAll, expect, setDefaultTimeout, test } from 'bun:test';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { askChart, askRegistry, askTag, KINDS } from '../availability.ts';
import { collect } from '../collect.ts';
import { git } from '../git.ts';

setDefaultTimeout(60_000);

const ROOT = join(import.meta.dir, '../..');
const folder = mkdtempSync(join(tmpdir(), 'hello-availability-test-'));

const INDEX = `
entries:
  external-dns:
    - version: 1.21.1
    - version: v1.20.0
`;

const server = Bun.serve({
  hostname: '127.0.0.1',
  port: 0,
  fetch: (request) => {
    const { origin, pathname, searchParams } = new URL(request.url);
    if (pathname === '/charts/index.yaml') return new Response(INDEX);
    if (pathname === '/token')
      return Response.json({
        token: `${searchParams.get('service')} ${searchParams.get('scope')}`,
      });
    if (!pathname.startsWith('/v2/')) return new Response('', { status: 404 });
    if (request.headers.get('Authorization') !== 'Bearer images repository:library/node:pull')
      return new Response('', {
        status: 401,
        headers: { 'WWW-Authenticate': `Bearer realm="${origin}/token",service="images"` },
      });
    const found =
      pathname === '/v2/library/node/manifests/24' &&
      request.headers.get('Accept')?.includes('application/vnd.oci.image.index.v1+json');
    return new Response('', { status: found ? 200 : 404 });
  },
});
const address = `http://127.0.0.1:${server.port}`;

afterAll(async () => {
  await server.stop(true);
  rmSync(folder, { recursive: true });
});

test('a version that a repository of charts no longer lists', async () => {
  await askChart(`${address}/charts/`, 'external-dns', '1.21.1');
  await askChart(`${address}/charts`, 'external-dns', '1.20.0');
  const gone = "/charts doesn't list it";
  await expect(askChart(`${address}/charts`, 'external-dns', '1.21.0')).rejects.toThrow(gone);
  await expect(askChart(`${address}/charts`, 'other', '1.21.1')).rejects.toThrow(gone);
  await expect(askChart(address, 'external-dns', '1.21.1')).rejects.toThrow('HTTP 404');
});

test('an image that a registry no longer has', async () => {
  await askRegistry(address, 'library/node', '24');
  await expect(askRegistry(address, 'library/node', '23')).rejects.toThrow(
    '/manifests/23: HTTP 404',
  );
});

test('a tag that is gone, or is another commit', async () => {
  await git(folder, 'init', '--quiet', '--initial-branch=main');
  const settings = ['-c', 'user.name=a', '-c', 'user.email=a@example.com'];
  await git(folder, ...settings, 'commit', '--quiet', '--allow-empty', '--message=a');
  await git(folder, ...settings, 'tag', '--annotate', '--message=a', 'v1');
  const commit = await git(folder, 'rev-parse', 'HEAD');
  await askTag(folder, 'v1');
  await askTag(folder, 'v1', commit);
  await expect(askTag(folder, 'v1', '0'.repeat(40))).rejects.toThrow("isn't 0000");
  await expect(askTag(folder, 'v2')).rejects.toThrow('git ls-remote ended with 2');
});

test('the command names what is gone, and ends with 1', async () => {
  const call = (...kinds: string[]) =>
    collect([process.execPath, 'tools/availability.ts', ...kinds], {
      cwd: ROOT,
      env: { ...process.env, DEBIAN_MIRROR: address, DEBIAN_SNAPSHOT: address },
    });
  const { status, output } = await call('debian');
  expect(status).toBe(1);
  for (const architecture of ['amd64', 'arm64'])
    expect(output).toMatch(
      new RegExp(
        `^debian: libc6 \\S+ for ${architecture} \\(service/image/debian\\.lock\\.json\\): .*HTTP 404`,
        'm',
      ),
    );
  expect(output).toEndWith("\n2 pins can't be had\n");
  expect((await call('debain')).status).toBe(2);
});

for (const [kind, pins] of Object.entries(KINDS))
  test(`finds the pins of the kind ${kind}`, async () => {
    const found = await pins();
    expect(found.length).toBeGreaterThan(0);
    for (const { name, file } of found) {
      expect(name).not.toContain('undefined');
      expect(await Bun.file(join(ROOT, file)).exists()).toBe(true);
    }
  });
