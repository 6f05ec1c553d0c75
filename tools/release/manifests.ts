/** What the overlays render as an artifact in a registry, in the form that Argo CD takes for a source: one archive. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  blobWriter,
  compress,
  type ImageIdentity,
  labelsOf,
  TYPE,
} from '../../service/image/oci.ts';
import { run } from '../../service/image/run.ts';
import { tar } from '../../service/image/tar.ts';
import { isMissing } from './publish.ts';

const CRANE = join(import.meta.dir, '../crane/crane');

/** Writes an OCI image layout with the artifact into a folder; its digest. The same renders of a commit give the same. */
const writeLayout = (
  folder: string,
  identity: ImageIdentity,
  renders: Readonly<Record<string, string>>,
): string => {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, 'blobs/sha256'), { recursive: true });
  const write = blobWriter(folder);
  const files = Object.entries(renders).flatMap(([environment, text]) => [
    { path: environment, mode: 0o755, owner: 0 },
    { path: `${environment}/hello.yaml`, mode: 0o644, owner: 0, content: Buffer.from(text) },
  ]);
  const manifest = write(`${TYPE}.manifest.v1+json`, {
    schemaVersion: 2,
    mediaType: `${TYPE}.manifest.v1+json`,
    config: write(`${TYPE}.config.v1+json`, {}),
    layers: [write(`${TYPE}.layer.v1.tar+gzip`, compress(tar(files, identity.created)))],
    annotations: {
      ...labelsOf(identity),
      'org.opencontainers.image.description': 'What the overlays of hello render',
    },
  });
  writeFileSync(join(folder, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
  writeFileSync(
    join(folder, 'index.json'),
    JSON.stringify({
      schemaVersion: 2,
      mediaType: `${TYPE}.index.v1+json`,
      manifests: [manifest],
    }),
  );
  return manifest.digest;
};

/**
 * Pushes what the overlays render, by the name of each, with the version as a tag; its digest.
 * @throws Error for a version that has other renders
 */
export const pushManifests = async (
  folder: string,
  repository: string,
  identity: ImageIdentity,
  renders: Readonly<Record<string, string>>,
): Promise<string> => {
  const digest = writeLayout(folder, identity, renders);
  const reference = `${repository}:${identity.version}`;
  if (await isMissing(reference, digest)) await run([CRANE, 'push', folder, reference]);
  return digest;
};
