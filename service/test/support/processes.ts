import { readFileSync } from 'node:fs';

/** The processes that `pid` started, and theirs. */
export const descendants = (pid: number): number[] => {
  const children = childrenOf(pid);
  return children.flatMap((child) => [child, ...descendants(child)]);
};

const childrenOf = (pid: number): number[] => {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
    return (children.match(/\d+/g) ?? []).map(Number);
  } catch {
    return childrenByPs(pid);
  }
};

const childrenByPs = (pid: number): number[] => {
  const { stdout } = Bun.spawnSync(['ps', '-A', '-o', 'pid=,ppid='], { stderr: 'ignore' });
  return [...stdout.toString().matchAll(/^\s*(\d+)\s+(\d+)\s*$/gm)]
    .filter(([, , parent]) => Number(parent) === pid)
    .map(([, child]) => Number(child));
};

/** Whether a process that this one started has ended, by itself or by a signal. */
export const hasEnded = ({ exitCode, signalCode }: Bun.Subprocess): boolean =>
  exitCode !== null || signalCode !== null;

/** Resolves when none of the processes runs; one that nobody has waited for yet does not run. */
export const untilGone = async (pids: readonly number[]): Promise<void> => {
  const deadline = performance.now() + 30_000;
  while (pids.some(isRunning)) {
    if (performance.now() > deadline) throw new Error(`still running: ${pids.filter(isRunning)}`);
    await Bun.sleep(2);
  }
};

const isRunning = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  try {
    return !/^State:\s*[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return process.platform !== 'linux';
  }
};
