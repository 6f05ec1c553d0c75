/**
 * Compares the service with that of another commit: `bun service/bench/compare.ts origin/main build/benchmark.md`, for the
 * commit that this one left origin/main at. Both run from their sources, each by the Bun that its own tree pins, with a bare
 * peer, in turn. It tells ratios alone: of two figures of the same round, since the machine is whichever a workflow gets.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { git } from '../../tools/git.ts';
import { changesTable, NEEDED_ROUNDS, type Round } from './changes.ts';
import {
  BARE,
  type Contender,
  fill,
  peakMemory,
  processorSeconds,
  service,
  start,
} from './contenders.ts';
import { peakOf } from './load.ts';
import { findWrk, run } from './programs.ts';
import { inTurn } from './rounds.ts';
import { ROUNDS, SECONDS } from './settings.ts';

const ROOT = resolve(import.meta.dir, '../..');
const USERS = 1000;

/** The service of a tree, its packages installed. */
const serviceOf = async (name: string, tree: string, folder: string): Promise<Contender> => {
  const bun = { path: join(tree, 'tools/bun/bun'), environment: {} };
  await run(bun, ['install', '--frozen-lockfile', '--no-summary', `--cwd=${tree}`]);
  const executable = (await run(bun, ['--print', 'process.execPath'])).trim();
  return service(name, [executable, join(tree, 'service/src/main.ts')], join(folder, `${name}.db`));
};

/** One round: a new process each time, since two of the same program differ by how they came to lie in memory. */
const measure = async (contender: Contender): Promise<Round> => {
  const running = await start(contender);
  try {
    await fill(running, USERS);
    const before = await processorSeconds(running.pid);
    const gets = await peakOf(running.url, 'GET', USERS);
    const processor = ((await processorSeconds(running.pid)) - before) / gets.requests;
    const puts = await peakOf(running.url, 'PUT', USERS);
    return {
      gets: gets.requestsPerSecond,
      processor,
      puts: puts.requestsPerSecond,
      memory: await peakMemory(running.pid),
      start: running.startMilliseconds,
    };
  } finally {
    await running.stop();
  }
};

const compare = async (base: string): Promise<string> => {
  const commit = await git(ROOT, 'merge-base', 'HEAD', base);
  // What is missing is told before minutes of measuring.
  findWrk();
  mkdirSync(join(ROOT, 'build'), { recursive: true });
  const folder = mkdtempSync(join(ROOT, 'build/compare-'));
  const tree = join(folder, 'base');
  process.once('exit', () => {
    rmSync(folder, { recursive: true, force: true });
    Bun.spawnSync(['git', '-C', ROOT, 'worktree', 'prune']);
  });
  await git(ROOT, 'worktree', 'add', '--detach', tree, commit);
  const before = await serviceOf('before', tree, folder);
  const now = await serviceOf('now', ROOT, folder);
  const rounds = await inTurn([BARE, before, now], ROUNDS, (contender, round) => {
    console.error(`round ${round} of ${ROUNDS}: ${contender.name}`);
    return measure(contender);
  });
  const of = (contender: Contender): readonly Round[] => rounds.get(contender) ?? [];
  return [
    '<!-- benchmark -->',
    `### Benchmark against ${commit.slice(0, 12)}`,
    '',
    ...changesTable({ bare: of(BARE), before: of(before), now: of(now) }),
    '',
    `Minimum – median – maximum of ${ROUNDS} rounds of ${SECONDS} s; each ratio is of one round. A figure changed when all rounds`,
    `agree, ${NEEDED_ROUNDS} at least; by chance they do once in ${2 ** (ROUNDS - 1)}. bare: ${BARE.name}.`,
    '',
  ].join('\n');
};

const [base, file, ...others] = process.argv.slice(2);
if (!base || !file || others.length > 0) {
  console.error('usage: bun service/bench/compare.ts COMMIT FILE');
  process.exit(2);
}
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
try {
  const comparison = await compare(base);
  mkdirSync(dirname(file), { recursive: true });
  await Bun.write(file, comparison);
  console.log(comparison);
} catch (error) {
  console.error((error as Error).message);
  process.exit(1);
}
