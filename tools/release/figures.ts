/** Figures for the notes of a release: what its image weighs, and what was measured last against peers. */
import { join } from 'node:path';
import { run } from '../../service/image/run.ts';
import { digestAt } from './publish.ts';

const CRANE = join(import.meta.dir, '../crane/crane');
const RESULTS = join(import.meta.dir, '../../service/bench/RESULTS.md');

interface Descriptor {
  readonly digest: string;
  readonly size: number;
}

interface Manifest {
  readonly config?: Descriptor;
  readonly layers?: readonly Descriptor[];
  /** Of an image for several architectures. */
  readonly manifests?: readonly (Descriptor & {
    readonly platform?: { readonly os: string; readonly architecture: string };
  })[];
}

/** What a registry has under a reference. */
export const manifestOf = async (reference: string): Promise<Manifest> =>
  JSON.parse(new TextDecoder().decode(await run([CRANE, 'manifest', reference])));

/** Bytes that a node downloads for an image, by its platform; none for one that isn't there. */
const sizesOf = async (repository: string, version: string): Promise<Map<string, number>> => {
  const reference = `${repository}:${version}`;
  const sizes = new Map<string, number>();
  if (!(await digestAt(reference))) return sizes;
  for (const { digest, platform } of (await manifestOf(reference)).manifests ?? []) {
    const { config, layers = [] } = await manifestOf(`${repository}@${digest}`);
    const bytes = [config, ...layers].reduce((sum, part) => sum + (part?.size ?? 0), 0);
    sizes.set(`${platform?.os}/${platform?.architecture}`, bytes);
  }
  return sizes;
};

const NUMBER = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });

const CHANGE = new Intl.NumberFormat('en', {
  ...{ style: 'percent', maximumFractionDigits: 1, signDisplay: 'exceptZero' },
});

/** The table of what was measured against peers, and the day, from the text of service/bench/RESULTS.md. */
const measured = (results: string): { table: string; day: string } => {
  const [, section = ''] = /<!-- speed -->([\s\S]*)<!-- \/speed -->/.exec(results) ?? [];
  const [table] = /(?:^\|.*\n)+/m.exec(section) ?? [];
  const [, day] = /^(\d{4}-\d{2}-\d{2})\.$/m.exec(section) ?? [];
  if (!table || !day) throw new Error('service/bench/RESULTS.md has no table or day: make bench');
  return { table: table.trim(), day };
};

/**
 * The figures in Markdown.
 * @param before the version of the release before, if there was one
 * @throws Error when the image isn't in the registry, or nothing was measured
 */
export const figures = async (
  repository: string,
  version: string,
  before: string | undefined,
): Promise<string> => {
  const { table, day } = measured(await Bun.file(RESULTS).text());
  const sizes = await sizesOf(repository, version);
  if (sizes.size === 0) throw new Error(`${repository}:${version} has no image of a platform`);
  const sizesBefore = before ? await sizesOf(repository, before) : new Map<string, number>();
  const row = (...cells: readonly string[]): string =>
    `| ${(before ? cells : cells.slice(0, -1)).join(' | ')} |`;
  return [
    row('image', 'compressed', `since ${before}`),
    row('---', '---', '---'),
    ...[...sizes].map(([platform, bytes]) => {
      const was = sizesBefore.get(platform);
      const change = was ? CHANGE.format(bytes / was - 1) : '?';
      return row(platform, `${NUMBER.format(bytes / 1e6)} MB`, change);
    }),
    '',
    `Measured on ${day}, on the machine of service/bench/RESULTS.md:`,
    '',
    table,
  ].join('\n');
};
