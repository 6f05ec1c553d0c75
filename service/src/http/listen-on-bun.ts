import type { Fetch } from '../observability/observe.ts';
import type { Server } from './lifecycle.ts';

/** Without a usable Host header Bun gives a bare path as URL, in which routing would look for the path too far on. */
const withUsableHost = (request: Request): Request =>
  request.url.startsWith('/') ? new Request(`http://localhost${request.url}`, request) : request;

export const listenOnBun = (fetch: Fetch, hostname: string, port: number): Server => {
  const server = Bun.serve({
    fetch: (request) => fetch(withUsableHost(request)),
    hostname,
    port,
    reusePort: false,
    // Seconds without a byte; the backstop far above the limit of 16 KiB that the API answers itself.
    idleTimeout: 30,
    maxRequestBodySize: 1024 ** 3,
  });
  return { url: server.url.origin, stop: () => server.stop() };
};
