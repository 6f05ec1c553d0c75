import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Architecture } from './architecture.ts';
import { IMAGE_CONFIG } from './config.ts';
import type { ImageFile } from './files.ts';
import { tar } from './tar.ts';

/** What tells one image from others; the values of OCI's predefined annotations. */
export interface ImageIdentity {
  readonly version: string;
  readonly commit: string;
  /** Seconds since 1970, of every file and of the image. */
  readonly created: number;
}

export interface ImageOf {
  readonly architecture: Architecture;
  /** From the bottom. */
  readonly layers: readonly (readonly ImageFile[])[];
}

interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly platform?: { readonly architecture: Architecture; readonly os: 'linux' };
  readonly annotations?: Readonly<Record<string, string>>;
}

/** What was written, for the report. */
export interface Layout {
  readonly digest: string;
  readonly images: readonly {
    readonly architecture: Architecture;
    readonly digest: string;
    readonly layers: readonly { readonly size: number; readonly compressed: number }[];
  }[];
}

/** What the media types of OCI's images begin with. */
export const TYPE = 'application/vnd.oci.image';

/** Writes an OCI image layout 1.0 with one image for several architectures into a folder, which it empties first. */
export const writeLayout = (
  folder: string,
  identity: ImageIdentity,
  images: readonly ImageOf[],
): Layout => {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, 'blobs/sha256'), { recursive: true });
  const write = blobWriter(folder);
  const labels = labelsOf(identity);
  const created = new Date(identity.created * 1000).toISOString().replace('.000', '');

  const written = images.map(({ architecture, layers }) => {
    const archives = layers.map((files) => tar(files, identity.created));
    const blobs = archives.map((archive) => write(`${TYPE}.layer.v1.tar+gzip`, compress(archive)));
    const config = write(`${TYPE}.config.v1+json`, {
      created,
      architecture,
      os: 'linux',
      config: { ...IMAGE_CONFIG, Labels: labels },
      rootfs: { type: 'layers', diff_ids: archives.map(digestOf) },
      history: layers.map(() => ({ created, created_by: 'make image' })),
    });
    const manifest = write(`${TYPE}.manifest.v1+json`, {
      schemaVersion: 2,
      mediaType: `${TYPE}.manifest.v1+json`,
      config,
      layers: blobs,
      annotations: labels,
    });
    const sizes = archives.map((archive, index) => ({
      size: archive.length,
      compressed: blobs[index]?.size ?? 0,
    }));
    return { architecture, manifest, sizes };
  });

  const index = write(`${TYPE}.index.v1+json`, {
    schemaVersion: 2,
    mediaType: `${TYPE}.index.v1+json`,
    manifests: written.map(({ architecture, manifest }) => ({
      ...manifest,
      platform: { architecture, os: 'linux' },
    })),
    annotations: labels,
  });
  writeFileSync(join(folder, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
  writeFileSync(
    join(folder, 'index.json'),
    JSON.stringify({
      schemaVersion: 2,
      mediaType: `${TYPE}.index.v1+json`,
      manifests: [
        {
          ...index,
          annotations: {
            'org.opencontainers.image.ref.name': `hello:${identity.version}`,
            // How containerd, and Docker with it, names an image that it loads.
            'io.containerd.image.name': `docker.io/library/hello:${identity.version}`,
          },
        },
      ],
    }),
  );
  return {
    digest: index.digest,
    images: written.map(({ architecture, manifest, sizes }) => ({
      architecture,
      digest: manifest.digest,
      layers: sizes,
    })),
  };
};

/** By libdeflate, which takes half the time of zlib here. */
export const compress = (bytes: Uint8Array): Uint8Array =>
  Bun.gzipSync(bytes as Uint8Array<ArrayBuffer>, { library: 'libdeflate', level: 6 });

/** Annotations that OCI knows. */
export const labelsOf = ({
  version,
  commit,
}: Pick<ImageIdentity, 'version' | 'commit'>): Record<string, string> => ({
  'org.opencontainers.image.title': 'hello',
  'org.opencontainers.image.description': 'A greeting service',
  'org.opencontainers.image.version': version,
  'org.opencontainers.image.revision': commit,
  'org.opencontainers.image.licenses': 'Apache-2.0',
});

/** Writes blobs under the name of their digest. */
export const blobWriter =
  (folder: string) =>
  (mediaType: string, content: Uint8Array | object): Descriptor => {
    const bytes =
      content instanceof Uint8Array ? content : Buffer.from(JSON.stringify(content, null, 2));
    const digest = digestOf(bytes);
    writeFileSync(join(folder, 'blobs', digest.replace(':', '/')), bytes);
    return { mediaType, digest, size: bytes.length };
  };

const digestOf = (bytes: Uint8Array): string =>
  `sha256:${new Bun.CryptoHasher('sha256').update(bytes).digest('hex')}`;
