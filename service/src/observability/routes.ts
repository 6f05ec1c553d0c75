/** The label of requests whose path has no route. */
export const UNMATCHED = 'unmatched';

/**
 * Finds what belongs to the route of a URL, by its path without a trailing slash, which routing ignores too.
 * Framework routing is not asked: it answers only once the request is handled, and not at all for unmatched paths.
 * @param values by route template, which is a fixed path or ends in one parameter, such as `/hello/:username`
 * @param unmatched for every other path
 */
export const routeFinder = <T>(
  values: ReadonlyMap<string, T>,
  unmatched: T,
): ((url: string) => T) => {
  const fixed = new Map([...values].map(([route, value]) => [withoutSlash(route), value]));
  const prefixes = [...values]
    .filter(([route]) => route.includes(':'))
    .map(([route, value]) => [route.slice(0, route.indexOf(':')), value] as const);
  return (url) => {
    const path = pathOf(url);
    const value = fixed.get(path);
    if (value !== undefined) return value;
    for (const [prefix, ofPrefix] of prefixes)
      if (
        path.startsWith(prefix) &&
        path.length > prefix.length &&
        !path.includes('/', prefix.length)
      )
        return ofPrefix;
    return unmatched;
  };
};

const pathOf = (url: string): string => {
  const start = url.indexOf('/', url.indexOf('//') + 2);
  const query = url.indexOf('?', start);
  return withoutSlash(url.slice(start, query === -1 ? url.length : query));
};

const withoutSlash = (path: string): string =>
  path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
