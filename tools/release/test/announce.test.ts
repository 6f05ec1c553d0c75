import { expect, test } from 'bun:test';
import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rehearse } from '../../rehearsal.ts';

test('a release on GitHub is made once, and renewed when it is there', async () => {
  await using clone = await rehearse();
  const build = join(clone.folder, 'build');
  const [bin, calls, releases] = ['bin', 'calls', 'releases'].map((name) => join(build, name)) as [
    string,
    string,
    string,
  ];
  const announce = async (tag: string) => {
    rmSync(calls, { force: true });
    const { status, errors } = await clone.bun(['tools/release/announce.ts', tag], {
      PATH: `${bin}:${process.env.PATH}`,
    });
    const called = (await Bun.file(calls).exists()) ? (await Bun.file(calls).text()).trim() : '';
    return { status, errors, called: called.replaceAll(`${build}/release/`, '').split('\n') };
  };
  // Stands in for GitHub's program: notes how it is called, and knows the releases of a file.
  mkdirSync(bin, { recursive: true });
  writeFileSync(
    join(bin, 'gh'),
    `#!/bin/sh\necho "$@" >> '${calls}'\n[ "$2" != list ] || cat '${releases}'\n`,
  );
  chmodSync(join(bin, 'gh'), 0o755);
  writeFileSync(releases, 'v1.3.0\nv1.4.0-rc.1\n');

  expect(await announce('v1.4.0')).toMatchObject({
    status: 1,
    errors: 'build/release has no notes: run tools/release/tagged.ts\n',
  });
  mkdirSync(join(build, 'release'));
  for (const file of ['notes.md', 'hello-1.4.0.tgz', 'hello-dev.yaml'])
    writeFileSync(join(build, 'release', file), file);

  const list = 'release list --limit 1000 --json tagName --jq .[].tagName';
  const said = '--verify-tag --title Hello v1.4.0 --notes-file notes.md --prerelease=false';
  const files = 'hello-1.4.0.tgz hello-dev.yaml';
  expect(await announce('v1.4.0')).toMatchObject({
    status: 0,
    called: [list, `release create v1.4.0 ${said} ${files}`],
  });
  writeFileSync(releases, 'v1.3.0\nv1.4.0\nv1.5.0-rc.1\n');
  expect(await announce('v1.4.0')).toMatchObject({
    status: 0,
    called: [
      list,
      `release upload v1.4.0 --clobber ${files}`,
      `release edit v1.4.0 ${said} --draft=false`,
    ],
  });
  expect((await announce('v1.5.0-rc.1')).called.at(-1)).toContain('--prerelease=true');
  expect(await announce('v1.5.0-rc.2')).toMatchObject({
    status: 0,
    called: [list, expect.any(String)],
  });
  writeFileSync(join(bin, 'gh'), '#!/bin/sh\necho unauthorised >&2\nexit 4\n');
  expect(await announce('v1.4.0')).toMatchObject({
    status: 1,
    errors: 'unauthorised\ngh release list failed\n',
  });
});
