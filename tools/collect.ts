/** What a program said, and how it ended. */
export interface Result {
  readonly status: number;
  readonly output: string;
  readonly errors: string;
}

/** Runs a program to its end, without input; by default in the folder and with the variables of this one. */
export const collect = async (
  command: readonly string[],
  options: { cwd?: string; env?: Record<string, string | undefined> } = {},
): Promise<Result> => {
  const child = Bun.spawn([...command], { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  const [status, output, errors] = await Promise.all([
    child.exited,
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ]);
  return { status, output, errors };
};
