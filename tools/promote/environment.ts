/** The image that an environment runs, as Git says it: the repository and digest in its overlay and in the chart's values. */
import { join } from 'node:path';
import { parse } from 'yaml';
import { git } from '../git.ts';

const ROOT = join(import.meta.dir, '../..');

/** The order of a promotion. What begins with an environment's name, such as prod's standby, takes its image. */
export const PROMOTED = ['dev', 'prod'] as const;

export type Promoted = (typeof PROMOTED)[number];

export interface RunningImage {
  readonly repository: string;
  readonly digest: string;
}

export const DIGEST = /^sha256:[0-9a-f]{64}$/;

/** What the files say before the first image. */
export const NO_DIGEST = `sha256:${'0'.repeat(64)}`;

export const overlayFile = (environment: Promoted): string =>
  `kustomize/overlays/${environment}/kustomization.yaml`;

export const filesOf = (environment: Promoted): readonly [overlay: string, values: string] => [
  overlayFile(environment),
  `helm/hello/values/${environment}.yaml`,
];

const overlayImage = (text: string): RunningImage => {
  const [image] = parse(text)?.images ?? [];
  return { repository: image?.newName, digest: image?.digest };
};

/**
 * The image of an environment in a work tree.
 * @param root the work tree; default: this one
 * @throws Error when overlay and values don't say the same
 */
export const imageOf = async (environment: Promoted, root = ROOT): Promise<RunningImage> => {
  const [overlayPath, valuesPath] = filesOf(environment);
  const overlay = overlayImage(await Bun.file(join(root, overlayPath)).text());
  const { repository, digest } = parse(await Bun.file(join(root, valuesPath)).text())?.image ?? {};
  if (overlay.repository !== repository || overlay.digest !== digest)
    throw new Error(
      `${overlayPath} runs ${overlay.repository}@${overlay.digest}, ${valuesPath} ${repository}@${digest}: make them equal`,
    );
  return overlay;
};

/** Every digest that an environment's overlay named on the way to a commit, the newest first. */
export const historyOf = async (environment: Promoted, commit: string): Promise<string[]> => {
  const file = overlayFile(environment);
  const changes = await git(ROOT, 'log', '--format=%H', commit, '--', file);
  const images = changes
    .split('\n')
    .filter(Boolean)
    .map(async (change) => overlayImage(await git(ROOT, 'show', `${change}:${file}`)));
  return [...new Set((await Promise.all(images)).map(({ digest }) => digest))];
};

/** Where a file of an environment says the digest. */
const DIGEST_LINE = /^( +digest: )sha256:[0-9a-f]{64}$/gm;

/** A file's text with another digest; undefined when it hasn't exactly one, such as another in a value of many lines. */
export const withDigest = (text: string, digest: string): string | undefined =>
  text.match(DIGEST_LINE)?.length === 1 ? text.replace(DIGEST_LINE, `$1${digest}`) : undefined;

/** Writes a digest into the files of an environment in a work tree, and nothing else. */
export const setDigest = async (
  environment: Promoted,
  digest: string,
  root = ROOT,
): Promise<void> => {
  for (const file of filesOf(environment)) {
    const path = join(root, file);
    const text = withDigest(await Bun.file(path).text(), digest);
    if (text === undefined) throw new Error(`${file} must have one line with a digest`);
    await Bun.write(path, text);
  }
};
