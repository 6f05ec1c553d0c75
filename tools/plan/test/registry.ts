/** A stand-in for a registry of providers on loopback, by the provider registry protocol, v1. */
import { type Zippable, zipSync } from 'fflate';

export interface Registry extends Disposable {
  /** The address for `providers.v1`. */
  readonly url: string;
  /** What an archive holds in place of the program, by platform such as `linux_arm64`; another text is another hash. */
  readonly notes: Map<string, string>;
}

/** Before any zone's offset, this is the first date that a zip archive knows. */
const EPOCH = new Date(1980, 0, 1);

/** Serves versions of providers of `hashicorp`, by name; each is this program on its platform, and a text on others. */
export const startRegistry = (
  versions: Readonly<Record<string, string>>,
  built: Uint8Array,
  platform: string,
): Registry => {
  const notes = new Map<string, string>();
  const archiveOf = (name: string, on: string): Uint8Array => {
    // As the mirror of the simulated account has it: alone, so that the hash is the same.
    const program = on === platform ? built : new TextEncoder().encode(notes.get(on) ?? on);
    const files: Zippable = {
      [`terraform-provider-${name}_v${versions[name]}`]: [
        program,
        { level: 0, os: 3, attrs: 0o755 << 16 },
      ],
    };
    return zipSync(files, { mtime: EPOCH });
  };
  const server: Bun.Server<undefined> = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    routes: {
      '/v1/providers/hashicorp/:name/versions': ({ params: { name } }) =>
        Response.json({
          versions: [{ version: versions[name], protocols: ['5.0', '6.0'], platforms: [] }],
        }),
      '/v1/providers/hashicorp/:name/:version/download/:os/:arch': ({ params }) => {
        const { name, version, os, arch } = params;
        const on = `${os}_${arch}`;
        const filename = `terraform-provider-${name}_${version}_${on}.zip`;
        const shasum = new Bun.CryptoHasher('sha256').update(archiveOf(name, on)).digest('hex');
        return Response.json({
          ...{ protocols: ['5.0', '6.0'], os, arch, filename, shasum },
          download_url: `${server.url}archives/${name}/${on}`,
          shasums_url: `${server.url}sums/${shasum}/${filename}`,
          shasums_signature_url: `${server.url}signature`,
          signing_keys: { gpg_public_keys: [] },
        });
      },
      '/sums/:shasum/:filename': ({ params }) =>
        new Response(`${params.shasum}  ${params.filename}\n`),
      '/signature': () => new Response('none'),
      '/archives/:name/:platform': ({ params }) =>
        new Response(archiveOf(params.name, params.platform)),
    },
  });
  return {
    url: `${server.url}v1/providers/`,
    notes,
    [Symbol.dispose]: () => void server.stop(true),
  };
};
