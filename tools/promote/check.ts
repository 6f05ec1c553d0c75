/**
 * Whether what a commit would run in an environment may run there. The code is that of this work tree; of the commit, files
 * alone are read, so that a pull request can't change the check that judges it.
 */
import { join } from 'node:path';
import { git } from '../git.ts';
import { changesOf, isOfImage, rendersOf, strangeImages } from './changes.ts';
import { historyOf, imageOf, NO_DIGEST, type Promoted, withDigest } from './environment.ts';
import { strangeFiles } from './local.ts';
import { ownersOf, rulesOf } from './owners.ts';
import { Refusal } from './refusal.ts';
import { verifySignature } from './signature.ts';
import { checkOut } from './tree.ts';

const ROOT = join(import.meta.dir, '../..');

/** The folders that the environments are rendered from. */
const RENDERED = ['kustomize', 'helm'];

/** Of each refusal the first few reasons: one change shows in many objects. */
const REASONS = 5;

const refuse = (reasons: readonly string[]): void => {
  if (reasons.length === 0) return;
  const more = reasons.length > REASONS ? [`and ${reasons.length - REASONS} more`] : [];
  throw new Refusal([...reasons.slice(0, REASONS), ...more].join('\n'));
};

const textAt = (commit: string, file: string): Promise<string | undefined> =>
  git(ROOT, 'show', `${commit}:${file}`).catch(() => undefined);

/** Files that change in more than their digest though nobody has to approve it; none when the commit changes an owned file too. */
const unreviewed = async (base: string, commit: string): Promise<string[]> => {
  const rules = rulesOf((await textAt(base, '.github/CODEOWNERS')) ?? '');
  const changed = await git(ROOT, 'diff', '--name-only', '--no-renames', base, commit);
  const files = changed.split('\n').filter(Boolean);
  if (files.some((file) => ownersOf(rules, file).length > 0)) return [];
  const differing = files.map(async (file) => {
    const texts = await Promise.all([textAt(base, file), textAt(commit, file)]);
    const [before, after] = texts.map((text) => withDigest(text ?? '', NO_DIGEST));
    return before !== undefined && before === after ? [] : [file];
  });
  return (await Promise.all(differing)).flat();
};

/**
 * Checks a commit on its way to a branch.
 * @param branch what it would be merged into, such as `origin/main`
 * @returns what would run
 * @throws Refusal, and Error for an image that isn't signed
 */
export const check = async (
  environment: Promoted,
  branch: string,
  commit: string,
): Promise<string> => {
  const base = await git(ROOT, 'merge-base', branch, commit);
  refuse(await strangeFiles(ROOT, commit));
  refuse(
    (await unreviewed(base, commit)).map(
      (file) =>
        `${file} changes in more than its digest, and nobody has to approve that: change a file with an owner too, such as CHANGELOG.md`,
    ),
  );
  await using before = await checkOut(ROOT, base, ...RENDERED);
  await using after = await checkOut(ROOT, commit, ...RENDERED);
  const old = await imageOf(environment, before.folder);
  const now = await imageOf(environment, after.folder);
  if (now.repository !== old.repository && old.digest !== NO_DIGEST)
    throw new Refusal(
      `${environment} would take its image from ${now.repository}, not ${old.repository}`,
    );
  const renders = await rendersOf(environment, after.folder);
  refuse(strangeImages(renders, `${now.repository}@${now.digest}`));
  if (now.digest === old.digest) return `${environment} runs what it ran`;
  refuse(
    changesOf(await rendersOf(environment, before.folder), renders)
      .filter((change) => !isOfImage(change))
      .map(({ where }) => `${where} changes: a promotion brings an image and nothing else`),
  );
  if (now.digest === NO_DIGEST) {
    const earlier = await historyOf(environment, branch);
    if (earlier.some((digest) => ![NO_DIGEST, old.digest].includes(digest)))
      throw new Refusal(
        `${environment} would run no image: that takes back the first one alone, and others ran before ${old.digest}`,
      );
    return `${environment} would run no image`;
  }
  if (environment !== 'dev' && !(await historyOf('dev', branch)).includes(now.digest))
    throw new Refusal(`${environment} would run ${now.digest}, which dev never ran at ${branch}`);
  await verifySignature(now);
  return `${environment} would run ${now.digest}, which is signed`;
};
