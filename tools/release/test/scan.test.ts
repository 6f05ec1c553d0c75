/** Bills of materials as `make image` writes them, against small databases in osv.dev's format. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { strToU8, zipSync } from 'fflate';
import { lockedLibc } from '../../../service/image/debian.ts';
import { sbom } from '../../../service/image/sbom.ts';
import type { Accepted } from '../accepted.ts';
import { scan } from '../scan.ts';

// The first time osv-scanner is built.
setDefaultTimeout(900_000);

const TODAY = '2026-03-01';
const LIBC = lockedLibc('amd64').version;

const folder = mkdtempSync(join(tmpdir(), 'hello-scan-test-'));
const file = join(folder, 'amd64.cdx.json');
beforeAll(() =>
  Bun.write(
    file,
    JSON.stringify(
      sbom(
        lockedLibc('amd64'),
        { version: '1.0.0', commit: '0'.repeat(40), created: 0 },
        [],
        [{ name: 'elysia', version: '1.4.30', licence: 'MIT', folder }],
      ),
    ),
  ),
);
afterAll(() => rmSync(folder, { recursive: true }));

/** An advisory for what is older than a version. */
const advisory = (
  id: string,
  ecosystem: string,
  name: string,
  fixed: string,
  aliases: string[] = [],
) => ({
  ...{ id, aliases, modified: '2026-01-01T00:00:00Z', summary: 'It breaks' },
  affected: [
    {
      package: { ecosystem, name },
      ranges: [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }, { fixed }] }],
    },
  ],
});

/** The options for databases with these advisories. */
const databases = async (...advisories: readonly ReturnType<typeof advisory>[]) => {
  const at = mkdtempSync(join(folder, 'databases-'));
  for (const ecosystem of ['npm', 'Debian']) {
    const path = join(at, 'osv-scalibr', ecosystem);
    mkdirSync(path, { recursive: true });
    const entries = advisories
      .filter(({ affected: [of] }) => of?.package.ecosystem.startsWith(ecosystem))
      .map((each) => [`${each.id}.json`, strToU8(JSON.stringify(each))]);
    await Bun.write(join(path, 'all.zip'), zipSync(Object.fromEntries(entries)));
  }
  return ['--offline', '--local-db-path', at];
};

const ELYSIA = advisory('GHSA-aaaa-aaaa-aaaa', 'npm', 'elysia', '1.4.31', ['CVE-2026-1']);
const FOUND = 'amd64.cdx.json: elysia 1.4.30: GHSA-aaaa-aaaa-aaaa It breaks';

test('what nothing is known of passes', async () =>
  expect(await scan([file], await databases())).toEqual([]));

test('what is mended already passes, and what is of another release of Debian', async () => {
  const of = await databases(
    advisory('GHSA-bbbb-bbbb-bbbb', 'npm', 'elysia', '1.4.30'),
    advisory('DEBIAN-CVE-2026-4', 'Debian:12', 'glibc', '99'),
  );
  expect(await scan([file], of)).toEqual([]);
});

test('a dependency, the C library and Bun are found by the names that advisories have', async () => {
  const of = await databases(
    ELYSIA,
    advisory('DEBIAN-CVE-2026-2', 'Debian:13', 'glibc', '99'),
    advisory('GHSA-cccc-cccc-cccc', 'npm', 'bun', '99.0.0'),
  );
  expect((await scan([file], of)).toSorted()).toEqual([
    `amd64.cdx.json: bun ${Bun.version}: GHSA-cccc-cccc-cccc It breaks`,
    FOUND,
    `amd64.cdx.json: glibc ${LIBC}: DEBIAN-CVE-2026-2 It breaks`,
  ]);
});

test('one is accepted with a reason, up to a day', async () => {
  const of = await databases(ELYSIA);
  const by = (accepted: Accepted) => scan([file], of, [accepted], TODAY);
  const reason = 'That part is not called.';
  for (const id of ['GHSA-aaaa-aaaa-aaaa', 'CVE-2026-1'])
    expect(await by({ id, reason, until: TODAY })).toEqual([]);
  const id = 'CVE-2026-1';
  expect(await by({ id: 'CVE-2026-9', reason, until: TODAY })).toEqual([FOUND]);
  expect(await by({ id, reason, until: '2026-02-28' })).toEqual([
    'CVE-2026-1 was accepted until 2026-02-28: mend it, or give it another day and say why',
    FOUND,
  ]);
  expect(await by({ id, reason: ' ', until: TODAY })).toEqual([
    'CVE-2026-1 is accepted without a reason: write one',
  ]);
  expect(await by({ id, reason, until: 'soon' })).toContain(
    'CVE-2026-1 is accepted until soon: write a day as YYYY-MM-DD',
  );
});

test('what could not be looked up is told', async () => {
  const unknown = join(folder, 'unknown.cdx.json');
  const components = [{ type: 'library', name: 'strange', version: '1', purl: 'nonsense' }];
  await Bun.write(unknown, JSON.stringify({ ...(await Bun.file(file).json()), components }));
  expect(scan([unknown], await databases())).rejects.toThrow('osv-scanner ended with');
  const both = [...(await Bun.file(file).json()).components, ...components];
  await Bun.write(unknown, JSON.stringify({ ...(await Bun.file(file).json()), components: both }));
  expect(await scan([unknown], await databases())).toEqual([
    "unknown.cdx.json: strange wasn't looked up",
  ]);
  expect(scan([file], ['--offline', '--local-db-path', folder])).rejects.toThrow(
    'no offline version',
  );
});
