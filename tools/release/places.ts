/** Where the version of a release stands, besides package.json. Everything else that shows it is generated from there. */

/** A file and what surrounds the version in it; every match counts. */
export interface Place {
  readonly file: string;
  /** Global, and the version is the match itself, without its surroundings. */
  readonly version: RegExp;
}

const VERSION = String.raw`\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?`;

export const PLACES: readonly Place[] = [
  { file: 'package.json', version: new RegExp(`(?<=^  "version": ")${VERSION}(?=")`, 'gm') },
  { file: 'Dockerfile', version: new RegExp(`(?<=image\\.version=)${VERSION}(?= )`, 'g') },
  {
    file: 'helm/hello/Chart.yaml',
    version: new RegExp(`(?<=^(?:version|appVersion): )${VERSION}$`, 'gm'),
  },
  {
    file: 'kustomize/overlays/local/kustomization.yaml',
    version: new RegExp(`(?<=newTag: )${VERSION}$`, 'gm'),
  },
  {
    file: 'docs/kubernetes.md',
    version: new RegExp(`(?<=\\bhello:|newTag: )${VERSION}(?= |\`|$)`, 'gm'),
  },
  { file: 'docs/image.md', version: new RegExp(`(?<=\\bhello:)${VERSION}(?=\`)`, 'g') },
];

/** The versions that stand in the text of a place. */
export const versionsIn = (text: string, { version }: Place): string[] => text.match(version) ?? [];

/**
 * The text of a place with another version.
 * @throws Error when none stands there
 */
export const withVersion = (text: string, place: Place, version: string): string => {
  if (versionsIn(text, place).length === 0)
    throw new Error(`${place.file} has no version where one was: see tools/release/places.ts`);
  return text.replaceAll(place.version, version);
};
