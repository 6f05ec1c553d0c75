/** Whose approval a change of a file needs, by CODEOWNERS. */

export interface Rule {
  readonly pattern: string;
  readonly owners: readonly string[];
}

export const rulesOf = (text: string): Rule[] =>
  text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const [pattern = '', ...owners] = line.split(' ');
      return { pattern, owners };
    });

/** Patterns here are `*`, a file or a folder from the root: GitHub knows more. */
export const covers = (pattern: string, file: string): boolean =>
  pattern === '*' ||
  `/${file}` === pattern ||
  (pattern.endsWith('/') && `/${file}`.startsWith(pattern));

/** The last rule that covers a file says whose it is. */
export const ownersOf = (rules: readonly Rule[], file: string): readonly string[] =>
  rules.findLast(({ pattern }) => covers(pattern, file))?.owners ?? [];
