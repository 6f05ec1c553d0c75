/**
 * Runs every check and every test; the last line reads `N passed, N failed`, with skipped ones named above it.
 * `--part=service` and the like run the tests of a part alone; other words go to `bun test`.
 */
import { mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Glob } from 'bun';
import { LANES, PARTS, type Part, partOf, SIMULATED, TIMED, TOOLS, testFiles } from './parts.ts';

const ROOT = join(import.meta.dir, '..');
const LCOV = 'build/coverage/lcov.info';

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

const PART = '--part=';
const words = process.argv.slice(2);
const wanted = words.find((word) => word.startsWith(PART))?.slice(PART.length);
const part = PARTS.find((name) => name === wanted);
if (wanted !== undefined && !part) {
  console.error(`there is no part "${wanted}": use ${PARTS.join(', ')}`);
  process.exit(2);
}

const count = { passed: 0, failed: 0, skipped: 0 };

const run = async (title: string, ...command: string[]): Promise<boolean> => {
  console.log(`\n== ${title}`);
  const { exited } = Bun.spawn(command, { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'] });
  return (await exited) === 0;
};

const check = (title: string, passed: boolean): void => {
  count[passed ? 'passed' : 'failed'] += 1;
  if (!passed) console.log(`FAILED: ${title}`);
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

rmSync(join(ROOT, LCOV), { force: true });
mkdirSync(join(ROOT, 'build'), { recursive: true });
const waiting: Part[] = part ? [part] : [...PARTS];
const lane = async () => {
  for (let next = waiting.shift(); next; next = waiting.shift()) await runTests(next);
};
await Promise.all(Array.from({ length: LANES }, lane));

const coverageFaults = !part || part === 'service' ? await readCoverage() : [];
for (const fault of coverageFaults) console.log(fault);
check('every file of service/src is covered', coverageFaults.length === 0);

const { passed, failed } = count;
console.log(
  `\n${passed} passed, ${failed} failed${count.skipped > 0 ? `, ${count.skipped} skipped` : ''}`,
);
process.exit(failed === 0 ? 0 : 1);

async function runTests(part: Part) {
  const title = `tests: ${part}`;
  const junit = `build/junit-${part}.xml`;
  rmSync(join(ROOT, junit), { force: true });
  const passed = await run(
    title,
    ...(part === TIMED ? [] : ['nice', '-n', '10']),
    ...['bun', 'test', '--randomize', '--only-failures', '--timeout=90000'],
    ...['--reporter=junit', `--reporter-outfile=${junit}`],
    ...(part === 'service'
      ? ['--coverage', '--coverage-reporter=lcov', `--coverage-dir=${dirname(LCOV)}`]
      : []),
    ...words.filter((word) => !word.startsWith(PART)),
    ...(await testFiles()).filter((file) => partOf(file) === part).map((file) => `./${file}`),
  );
  const { skipped, ...tests } = await readJunit(junit);
  count.passed += tests.passed;
  count.failed += tests.failed;
  count.skipped += skipped.length;
  for (const name of skipped) console.log(`skipped: ${name}`);
  check(title, passed);
}

async function readJunit(file: string) {
  const xml = await Bun.file(join(ROOT, file)).text();
  const cases = [...xml.matchAll(/<testcase name="([^"]*)"[^>]*?(\/>|>([\s\S]*?)<\/testcase>)/g)];
  const skipped = cases.filter(([, , , body]) => body?.includes('<skipped'));
  const failed = cases.filter(([, , , body]) => body?.includes('<failure')).length;
  return {
    passed: cases.length - failed - skipped.length,
    failed,
    skipped: skipped.map(([, name]) => name),
  };
}

/** What is wrong with the coverage, a line a file. */
async function readCoverage() {
  const shares = await coveredShares();
  const faults: string[] = [];
  for (const file of new Glob('service/src/**/*.ts').scanSync({ cwd: ROOT })) {
    if (file.endsWith('.d.ts') || UNSEEN_BY_COVERAGE.includes(file)) continue;
    const share = shares.get(file) ?? ((await hasCode(file)) ? 0 : 1);
    if (share < 0.95)
      faults.push(`${file}: ${Math.floor(share * 100)} % of lines covered, 95 % needed`);
  }
  return faults;
}

/** The share of covered lines, by file. */
async function coveredShares(): Promise<ReadonlyMap<string, number>> {
  const lcov = await Bun.file(join(ROOT, LCOV)).text();
  const shares = new Map<string, number>();
  for (const record of lcov.split('end_of_record')) {
    const value = (key: string) => Number(new RegExp(`^${key}:(\\d+)`, 'm').exec(record)?.[1] ?? 0);
    const file = /^SF:(.*)$/m.exec(record)?.[1];
    if (file) shares.set(file, value('LF') === 0 ? 1 : value('LH') / value('LF'));
  }
  return shares;
}
