/** A module registry on loopback for OpenTofu and Terraform: serves the modules of terraform-aws-modules from a folder. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** The versions of a module that a folder of sources has. */
const versionsIn = (folder: string, name: string): string[] =>
  existsSync(join(folder, name)) ? readdirSync(join(folder, name)) : [];

/**
 * Serves the folders as a registry (module registry protocol, v1); of two that have the same version the first is taken.
 * @returns the address for `modules.v1`, and how to stop.
 */
export function serveModules(folders: string[]): { url: string; stop: () => Promise<void> } {
  const find = (name: string, version: string) =>
    folders.map((folder) => join(folder, name, version)).find((path) => existsSync(path));

  const server: Bun.Server<undefined> = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    routes: {
      '/v1/modules/terraform-aws-modules/:name/aws/versions': ({ params: { name } }) => {
        const versions = [...new Set(folders.flatMap((folder) => versionsIn(folder, name)))];
        if (versions.length === 0) return new Response('not found', { status: 404 });
        return Response.json({ modules: [{ versions: versions.map((version) => ({ version })) }] });
      },
      '/v1/modules/terraform-aws-modules/:name/aws/:version/download': ({ params }) => {
        const { name, version } = params;
        const headers = { 'X-Terraform-Get': `${server.url}archives/${name}/${version}.tar.gz` };
        return new Response(null, { status: find(name, version) ? 204 : 404, headers });
      },
      '/archives/:name/:file': async ({ params: { name, file } }) => {
        const path = find(name, file.replace(/\.tar\.gz$/, ''));
        if (!path) return new Response('not found', { status: 404 });
        const tar = Bun.spawn(
          [
            'tar',
            'cz',
            '--exclude=./examples',
            '--exclude=./.*/*',
            '--exclude=./tests',
            '-C',
            path,
            '.',
          ],
          { stdio: ['ignore', 'pipe', 'inherit'] },
        );
        const archive = await new Response(tar.stdout).bytes();
        return new Response(archive, { headers: { 'Content-Type': 'application/gzip' } });
      },
    },
  });
  return { url: `${server.url}v1/modules/`, stop: () => server.stop(true) };
}
