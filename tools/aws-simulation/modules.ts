/** A module registry on loopback for OpenTofu and Terraform, for the modules of terraform-aws-modules. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Where the modules come from, in this order. */
export interface Origins {
  /** Folders of code, `<name>/<version>/`. */
  sources: string[];
  /** A registry that is asked for what they lack; empty for none. */
  registry: string;
  /** A folder of stand-ins, for what is nowhere else. */
  standIns: string;
}

/** How long a registry may take to answer, in milliseconds; one that takes longer counts as out of reach. */
const PATIENCE = 3000;

/** What a registry answers; undefined where it can't be reached or knows nothing. */
export async function askRegistry(registry: string, path: string): Promise<Response | undefined> {
  if (!registry) return undefined;
  const url = `${registry}/v1/modules/terraform-aws-modules/${path}`;
  const response = await fetch(url, { signal: AbortSignal.timeout(PATIENCE) }).catch(
    () => undefined,
  );
  return response?.ok ? response : undefined;
}

/**
 * Serves modules by the module registry protocol, v1.
 * @returns the address for `modules.v1`, and how to stop.
 */
export function serveModules({ sources, registry, standIns }: Origins): {
  url: string;
  stop: () => Promise<void>;
} {
  const find = (folders: string[], name: string, version: string) =>
    folders.map((folder) => join(folder, name, version)).find((path) => existsSync(path));

  const server: Bun.Server<undefined> = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    routes: {
      '/v1/modules/terraform-aws-modules/:name/aws/versions': async ({ params: { name } }) => {
        const folders = [...sources, standIns]
          .map((folder) => join(folder, name))
          .filter(existsSync);
        const versions = new Set(folders.flatMap((folder) => readdirSync(folder)));
        if (versions.size === 0) {
          return (
            (await askRegistry(registry, `${name}/aws/versions`)) ??
            new Response('', { status: 404 })
          );
        }
        return Response.json({
          modules: [{ versions: [...versions].map((version) => ({ version })) }],
        });
      },
      '/v1/modules/terraform-aws-modules/:name/aws/:version/download': async ({ params }) => {
        const { name, version } = params;
        const elsewhere = find(sources, name, version)
          ? undefined
          : await askRegistry(registry, `${name}/aws/${version}/download`);
        const here = `${server.url}archives/${name}/${version}.tar.gz`;
        const headers = { 'X-Terraform-Get': elsewhere?.headers.get('X-Terraform-Get') ?? here };
        return new Response(null, { status: 204, headers });
      },
      '/archives/:name/:file': async ({ params: { name, file } }) => {
        const path = find([...sources, standIns], name, file.replace(/\.tar\.gz$/, ''));
        if (!path) return new Response('', { status: 404 });
        const skipped = ['./examples', './tests', './.github'].map(
          (folder) => `--exclude=${folder}`,
        );
        const tar = Bun.spawn(['tar', 'cz', ...skipped, '-C', path, '.'], {
          stdio: ['ignore', 'pipe', 'inherit'],
        });
        const archive = await new Response(tar.stdout).bytes();
        return new Response(archive, { headers: { 'Content-Type': 'application/gzip' } });
      },
    },
  });
  return { url: `${server.url}v1/modules/`, stop: () => server.stop(true) };
}
