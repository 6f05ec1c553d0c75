import { tmpdir } from 'node:os';
import { commandOf, type ProcessRuntime } from './server.ts';

const TIMEOUT_MILLISECONDS = 40_000;

/** Runs the program to its end. */
export const runCommand = async (
  runtime: ProcessRuntime,
  commandArguments: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<{ status: number; output: string }> => {
  const child = Bun.spawn([...(await commandOf(runtime)), ...commandArguments], {
    cwd: tmpdir(),
    env: { ...process.env, NODE_ENV: '', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: TIMEOUT_MILLISECONDS,
    killSignal: 'SIGKILL',
  });
  const [status, ...outputs] = await Promise.all([
    child.exited,
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ]);
  return { status, output: outputs.join('') };
};
