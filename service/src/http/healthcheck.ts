import { get } from 'node:http';

/** How long `/livez` may take; container runtimes allow 5 seconds and more. */
const TIMEOUT_MILLISECONDS = 3_000;

/** Addresses that listen everywhere, and where a process on the same machine reaches them. */
const LOOPBACK: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' };

/**
 * Asks the service that runs on this machine for `/livez`: who acts on a failed check restarts the service, which
 * doesn't mend a store that is away. Resolves with the address that answered; no proxy of the environment is asked.
 * @throws Error with one line that names the address and what is wrong
 */
export const healthcheck = (
  managementHost: string,
  managementPort: number,
  timeoutMilliseconds = TIMEOUT_MILLISECONDS,
): Promise<string> => {
  const host = LOOPBACK[managementHost] ?? managementHost;
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${managementPort}/livez`;
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const fail = (reason: string) => reject(new Error(`${url}: ${reason}`));
  const request = get(
    { host, port: managementPort, path: '/livez', agent: false },
    ({ statusCode }) => (statusCode === 200 ? resolve(url) : fail(`status ${statusCode}`)),
  );
  const timer = setTimeout(
    () => fail(`no answer within ${timeoutMilliseconds} ms`),
    timeoutMilliseconds,
  );
  request.on('error', (error) => fail(error.message));
  return promise.finally(() => {
    clearTimeout(timer);
    request.destroy();
  });
};
