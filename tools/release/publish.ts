/**
 * Pushes the image that `make image` built, signs it and attaches its bills of materials:
 *   bun tools/release/publish.ts REPOSITORY [TAG ...]
 * The image of each architecture gets the tags too, such as `TAG-amd64`.
 * Prints the digest. A tag that is there stays: with the same digest it is passed over, with another it is an error.
 */
import { join } from 'node:path';
import { run } from '../../service/image/run.ts';
import { collect } from '../collect.ts';

const ROOT = join(import.meta.dir, '../..');
const CRANE = join(ROOT, 'tools/crane/crane');
const COSIGN = join(ROOT, 'tools/cosign/cosign');

/** What cosign is told of a Sigstore of one's own, in place of the public one, by files of its formats. */
export const sigstoreOf = ({
  SIGSTORE_SIGNING_CONFIG: config,
  SIGSTORE_TRUSTED_ROOT: root,
}: NodeJS.ProcessEnv): string[] => [
  ...(config ? ['--signing-config', config] : []),
  ...(root ? ['--trusted-root', root] : []),
];

interface Index {
  readonly manifests: readonly {
    readonly digest: string;
    readonly platform?: { readonly architecture: string };
  }[];
}

const readIndex = async (file: string): Promise<Index> => JSON.parse(await Bun.file(file).text());

/** The digest that a tag has in the registry; undefined when it isn't there. */
export const digestAt = async (reference: string): Promise<string | undefined> => {
  const { status, output, errors } = await collect([CRANE, 'digest', reference]);
  if (status === 0) return output.trim();
  if (/MANIFEST_UNKNOWN|NAME_UNKNOWN|status code 404/.test(errors)) return undefined;
  throw new Error(errors.trim());
};

/**
 * Whether a tag is still to be pushed: one that is there with the same digest needs nothing.
 * @throws Error when it is there with another
 */
export const isMissing = async (reference: string, digest: string): Promise<boolean> => {
  const present = await digestAt(reference);
  if (present && present !== digest)
    throw new Error(`${reference} is ${present}, this one is ${digest}`);
  return !present;
};

/**
 * Publishes a folder as `make image` leaves it.
 * @returns the digest of the image of all architectures
 * @throws Error for a tag that another image has, and with what crane or cosign says
 */
export const publish = async (
  folder: string,
  repository: string,
  tags: readonly string[],
  sigstore: readonly string[] = sigstoreOf(process.env),
): Promise<string> => {
  const [image] = (await readIndex(join(folder, 'oci/index.json'))).manifests;
  if (!image) throw new Error(`${folder}/oci holds no image: run make image`);
  const { digest } = image;
  for (const tag of tags)
    if (await isMissing(`${repository}:${tag}`, digest))
      await run([CRANE, 'push', join(folder, 'oci'), `${repository}:${tag}`]);
  const { manifests } = await readIndex(join(folder, 'oci/blobs', digest.replace(':', '/')));
  // The registry expires by tags: without its own, a platform's image would outlive the image of all.
  for (const tag of tags)
    for (const { digest: of, platform } of manifests) {
      const own = `${tag}-${platform?.architecture}`;
      if (await isMissing(`${repository}:${own}`, of))
        await run([CRANE, 'tag', `${repository}@${of}`, own]);
    }
  await run([COSIGN, 'sign', '--yes', ...sigstore, `${repository}@${digest}`]);
  for (const { digest: of, platform } of manifests)
    await run([
      ...[COSIGN, 'attest', '--yes', ...sigstore, '--type', 'cyclonedx'],
      ...['--predicate', join(folder, `${platform?.architecture}.cdx.json`)],
      `${repository}@${of}`,
    ]);
  return digest;
};

if (import.meta.main) {
  const [repository, ...tags] = process.argv.slice(2);
  if (!repository || tags.length === 0) {
    console.error('usage: bun tools/release/publish.ts REPOSITORY TAG ...');
    process.exit(2);
  }
  console.log(await publish(join(ROOT, 'build/image'), repository, tags));
}
