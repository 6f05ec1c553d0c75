import type { AnyElysia } from 'elysia';
import { errorResponse, noContent } from './responses.ts';

/** On every path of `app`: answers OPTIONS, and methods that the path doesn't have with 405. */
export const handleOtherMethods = <App extends AnyElysia>(app: App): App => {
  const { prefix = '' } = app.config;
  for (const [fullPath, methods] of methodsByPath(app)) {
    const path = fullPath.slice(prefix.length);
    const allow = [...methods, 'OPTIONS'].join(', ');
    app
      .options(path, () => noContent({ allow }), { parse: 'none' })
      .all(path, () => errorResponse(405, 'Method Not Allowed', { allow }), { parse: 'none' });
  }
  return app;
};

/** `HEAD` goes with every `GET`. */
const methodsByPath = (app: AnyElysia): Map<string, string[]> => {
  const methods = new Map<string, string[]>();
  for (const { path, method } of app.routes)
    methods.set(path, [
      ...(methods.get(path) ?? []),
      ...(method === 'GET' ? ['GET', 'HEAD'] : [method]),
    ]);
  return methods;
};
