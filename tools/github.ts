/**
 * What GitHub's own program prints, which its runners have; it takes a token from `GH_TOKEN`.
 * @throws Error when it fails, having said why itself
 */
export const gh = async (...words: readonly string[]): Promise<string> => {
  const child = Bun.spawn(['gh', ...words], { stdio: ['ignore', 'pipe', 'inherit'] });
  const output = await new Response(child.stdout).text();
  if ((await child.exited) !== 0) throw new Error(`gh ${words.slice(0, 2).join(' ')} failed`);
  return output.trim();
};
