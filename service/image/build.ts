/**
 * Builds the image: `bun service/image/build.ts [folder] [architecture ...]`, by default build/image and all.
 * Writes an OCI layout (oci/), the files as the Dockerfile copies them (root-<architecture>/
 * and data/), and what they are made of (<architecture>.cdx.json).
 */
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import packageJson from '../../package.json' with { type: 'json' };
import { ALL_ARCHITECTURES, type Architecture } from './architecture.ts';
import { commitOf, compile, git } from './binary.ts';
import { bunFor } from './bun.ts';
import { unpackedLibc } from './debian.ts';
import { baseFiles, type ImageFile, serviceFiles } from './files.ts';
import { type ImageIdentity, type ImageOf, type Layout, writeLayout } from './oci.ts';
import { sbom } from './sbom.ts';

const ROOT = resolve(import.meta.dir, '../..');

/** Builds the image for some architectures into a folder, which it empties first. */
export const buildImage = async (
  folder: string,
  architectures: readonly Architecture[],
  identity: ImageIdentity,
): Promise<Layout> => {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const images: ImageOf[] = [];
  for (const architecture of architectures) {
    const libc = await unpackedLibc(architecture);
    const aside = mkdtempSync(join(tmpdir(), 'hello-image-'));
    try {
      const binary = await compile(architecture, aside, identity.commit);
      const layers = [baseFiles(libc), serviceFiles(binary)];
      images.push({ architecture, layers });
      const files = layers.flat();
      writeFiles(folder, architecture, files);
      writeFileSync(
        join(folder, `${architecture}.cdx.json`),
        `${JSON.stringify(sbom(libc, identity, files, binary.packages), null, 2)}\n`,
      );
    } finally {
      rmSync(aside, { recursive: true, force: true });
    }
  }
  return writeLayout(join(folder, 'oci'), identity, images);
};

/** What root owns goes into `root-<architecture>`, other folders beside it: a Dockerfile tells the owner of each COPY. */
const writeFiles = (
  folder: string,
  architecture: Architecture,
  files: readonly ImageFile[],
): void => {
  const root = join(folder, `root-${architecture}`);
  mkdirSync(root);
  for (const { path, mode, owner, content } of files) {
    const target = join(owner === 0 ? root : folder, path);
    if (content) writeFileSync(target, content);
    else mkdirSync(target, { recursive: true });
    chmodSync(target, mode);
  }
};

/** Version, commit and its time; `SOURCE_DATE_EPOCH` sets another time, as reproducible-builds.org describes it. */
const identity = (): ImageIdentity => ({
  version: packageJson.version,
  commit: commitOf(),
  created: Number(
    process.env.SOURCE_DATE_EPOCH || git('log', '-1', '--format=%ct', '--no-show-signature') || 0,
  ),
});

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;

/** A line for each architecture: sizes, and how the files compare with Bun's own executable. */
const report = async ({ images }: Layout): Promise<string[]> =>
  Promise.all(
    images.map(async ({ architecture, digest, layers }) => {
      const bun = statSync(await bunFor(architecture)).size;
      const size = layers.reduce((total, layer) => total + layer.size, 0);
      const parts = layers.map((layer) => megabytes(layer.compressed)).join(' + ');
      return `${architecture}  ${digest}  ${megabytes(size)} (${(size / bun).toFixed(3)} of Bun's ${megabytes(bun)}), compressed ${parts}`;
    }),
  );

const main = async (folder: string, names: readonly string[]): Promise<void> => {
  const unknown = names.filter((name) => !ALL_ARCHITECTURES.includes(name as Architecture));
  if (unknown.length > 0)
    throw new Error(
      `unknown architecture ${unknown.join(', ')}: use ${ALL_ARCHITECTURES.join(' or ')}`,
    );
  const architectures = names.length > 0 ? (names as Architecture[]) : ALL_ARCHITECTURES;
  const layout = await buildImage(folder, architectures, identity());
  for (const line of await report(layout)) console.log(line);
  console.log(`${relative('.', join(folder, 'oci'))}  ${layout.digest}`);
};

if (import.meta.main) {
  const [folder = join(ROOT, 'build/image'), ...architectures] = process.argv.slice(2);
  await main(folder, architectures).catch((error: Error) => {
    console.error(error.message);
    process.exit(1);
  });
}
