/**
 * Runs every check and every test; the last line reads `N passed, N failed`, with those skipped or failed named above it.
 * `--part=service` and the like run the tests of a part alone; other words go to `bun test`.
 */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { COVERAGE, coverageFaults } from './coverage.ts';
import { LANES, PARTS, type Part, partOf, SIMULATED, TIMED, TOOLS, testFiles } from './parts.ts';
import { runTestFiles } from './run-test-files.ts';

const ROOT = join(import.meta.dir, '..');

const PART = '--part=';
const words = process.argv.slice(2);
const wanted = words.find((word) => word.startsWith(PART))?.slice(PART.length);
const part = PARTS.find((name) => name === wanted);
if (wanted !== undefined && !part) {
  console.error(`there is no part "${wanted}": use ${PARTS.join(', ')}`);
  process.exit(2);
}

let passed = 0;
const failed: string[] = [];
const skipped: string[] = [];

const run = async (title: string, ...command: string[]): Promise<boolean> => {
  console.log(`\n== ${title}`);
  const { exited } = Bun.spawn(command, { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'] });
  return (await exited) === 0;
};

const check = (title: string, holds: boolean): void => {
  if (holds) passed += 1;
  else failed.push(title);
};

check('types', await run('Types', 'bun', 'check', '--no-script'));
check('format and lint', await run('Format and lint', 'bun', 'x', '--no-install', 'biome', 'ci'));

// Each installs itself at its first call, Helm with kubectl: here, since tests have little time.
for (const { tool, parts } of TOOLS)
  if (!part || parts.includes(part)) {
    const [name, ...version] = tool;
    check(`tools/${name}`, await run(`tools/${name}`, join(ROOT, 'tools', name), ...version));
  }
if (!part || SIMULATED.includes(part))
  check('simulated AWS', await run('Simulated AWS', 'bun', 'tools/aws-simulation/simulation.ts'));

rmSync(join(ROOT, COVERAGE), { recursive: true, force: true });
mkdirSync(join(ROOT, 'build'), { recursive: true });
const waiting: Part[] = part ? [part] : [...PARTS];
const lane = async () => {
  for (let next = waiting.shift(); next; next = waiting.shift()) await runTests(next);
};
await Promise.all(Array.from({ length: LANES }, lane));

if (!part || part === 'service') {
  const faults = await coverageFaults();
  failed.push(...faults);
  if (faults.length === 0) passed += 1;
}

for (const name of skipped) console.log(`skipped: ${name}`);
for (const name of failed) console.log(`FAILED: ${name}`);
console.log(
  `\n${passed} passed, ${failed.length} failed${skipped.length > 0 ? `, ${skipped.length} skipped` : ''}`,
);
process.exit(failed.length === 0 ? 0 : 1);

async function runTests(part: Part) {
  const command = [
    ...(part === TIMED ? [] : ['nice', '-n', '10']),
    ...['bun', 'test', '--randomize', '--timeout=90000'],
    ...['--reporter=junit', `--reporter-outfile=build/junit-${part}.xml`],
    ...(part === 'service'
      ? ['--coverage', '--coverage-reporter=lcov', `--coverage-dir=${COVERAGE}`]
      : []),
    ...words.filter((word) => !word.startsWith(PART)),
    ...(await testFiles()).filter((file) => partOf(file) === part).map((file) => `./${file}`),
  ];
  const result = await runTestFiles(part, command, { folder: ROOT });
  passed += result.passed;
  failed.push(...result.failed);
  skipped.push(...result.skipped);
}
