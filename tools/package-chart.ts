/** Packages the chart into a folder, build/ if none is named: the same bytes from every clone, the same digest once pushed. */
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const ROOT = join(import.meta.dir, '..');

/**
 * Helm keeps the times of files, which are those of a checkout, in the package, and the package's own in its manifest: all
 * get one, in seconds since 1970, that of 1980.
 */
const TIME_SECONDS = 315_532_800;

/**
 * Packages a chart; the file.
 * @throws Error with what Helm says
 */
export const packageChart = (chart: string, destination: string): string => {
  const aside = mkdtempSync(join(tmpdir(), 'hello-chart-'));
  try {
    cpSync(chart, aside, { recursive: true });
    for (const name of readdirSync(aside, { recursive: true, encoding: 'utf8' }))
      utimesSync(join(aside, name), TIME_SECONDS, TIME_SECONDS);
    mkdirSync(destination, { recursive: true });
    const { stdout, stderr } = Bun.spawnSync([
      join(ROOT, 'tools/helm/helm'),
      ...['package', aside, '--destination', destination],
    ]);
    const [, file] = /saved it to: (.+)/.exec(stdout.toString()) ?? [];
    if (!file) throw new Error(stderr.toString());
    utimesSync(file, TIME_SECONDS, TIME_SECONDS);
    return file;
  } finally {
    rmSync(aside, { recursive: true });
  }
};

if (import.meta.main)
  packageChart(join(ROOT, 'helm/hello'), resolve(process.argv[2] ?? join(ROOT, 'build')));
