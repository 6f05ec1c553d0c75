/** Terragrunt with all that it starts, stopped half-way. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { until } from '../../service/test/support/until.ts';
import { ENVIRONMENTS, LIMIT, type Tree } from './tree.ts';

const ROOT = join(import.meta.dir, '../..');

/** Runs Terragrunt in a folder of dev, and sends all its processes a signal after the line that is waited for; whether that came. */
export const stopAfter = async (
  tree: Tree,
  folder: string,
  words: readonly string[],
  signal: 'SIGINT' | 'SIGKILL',
  isLast: (line: string) => boolean,
): Promise<{ stopped: boolean; said: string }> => {
  const child = spawn(join(ROOT, 'tools/terragrunt/terragrunt'), [...words], {
    cwd: join(tree.folder, 'live', folder),
    env: {
      ...process.env,
      ...tree.simulation.environment,
      AWS_SIMULATION_ACCOUNT_ID: ENVIRONMENTS.dev,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own, all of which gets the signal.
    detached: true,
  });
  const group = child.pid as number;
  const ended = once(child, 'close');
  const said: string[] = [];
  let stopped = false;
  for (const output of [child.stdout, child.stderr])
    createInterface(output).on('line', (line) => {
      said.push(line);
      if (stopped || !isLast(line)) return;
      stopped = true;
      process.kill(-group, signal);
    });
  await ended;
  await until(() => !lives(group), LIMIT);
  return { stopped, said: said.join('\n') };
};

/** Whether a process of a group hasn't ended. */
export const lives = (group: number): boolean =>
  Bun.spawnSync(['ps', '-A', '-o', 'pgid=,stat='])
    .stdout.toString()
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .some(([pgid, state]) => Number(pgid) === group && !state?.startsWith('Z'));
