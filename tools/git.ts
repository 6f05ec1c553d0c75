/**
 * What a git command in a folder prints, without blanks at its end.
 * @throws Error with what git says
 */
export const git = async (folder: string, ...command: readonly string[]): Promise<string> => {
  const child = Bun.spawn(['git', '-C', folder, ...command], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [status, output, errors] = await Promise.all([
    child.exited,
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ]);
  if (status !== 0) throw new Error(errors.trim() || `git ${command[0]} ended with ${status}`);
  return output.trimEnd();
};
