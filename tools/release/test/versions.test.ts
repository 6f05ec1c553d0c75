import { describe, expect, test } from 'bun:test';
import { join, relative } from 'node:path';
import packageJson from '../../../package.json' with { type: 'json' };
import { generatedFiles } from '../../generate.ts';
import { git } from '../../git.ts';
import { PLACES, versionsIn, withVersion } from '../places.ts';

const ROOT = join(import.meta.dir, '../../..');

describe('the version is that of package.json', () => {
  for (const place of PLACES)
    test(`in ${place.file}`, async () => {
      const versions = versionsIn(await Bun.file(join(ROOT, place.file)).text(), place);
      expect(versions.length).toBeGreaterThan(0);
      expect(new Set(versions)).toEqual(new Set([packageJson.version]));
    });

  test('in what is generated', async () => {
    for (const [path, text] of await generatedFiles())
      if (GENERATED.includes(relative(ROOT, path))) expect(await Bun.file(path).text()).toBe(text);
  });
});

/** What `bun run generate` writes the version into. */
const GENERATED = ['README.md', 'service/openapi.json'];

/** Pins of others, which may be at the same version, and a chart that nobody installs by its own. */
const OTHERS = [':!gitops', ':!*lock*', ':!*go.mod', ':!*go.sum', ':!tools/**/package.json'];

test('the version stands nowhere else', async () => {
  const present = packageJson.version.replaceAll('.', String.raw`\.`);
  const known = [...PLACES.map(({ file }) => file), 'CHANGELOG.md', ...GENERATED];
  const found = await git(
    ROOT,
    ...['grep', '--untracked', '--name-only', '--perl-regexp'],
    // Named as one: anywhere else the same digits may be another's.
    ...['-e', `^\\s*"?(version|appVersion)"?: "?${present}(?![\\d.])`],
    // An image, a chart or a package of ours, whatever its version.
    ...['-e', String.raw`(\b[hH]ello[:@-]v?|newTag: )\d+\.\d+\.\d+`],
    ...['--', '.', ':!*test*', ...OTHERS],
  );
  expect(found.split('\n').filter((file) => !known.includes(file))).toEqual([]);
});

test('a place that lost its version is an error, not left out', () => {
  const [place] = PLACES;
  if (!place) throw new Error('no places');
  expect(() => withVersion('{}', place, '1.4.0')).toThrow('package.json has no version');
});
