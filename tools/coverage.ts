/** Holds the coverage that the service's tests reach. */
import { join } from 'node:path';
import { Glob } from 'bun';

const ROOT = join(import.meta.dir, '..');

/** The folder that `bun test --coverage` writes to. */
export const COVERAGE = 'build/coverage';

/** Files of service/src that run, in part, only as processes, where coverage can't see them; the black-box tests run them. */
const UNSEEN_BY_COVERAGE = [
  'service/src/main.ts',
  'service/src/main.deno.ts',
  'service/src/observability/log.ts',
];

/** Whether a file has more than types, of which nothing is left to run. */
const hasCode = async (file: string): Promise<boolean> => {
  const source = await Bun.file(join(ROOT, file)).text();
  return (
    new Bun.Transpiler({ loader: 'ts', trimUnusedImports: true }).transformSync(source).trim() !==
    ''
  );
};

/** Each file of service/src that too few lines of are covered, with its share. */
export const coverageFaults = async (): Promise<readonly string[]> => {
  const shares = await coveredShares();
  const faults: string[] = [];
  for (const file of new Glob('service/src/**/*.ts').scanSync({ cwd: ROOT })) {
    if (file.endsWith('.d.ts') || UNSEEN_BY_COVERAGE.includes(file)) continue;
    const share = shares.get(file) ?? ((await hasCode(file)) ? 0 : 1);
    if (share < 0.95)
      faults.push(`${file}: ${Math.floor(share * 100)} % of lines covered, 95 % needed`);
  }
  return faults;
};

/** The share of lines that a run covered, by file. */
const coveredShares = async (): Promise<ReadonlyMap<string, number>> => {
  const hits = new Map<string, Map<string, boolean>>();
  for (const report of new Glob(`${COVERAGE}/**/lcov.info`).scanSync({ cwd: ROOT })) {
    const records = (await Bun.file(join(ROOT, report)).text()).split('end_of_record');
    for (const record of records) {
      const file = /^SF:(.*)$/m.exec(record)?.[1] ?? '';
      const lines = hits.get(file) ?? new Map<string, boolean>();
      for (const [, line = '', count] of record.matchAll(/^DA:(\d+),(\d+)/gm))
        lines.set(line, lines.get(line) || count !== '0');
      hits.set(file, lines);
    }
  }
  return new Map(
    Array.from(hits, ([file, lines]) => {
      const covered = Array.from(lines.values()).filter(Boolean).length;
      return [file, lines.size === 0 ? 1 : covered / lines.size];
    }),
  );
};
