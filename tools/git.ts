import { collect } from './collect.ts';

/**
 * What a git command in a folder prints, without blanks at its end.
 * @throws Error with what git says
 */
export const git = async (folder: string, ...command: readonly string[]): Promise<string> => {
  const { status, output, errors } = await collect(['git', '-C', folder, ...command]);
  if (status !== 0) throw new Error(errors.trim() || `git ${command[0]} ended with ${status}`);
  return output.trimEnd();
};
