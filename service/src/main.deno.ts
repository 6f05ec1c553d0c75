import type { Listen } from './http/lifecycle.ts';
import { main } from './main.ts';

interface DenoServer {
  readonly addr: { readonly hostname: string; readonly port: number };
  shutdown(): Promise<void>;
}

declare const Deno: {
  serve(
    options: {
      hostname: string;
      port: number;
      onListen: () => void;
      onError: (error: unknown) => Response;
    },
    fetch: (request: Request) => Response | Promise<Response>,
  ): DenoServer;
};

/** Deno puts the Host header into the URL unchecked, so that a slash in it would become part of the path. */
const withUsableHost = (request: Request): Request => {
  const origin = `http://${request.headers.get('host')}`;
  if (/^http:\/\/[\w.:[\]-]*$/.test(origin) || !request.url.startsWith(origin)) return request;
  return new Request(`http://localhost${request.url.slice(origin.length)}`, request);
};

/** Deno closes no idle connection by itself. */
const listenOnDeno: Listen = (fetch, { hostname, port, onError }) => {
  const server = Deno.serve({ hostname, port, onListen: () => {}, onError }, (request) =>
    fetch(withUsableHost(request)),
  );
  const { hostname: address, port: actualPort } = server.addr;
  return {
    url: `http://${address.includes(':') ? `[${address}]` : address}:${actualPort}`,
    stop: () => server.shutdown(),
    // Deno's abort fails after its shutdown; the end of the process cuts what is left.
    abort: () => {},
  };
};

void main(listenOnDeno);
