/** A `run --all` in an environment, with a line for each unit that is through. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { follow } from './follow.ts';
import type { Place } from './place.ts';

const ROOT = join(import.meta.dir, '../..');

export interface Run {
  readonly succeeded: boolean;
  readonly interrupted: boolean;
  readonly seconds: number;
  /** Resources that were added, changed and destroyed. */
  readonly changes: number;
}

/** Lines of an error that are shown; the log has all. */
const SHOWN = 12;

/**
 * Runs a command in the units of an environment.
 * @param count how many units there are
 * @param words what follows the command, such as filters
 */
export const runUnits = async (
  { environment, simulation, log, folder }: Place,
  command: 'apply' | 'destroy',
  count: number,
  words: readonly string[],
): Promise<Run> => {
  const report = join(folder, 'report.json');
  rmSync(report, { force: true });
  const began = performance.now();
  // Into the file, and from there to here: a pipe that nobody reads any more would cut off what is under way.
  const output = openSync(log, 'w');
  const child = spawn(
    join(ROOT, 'tools/terragrunt/terragrunt'),
    [
      ...['run', '--all', '--feature', 'production=true', '--report-file', report],
      ...[...words, command],
    ],
    {
      cwd: join(ROOT, 'live', environment),
      env: { ...process.env, ...simulation.environment, TG_NO_COLOR: 'true' },
      stdio: ['ignore', output, output],
      // Ctrl-C would reach it twice otherwise, from the terminal and from here, and the second time cuts off what is under way.
      detached: true,
    },
  );
  closeSync(output);
  const ended = once(child, 'close');
  const release = interruptWithUs(child.pid as number);
  let interrupted = false;
  const interrupt = (): void => {
    if (!interrupted) console.error('Interrupted: what is under way is finished first.');
    interrupted = true;
    process.kill(-(child.pid as number), 'SIGINT');
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, interrupt);

  const units = new Map<string, { began: number; said: string[] }>();
  let done = 0;
  let changes = 0;
  const read = (line: string): void => {
    const [, name = '', said = ''] = /\[([\w./-]+)\] tofu: (.*)/.exec(line) ?? [];
    if (name === '') return;
    const unit = units.get(name) ?? { began: performance.now(), said: [] };
    units.set(name, unit);
    unit.said.push(said);
    const [, resources] = /^(?:Apply|Destroy) complete! Resources: (.*)\.$/.exec(said) ?? [];
    if (resources === undefined) return;
    done++;
    const counts = [...resources.matchAll(/([1-9]\d*) \w+/g)];
    changes += counts.reduce((sum, [, number]) => sum + Number(number), 0);
    const seconds = ((performance.now() - unit.began) / 1000).toFixed(1);
    const what = counts.map(([change]) => change).join(', ') || 'no changes';
    console.log(`${String(done).padStart(3)}/${count} ${seconds.padStart(6)} s  ${name}  ${what}`);
  };
  for await (const line of follow(log, ended)) read(line);
  const [status] = await ended;
  release();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.off(signal, interrupt);

  const failed = failedIn(report).map((path) => path.replace(/^.*\/live\/[^/]+\//, ''));
  for (const name of failed) {
    const said = units.get(name)?.said ?? [];
    const error = said.findLastIndex((line) => /Error: /.test(line));
    console.error(`\nfailed: ${name}`);
    for (const line of said.slice(error).slice(0, SHOWN)) console.error(`  ${line}`);
  }
  if (status !== 0 && failed.length === 0)
    console.error(readFileSync(log, 'utf8').trimEnd().split('\n').slice(-SHOWN).join('\n'));
  return {
    succeeded: status === 0 && !interrupted,
    interrupted,
    seconds: (performance.now() - began) / 1000,
    changes,
  };
};

/** Interrupts a group of processes when this one ends before it called the returned function, by SIGKILL too. */
const interruptWithUs = (group: number): (() => void) => {
  const watcher = Bun.spawn(
    ['sh', '-c', `trap '' INT TERM HUP; read -r _ || kill -s INT -- -${group}`],
    { stdio: ['pipe', 'ignore', 'ignore'] },
  );
  watcher.unref();
  return () => {
    watcher.stdin.write('\n');
    watcher.stdin.end();
  };
};

/** Paths of the units that failed, by Terragrunt's report. */
const failedIn = (report: string): string[] =>
  existsSync(report)
    ? JSON.parse(readFileSync(report, 'utf8'))
        .filter(({ Result }: { Result: string }) => Result === 'failed')
        .map(({ Name }: { Name: string }) => Name)
    : [];
