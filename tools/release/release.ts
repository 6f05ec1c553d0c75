/**
 * Makes the commit of a release: `bun run release 1.4.0`. The version goes everywhere it stands, what was unreleased in
 * the changelog becomes its section. The tag comes once main has the commit.
 */
import { join } from 'node:path';
import { git } from '../git.ts';
import { gaps, released } from './changelog.ts';
import { PLACES, withVersion } from './places.ts';

const ROOT = join(import.meta.dir, '../..');

/** Semantic Versioning without build metadata, which neither a tag of an image nor a chart's file name carries. */
const VERSION =
  /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-(0|[1-9]\d*|\d*[A-Za-z-][0-9A-Za-z-]*)(\.(0|[1-9]\d*|\d*[A-Za-z-][0-9A-Za-z-]*))*)?$/;

const read = (file: string): Promise<string> => Bun.file(join(ROOT, file)).text();

const refusals = async (version: string): Promise<string[]> => {
  if (!VERSION.test(version))
    return [`"${version}" is no version: give one such as 1.4.0 or 1.4.0-rc.1`];
  const { version: present } = JSON.parse(await read('package.json'));
  const faults: string[] = [];
  if (Bun.semver.order(version, present) <= 0)
    faults.push(`${version} is not above the present version, ${present}`);
  if ((await git(ROOT, 'status', '--porcelain')) !== '')
    faults.push('the work tree has changes: commit or stash them');
  const tagged = (await git(ROOT, 'tag', '--list', 'v*')).split('\n').filter(Boolean);
  const gapsOf = gaps(
    await read('CHANGELOG.md'),
    present,
    tagged.map((tag) => tag.slice(1)),
  );
  return [...faults, ...gapsOf.map((gap) => `CHANGELOG.md: ${gap}`)];
};

const write = async (version: string): Promise<void> => {
  for (const place of PLACES)
    await Bun.write(join(ROOT, place.file), withVersion(await read(place.file), place, version));
  const today = Temporal.Now.plainDateISO('UTC').toString();
  await Bun.write(join(ROOT, 'CHANGELOG.md'), released(await read('CHANGELOG.md'), version, today));
  // Another process: this one may have read the former package.json.
  const { exited } = Bun.spawn([process.execPath, 'tools/generate.ts'], {
    cwd: ROOT,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if ((await exited) !== 0) throw new Error('bun run generate failed');
};

const release = async (version: string): Promise<void> => {
  try {
    await write(version);
    await git(ROOT, 'commit', '--all', '--quiet', '--message', `Release ${version}`);
  } catch (error) {
    // The tree was clean, so nothing else is lost.
    await git(ROOT, 'reset', '--hard', '--quiet');
    throw error;
  }
  console.log(await git(ROOT, 'show', '--stat', '--format=%h %s'));
  console.log(`Open a pull request with this commit. When main has it:
  git tag --annotate v${version} --message 'Hello ${version}' COMMIT && git push origin v${version}`);
};

const [version = '', ...others] = process.argv.slice(2);
const faults =
  version === '' || others.length > 0
    ? ['usage: bun run release VERSION, such as 1.4.0']
    : await refusals(version);
if (faults.length > 0) {
  for (const fault of faults) console.error(fault);
  process.exit(2);
}
await release(version);
