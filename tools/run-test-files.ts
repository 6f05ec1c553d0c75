/** Runs test files with `bun test`, and reports how far the run is and what fails. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';

/** What a run reported. Names are `file: test`. */
export interface TestRun {
  readonly passed: number;
  readonly failed: readonly string[];
  readonly skipped: readonly string[];
}

/** How a line of `bun test` reports a test; its time is missing where it rounds to nothing. */
const OUTCOME = /^\((pass|fail|skip|todo)\) (.*?)(?: \[[\d.]+m?s\])?$/;
const FILE = /^(\S+\.test\.ts):$/;
const ERROR_BETWEEN_TESTS = '# Unhandled error between tests';
/** What `bun test` prints of itself. */
const FRAME =
  /^(bun test v\S+ .*| +\d+ (pass|skip|todo|fail|errors?|expect\(\) calls)|Ran \d+ tests? across .*)$/;

/** Milliseconds after the end of `bun test` in which its output must end, too: a process that it left would hold it. */
const LEFTOVER_GRACE = 5000;

/**
 * Runs `command`, a `bun test` with its files, in `folder`. Every `interval` milliseconds a line of progress is printed
 * under `title`. A file's output is printed, in one block, if it is more than tests that pass or are skipped.
 */
export const runTestFiles = async (
  title: string,
  command: readonly string[],
  { folder, interval = 15_000 }: { folder: string; interval?: number },
): Promise<TestRun> => {
  const started = performance.now();
  const passed: string[] = [];
  const failed: string[] = [];
  const skipped: string[] = [];
  let file = 'the start';
  let output: string[] = [];

  const printOutput = () => {
    const text = output.join('\n').trim();
    if (text !== '') console.log(`\n${file}:\n${text}`);
    output = [];
  };
  const printProgress = () => {
    const tests = passed.length + failed.length + skipped.length;
    const seconds = Math.round((performance.now() - started) / 1000);
    console.log(`${title}: ${tests} tests, ${failed.length} failed, ${seconds} s, ${file}`);
  };
  const read = (line: string) => {
    const [, next] = FILE.exec(line) ?? [];
    const [, outcome, name] = OUTCOME.exec(line) ?? [];
    if (next) {
      printOutput();
      file = next;
    } else if (outcome === 'pass') passed.push(`${file}: ${name}`);
    else if (outcome === 'skip' || outcome === 'todo') skipped.push(`${file}: ${name}`);
    else if (!FRAME.test(line)) output.push(line);
    if (outcome === 'fail') failed.push(`${file}: ${name}`);
    if (line === ERROR_BETWEEN_TESTS) failed.push(`${file}: an error outside its tests`);
  };

  // One stream, since what a test prints belongs before the line that names the test.
  const child = spawn('sh', ['-c', 'exec "$@" 2>&1', 'sh', ...command], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const timer = setInterval(printProgress, interval);
  const outputEnd = readLines(child.stdout, read);
  const status = await ended(child);
  if (!(await Promise.race([outputEnd, sleep(LEFTOVER_GRACE, false, { ref: false })]))) {
    failed.push(`${title}: a process that a test started still runs after the last test`);
    child.stdout.destroy();
  }
  clearInterval(timer);
  printOutput();
  printProgress();
  if (status !== 0 && failed.length === 0)
    failed.push(`${title}: bun test ended with ${status} in ${file}`);
  return { passed: passed.length, failed, skipped };
};

/** The status with which a process ended, or the signal that ended it. */
const ended = (child: ChildProcess): Promise<number | string | null> =>
  new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (status, signal) => resolve(status ?? signal));
  });

/** Reads a stream to its end. */
const readLines = async (stream: Readable, read: (line: string) => void): Promise<true> => {
  for await (const line of createInterface({ input: stream })) read(line);
  return true;
};
