import type { Log } from './log.ts';

export type Fetch = (request: Request) => Response | Promise<Response>;

/**
 * Logs a line for each request: method, route template (never the path: it holds the username), status, duration.
 * @param routes the templates, such as `/hello/:username`
 */
export const withAccessLog = (fetch: Fetch, routes: readonly string[], log: Log): Fetch => {
  const routeOf = routeMatcher(routes);
  return async (request) => {
    const start = performance.now();
    const response = await fetch(request);
    log.info(
      {
        method: request.method,
        route: routeOf(request.url),
        status: response.status,
        durationMilliseconds: Math.round((performance.now() - start) * 1000) / 1000,
      },
      'request',
    );
    return response;
  };
};

/** Finds the template of a URL; templates are fixed paths or end in one parameter. */
const routeMatcher = (routes: readonly string[]): ((url: string) => string) => {
  const fixed = new Map(
    routes.filter((route) => !route.includes(':')).map((route) => [pathOf(`//${route}`), route]),
  );
  const prefixes = routes
    .filter((route) => route.includes(':'))
    .map((route) => [route.slice(0, route.indexOf(':')), route] as const);
  return (url) => {
    const path = pathOf(url);
    const route = fixed.get(path);
    if (route) return route;
    const match = prefixes.find(
      ([prefix]) =>
        path.startsWith(prefix) &&
        path.length > prefix.length &&
        !path.includes('/', prefix.length),
    );
    return match?.[1] ?? 'unmatched';
  };
};

/** The path without a trailing slash, which routing ignores too. */
const pathOf = (url: string): string => {
  const start = url.indexOf('/', url.indexOf('//') + 2);
  const query = url.indexOf('?', start);
  const end = query === -1 ? url.length : query;
  return url.slice(start, end > start + 1 && url[end - 1] === '/' ? end - 1 : end);
};
