import { mkdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ALL_ARCHITECTURES, type Architecture } from '../../image/architecture.ts';
import { buildImage } from '../../image/build.ts';
import { bunFor } from '../../image/bun.ts';
import { unpackedLibc } from '../../image/debian.ts';
import type { ImageIdentity } from '../../image/oci.ts';
import { run, UnavailableError } from '../../image/run.ts';
import { buildFolder, COMMIT } from '../support/binary.ts';

export const ROOT = resolve(import.meta.dir, '../../..');

export const IDENTITY: ImageIdentity = { version: '1.2.3', commit: COMMIT, created: 1_700_000_000 };

// That Debian replaced the pinned version is no fault of this commit; `bun tools/availability.ts` reports it.
process.env.ALLOW_NEWER = '1';

/** Why the image can't be built on this machine, if so. */
export const imageMissing: string | undefined = await (async () => {
  try {
    for (const architecture of ALL_ARCHITECTURES) {
      await bunFor(architecture);
      await unpackedLibc(architecture);
    }
  } catch (error) {
    if (error instanceof UnavailableError) return error.message;
    throw error;
  }
})();

let built: Promise<string> | undefined;

/** The folder of an image of every architecture, built once in a run of the tests. */
export const image = (): Promise<string> => (built ??= build());

const build = async (): Promise<string> => {
  const folder = join(buildFolder(), 'image');
  await buildImage(folder, ALL_ARCHITECTURES, IDENTITY);
  return folder;
};

/** Copies what the image is built from into a folder. */
export const copySources = async (folder: string): Promise<void> => {
  const sources = ['service', 'tools/bun', 'package.json', 'tsconfig.json', 'LICENSE'];
  await run(['cp', '-r', '--parents', ...sources, folder], ROOT);
  await run(['cp', '-r', '-l', 'node_modules', folder], ROOT);
};

export interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly platform?: { readonly architecture: string; readonly os: string };
  readonly annotations?: Readonly<Record<string, string>>;
}

/** What an image of one architecture is made of. */
export interface ImageOfOne {
  readonly manifest: { readonly config: Descriptor; readonly layers: readonly Descriptor[] };
  readonly config: {
    readonly architecture: string;
    readonly config: Record<string, unknown>;
    readonly rootfs: { readonly diff_ids: readonly string[] };
  };
  /** The archives of the layers, from the bottom. */
  readonly layers: readonly string[];
}

export const blobPath = (folder: string, { digest }: Descriptor): string =>
  join(folder, 'oci/blobs', digest.replace(':', '/'));

const readBlob = (folder: string, descriptor: Descriptor) =>
  JSON.parse(readFileSync(blobPath(folder, descriptor), 'utf8'));

/** The descriptors of an image, from the index of the layout down. */
export const indexOf = (folder: string): { name: Descriptor; manifests: readonly Descriptor[] } => {
  const [name] = JSON.parse(readFileSync(join(folder, 'oci/index.json'), 'utf8')).manifests;
  return { name, manifests: readBlob(folder, name).manifests };
};

export const imageOf = (folder: string, architecture: Architecture): ImageOfOne => {
  const { manifests } = indexOf(folder);
  const descriptor = manifests.find(({ platform }) => platform?.architecture === architecture);
  if (!descriptor) throw new Error(`the index has no ${architecture}`);
  const manifest: ImageOfOne['manifest'] = readBlob(folder, descriptor);
  return {
    manifest,
    config: readBlob(folder, manifest.config),
    layers: manifest.layers.map((layer) => blobPath(folder, layer)),
  };
};

/** Unpacks the layers as a container runtime does. */
export const unpackLayers = async (
  folder: string,
  architecture: Architecture,
  target: string,
): Promise<void> => {
  mkdirSync(target, { recursive: true });
  for (const layer of imageOf(folder, architecture).layers)
    await run(['tar', '-x', '-z', '-p', '--numeric-owner', '-f', layer, '-C', target]);
};
