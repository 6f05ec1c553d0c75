/**
 * Looks for known vulnerabilities in what `make image` built, by its bills of materials and the databases of osv.dev, which it
 * downloads: `bun tools/release/scan.ts [DATABASES]`; with a folder of databases it asks no network. Ends with 1, and a line
 * each, for those that tools/release/accepted.ts doesn't name; and when a package couldn't be looked up.
 */
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { ALL_ARCHITECTURES, type Architecture } from '../../service/image/architecture.ts';
import { bunPackageFor } from '../../service/image/bun.ts';
import type { DebianPackage } from '../../service/image/debian.ts';
import { collect } from '../collect.ts';
import { ACCEPTED, type Accepted } from './accepted.ts';

const ROOT = join(import.meta.dir, '../..');
const OSV_SCANNER = join(ROOT, 'tools/osv-scanner/osv-scanner');

/** By which name advisories know a package: Debian's name sources, our bills of materials the packages made of them. */
const ADVISED: ReadonlyMap<string, string> = new Map([
  ['libc6' satisfies DebianPackage['name'], 'glibc'],
  ...ALL_ARCHITECTURES.map((architecture: Architecture): [string, string] => [
    bunPackageFor(architecture).name,
    'bun',
  ]),
]);

interface Sbom {
  readonly components: readonly { readonly name: string; readonly purl?: string }[];
}

interface Report {
  readonly results: readonly {
    readonly packages: readonly {
      readonly package: { readonly name: string; readonly version: string };
      readonly vulnerabilities?: readonly {
        readonly id: string;
        readonly aliases?: readonly string[];
        readonly summary?: string;
      }[];
    }[];
  }[];
}

/** Status of osv-scanner when it found something. */
const FOUND = 1;

const report = async (file: string, databases: readonly string[]): Promise<Report> => {
  const { status, output, errors } = await collect([
    ...[OSV_SCANNER, 'scan', 'source', '--format', 'json', '--all-packages', '--all-vulns'],
    ...['--config', '/dev/null', ...databases, '--lockfile', file],
  ]);
  if (status !== 0 && status !== FOUND)
    throw new Error(`osv-scanner ended with ${status}\n${errors}`);
  return JSON.parse(output);
};

/** A bill of materials with the names that advisories have. */
const asAdvised = async (file: string): Promise<Sbom> => {
  const sbom: Sbom = await Bun.file(file).json();
  return {
    ...sbom,
    components: sbom.components
      .filter(({ purl }) => purl)
      .map(({ name, ...component }) => ({ ...component, name: ADVISED.get(name) ?? name })),
  };
};

/** A day as YYYY-MM-DD. */
const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** What is wrong with the accepted ones, a line each. */
const faultsOf = (accepted: readonly Accepted[], today: string): string[] =>
  accepted.flatMap(({ id, reason, until }) => [
    ...(reason.trim() ? [] : [`${id} is accepted without a reason: write one`]),
    ...(DAY.test(until) ? [] : [`${id} is accepted until ${until}: write a day as YYYY-MM-DD`]),
    ...(DAY.test(until) && until < today
      ? [`${id} was accepted until ${until}: mend it, or give it another day and say why`]
      : []),
  ]);

/** What is wrong with a report, and what it found, a line each. */
const linesOf = (
  { components }: Sbom,
  { results }: Report,
  isAccepted: (names: readonly string[]) => boolean,
): string[] => {
  const packages = results.flatMap((result) => result.packages);
  const known = new Set(packages.map((each) => each.package.name));
  return [
    ...components
      .filter(({ name }) => !known.has(name))
      .map(({ name }) => `${name} wasn't looked up`),
    ...packages.flatMap(({ package: { name, version }, vulnerabilities = [] }) =>
      vulnerabilities
        .filter(({ id, aliases = [] }) => !isAccepted([id, ...aliases]))
        .map(({ id, summary = '' }) => `${name} ${version}: ${id} ${summary}`.trimEnd()),
    ),
  ];
};

/**
 * What speaks against publishing what bills of materials list, a line each.
 * @param databases options that say where osv-scanner has its databases from
 * @throws Error with what osv-scanner says when it can't tell
 */
export const scan = async (
  files: readonly string[],
  databases: readonly string[],
  accepted: readonly Accepted[] = ACCEPTED,
  today = new Date().toISOString().slice(0, 10),
): Promise<string[]> => {
  const lines = faultsOf(accepted, today);
  const isAccepted = (names: readonly string[]): boolean =>
    accepted.some(({ id, until }) => names.includes(id) && today <= until);
  const folder = mkdtempSync(join(tmpdir(), 'hello-scan-'));
  try {
    for (const file of files) {
      const sbom = await asAdvised(file);
      const copy = join(folder, basename(file));
      await Bun.write(copy, JSON.stringify(sbom));
      const found = linesOf(sbom, await report(copy, databases), isAccepted);
      lines.push(...found.map((line) => `${basename(file)}: ${line}`));
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  return lines;
};

if (import.meta.main) {
  const [given] = process.argv.slice(2);
  const databases = given ?? join(ROOT, 'build/vulnerabilities');
  mkdirSync(databases, { recursive: true });
  const files = ALL_ARCHITECTURES.map((name) => join(ROOT, `build/image/${name}.cdx.json`));
  if (!files.every((file) => existsSync(file))) {
    console.error('build/image has no bills of materials: run make image');
    process.exit(2);
  }
  const lines = await scan(files, [
    ...(given ? ['--offline'] : ['--offline-vulnerabilities', '--download-offline-databases']),
    ...['--local-db-path', databases],
  ]);
  for (const line of lines) console.log(line);
  console.log(lines.length > 0 ? `${lines.length} findings` : 'no known vulnerability');
  process.exit(lines.length > 0 ? 1 : 0);
}
