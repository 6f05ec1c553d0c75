import { expect, test } from 'bun:test';
import { join } from 'node:path';
import packageJson from '../../../package.json' with { type: 'json' };
import { rehearse } from '../../rehearsal.ts';
import { PLACES, versionsIn } from '../places.ts';
import { NEXT as FIRST, tellSomething } from './unreleased.ts';

const TIMEOUT_MILLISECONDS = 60_000;

const SECOND = '987.655.0-rc.1';

test(
  'a release sets the version everywhere, in one commit, and the next leaves nothing of it',
  async () => {
    await using clone = await rehearse();
    await tellSomething(clone);
    const before = await clone.commit('Tell something');
    expect(await clone.run('release', [FIRST])).toMatchObject({ status: 0 });
    expect(await clone.git('log', '--format=%s', `${before}..`)).toBe(`Release ${FIRST}`);
    expect(await clone.git('status', '--porcelain')).toBe('');
    for (const place of PLACES) {
      const versions = versionsIn(await Bun.file(join(clone.folder, place.file)).text(), place);
      expect({ place: place.file, versions: [...new Set(versions)] }).toEqual({
        place: place.file,
        versions: [FIRST],
      });
    }
    const holders = (await clone.git('grep', '--name-only', '-F', FIRST)).split('\n');
    expect(holders).toContain('service/openapi.json');
    expect(holders).toContain('README.md');

    const again = await clone.run('release', [SECOND]);
    expect(again).toMatchObject({ status: 2, errors: expect.stringContaining('tells nothing') });
    await tellSomething(clone);
    await clone.commit('Tell one more thing');
    expect(await clone.run('release', [SECOND])).toMatchObject({ status: 0 });
    const left = await clone.git('grep', '--name-only', '-F', FIRST);
    expect(left.split('\n')).toEqual(['CHANGELOG.md', 'tools/release/test/unreleased.ts']);
  },
  TIMEOUT_MILLISECONDS,
);

test(
  'a release is refused, and changes nothing, where something stands against it',
  async () => {
    await using clone = await rehearse();
    await tellSomething(clone);
    const head = await clone.commit('Tell something');
    const refused = async (version: string, ...faults: readonly string[]): Promise<void> => {
      const { status, errors } = await clone.run('release', version === '' ? [] : [version]);
      expect({ version, status }).toEqual({ version, status: 2 });
      expect(errors.trim().split('\n')).toEqual(
        faults.map((fault) => expect.stringContaining(fault)),
      );
      expect(await clone.git('rev-parse', 'HEAD')).toBe(head);
    };
    await refused('', 'usage: bun run release VERSION');
    await refused('v1.4.0', '"v1.4.0" is no version');
    await refused('1.4', '"1.4" is no version');
    await refused('1.4.0+build', 'is no version');
    await refused(packageJson.version, 'is not above the present version');
    await refused('0.0.1', '0.0.1 is not above the present version');
    await clone.git('tag', 'v0.0.9');
    await refused(FIRST, 'v0.0.9 is tagged and has no section');
    await clone.git('tag', '--delete', 'v0.0.9');
    await clone.edit('LICENSE', (text) => `${text}\n`);
    await refused(FIRST, 'the work tree has changes');
    await clone.git('restore', '.');

    // A place without a version is noticed half-way: nothing of the release stays.
    await clone.edit('docs/image.md', (text) => text.replace(`hello:${packageJson.version}`, ''));
    await clone.commit('Lose a version');
    const lost = await clone.run('release', [FIRST]);
    expect(lost.status).not.toBe(0);
    expect(lost.errors).toContain('docs/image.md has no version');
    expect(await clone.git('status', '--porcelain')).toBe('');
  },
  TIMEOUT_MILLISECONDS,
);
