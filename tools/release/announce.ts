/**
 * Makes the release of a tag on GitHub, of what tools/release/tagged.ts left in build/release:
 *   bun tools/release/announce.ts v1.4.0
 * One that is there gets notes and files anew, so that it can be run again.
 */
import { join } from 'node:path';
import { Glob } from 'bun';
import { gh } from '../github.ts';

const BUILD = join(import.meta.dir, '../../build/release');

const announce = async (tag: string): Promise<void> => {
  const notes = join(BUILD, 'notes.md');
  if (!(await Bun.file(notes).exists()))
    throw new Error('build/release has no notes: run tools/release/tagged.ts');
  const files = [...new Glob('*.{tgz,yaml}').scanSync({ cwd: BUILD, absolute: true })].toSorted();
  const isPrerelease = tag.includes('-');
  const said = [
    ...['--verify-tag', '--title', `Hello ${tag}`, '--notes-file', notes],
    `--prerelease=${isPrerelease}`,
  ];
  const releases = await gh(
    ...['release', 'list', '--limit', '1000', '--json', 'tagName', '--jq', '.[].tagName'],
  );
  if (!releases.split('\n').includes(tag)) {
    await gh('release', 'create', tag, ...said, ...files);
    return;
  }
  // A draft is what an upload leaves that broke off: it is published with all its files.
  await gh('release', 'upload', tag, '--clobber', ...files);
  await gh('release', 'edit', tag, ...said, '--draft=false');
};

const [tag, ...others] = process.argv.slice(2);
if (!tag || others.length > 0) {
  console.error('usage: bun tools/release/announce.ts TAG');
  process.exit(2);
}
await announce(tag).catch((error: Error) => {
  console.error(error.message);
  process.exit(1);
});
