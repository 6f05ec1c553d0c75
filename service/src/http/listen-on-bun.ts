import type { Listen } from './lifecycle.ts';

/** Without a usable Host header Bun gives a bare path as URL, in which routing would look for the path too far on. */
const withUsableHost = (request: Request): Request =>
  request.url.startsWith('/') ? new Request(`http://localhost${request.url}`, request) : request;

export const listenOnBun: Listen = (fetch, { hostname, port, idleMilliseconds, onError }) => {
  const server = Bun.serve({
    fetch: (request) => fetch(withUsableHost(request)),
    // Unless told, Bun answers with a page that shows the error and its source when NODE_ENV is not production.
    development: false,
    error: onError,
    hostname,
    port,
    reusePort: false,
    // Whole seconds. It also bounds how long a body may take to arrive, and an answer to be made.
    idleTimeout: Math.ceil(idleMilliseconds / 1000),
    // The backstop far above the limit that the API answers itself.
    maxRequestBodySize: 1024 ** 3,
  });
  return {
    url: server.url.origin,
    stop: () => server.stop(),
    abort: () => void server.stop(true),
  };
};
