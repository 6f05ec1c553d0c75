/** Variables of an environment that are one slip from a setting and no setting themselves, a line each for the log. */
export const misspelt = (
  environment: Readonly<Record<string, string | undefined>>,
  settings: readonly string[],
): string[] =>
  Object.keys(environment).flatMap((name) => {
    if (settings.includes(name)) return [];
    const meant = settings.find((setting) => isOneSlip(name, setting));
    return meant ? [`${name} is no setting and has no effect: was ${meant} meant?`] : [];
  });

/** Whether one letter too many, too few or wrong, or two in the wrong order, are all that differs. */
const isOneSlip = (a: string, b: string): boolean => {
  let start = 0;
  while (start < Math.min(a.length, b.length) && a[start] === b[start]) start++;
  let end = 0;
  while (end < Math.min(a.length, b.length) - start && a.at(-1 - end) === b.at(-1 - end)) end++;
  const [x, y] = [a.slice(start, a.length - end), b.slice(start, b.length - end)];
  return (x.length < 2 && y.length < 2) || (x.length === 2 && x === [...y].reverse().join(''));
};
