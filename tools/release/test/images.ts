import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ALL_ARCHITECTURES } from '../../../service/image/architecture.ts';
import { lockedLibc } from '../../../service/image/debian.ts';
import { writeLayout } from '../../../service/image/oci.ts';
import { sbom } from '../../../service/image/sbom.ts';

/** An image as `make image` leaves it, but for its one small file; its digest. */
export const writeImage = (folder: string, version: string): string => {
  const identity = { version, commit: 'abcdef0', created: 1_700_000_000 };
  const files = [
    { path: 'hello', mode: 0o755, owner: 0, content: Buffer.from(version), origin: 'hello' },
  ];
  mkdirSync(folder, { recursive: true });
  for (const architecture of ALL_ARCHITECTURES)
    writeFileSync(
      join(folder, `${architecture}.cdx.json`),
      JSON.stringify(sbom(lockedLibc(architecture), identity, files, [])),
    );
  return writeLayout(
    join(folder, 'oci'),
    identity,
    ALL_ARCHITECTURES.map((architecture) => ({ architecture, layers: [files] })),
  ).digest;
};
