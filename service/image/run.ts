/** Something outside can't be had: a program of this machine, or what a package registry should have. */
export class UnavailableError extends Error {
  override name = 'UnavailableError';
}

/**
 * Runs a program to its end; what it writes to standard output.
 * @throws Error with its last words when its status isn't 0
 */
export const run = async (command: readonly string[], cwd?: string): Promise<Uint8Array> => {
  const child = Bun.spawn([...command], { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  const [output, errors, status] = await Promise.all([
    new Response(child.stdout).bytes(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  if (status !== 0) throw new Error(`${command[0]} ended with status ${status}: ${errors.trim()}`);
  return output;
};
