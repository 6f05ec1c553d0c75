import type { NpmPackage } from './binary.ts';
import { BUN_LICENCE, bunPackageFor } from './bun.ts';
import { type DebianPackage, SUITE } from './debian.ts';
import type { ImageFile } from './files.ts';
import type { ImageIdentity } from './oci.ts';

/** What the image of an architecture is made of, and which file is of what: a CycloneDX 1.6 document. */
export const sbom = (
  { name: libc, version, architecture, sha256 }: DebianPackage,
  identity: ImageIdentity,
  files: readonly ImageFile[],
  npmPackages: readonly NpmPackage[],
) => {
  const filesOf = (name: string | undefined) =>
    files
      .filter(({ content, origin }) => content && origin === name)
      .map(({ path, content = new Uint8Array() }) => ({
        type: 'file',
        name: `/${path}`,
        hashes: [
          {
            alg: 'SHA-256',
            content: new Bun.CryptoHasher('sha256').update(content).digest('hex'),
          },
        ],
      }));
  const bun = bunPackageFor(architecture);
  const hello = `pkg:generic/hello@${identity.version}`;
  return {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: {
      timestamp: new Date(identity.created * 1000).toISOString(),
      component: {
        type: 'container',
        'bom-ref': hello,
        name: 'hello',
        version: identity.version,
        licenses: [{ license: { id: 'Apache-2.0' } }],
        components: filesOf('hello'),
      },
    },
    components: [
      {
        type: 'library',
        name: libc,
        version,
        purl: `pkg:deb/debian/${libc}@${encodeURIComponent(version)}?arch=${architecture}&distro=${SUITE}`,
        hashes: [{ alg: 'SHA-256', content: sha256 }],
        components: filesOf(libc),
      },
      {
        type: 'platform',
        name: bun.name,
        version: Bun.version,
        purl: `pkg:npm/${bun.name.replace('@', '%40')}@${Bun.version}`,
        hashes: [{ alg: 'SHA-512', content: bun.sha512 }],
        licenses: [{ expression: BUN_LICENCE }],
      },
      ...npmPackages.map(({ name, version, licence }) => ({
        type: 'library',
        name,
        version,
        purl: `pkg:npm/${name.replace('@', '%40')}@${version}`,
        licenses: [{ expression: licence }],
      })),
      ...filesOf(undefined),
    ],
  };
};
