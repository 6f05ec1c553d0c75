import type { Database, DatabaseServer, UrlOptions } from '../support/database-server.ts';
import { type ServerName, sharedServer } from '../support/databases.ts';
import { type RunningServer, type Runtime, startServer } from '../support/server.ts';
import { until } from '../support/until.ts';

export interface Serving {
  readonly server: DatabaseServer;
  readonly database: Database;
  readonly service: RunningServer;
  put(username: string, dateOfBirth: string): Promise<Timed>;
  get(username: string): Promise<Timed>;
  /** The status of a path on the management port. */
  health(path: '/livez' | '/readyz'): Promise<number>;
  /** Resolves with the milliseconds until `check` is true. */
  until(check: () => Promise<boolean>, limit?: number): Promise<number>;
  /** Resolves with the milliseconds until a PUT is 204. */
  untilServed(limit?: number): Promise<number>;
  /** The lines of the log that are no requests. */
  log(): Record<string, unknown>[];
}

/** An answer, and how long it took. */
export interface Timed {
  readonly status: number;
  readonly retryAfter: string | null;
  readonly json: unknown;
  readonly milliseconds: number;
}

export interface ServingOptions {
  readonly runtime?: Runtime;
  readonly environment?: Readonly<Record<string, string>>;
  readonly url?: UrlOptions;
  /** The one that all tests share unless given. */
  readonly serverOf?: (serverName: ServerName) => Promise<DatabaseServer>;
}

/** Runs `check` with a service on a database of its own. */
export const serving = async (
  serverName: ServerName,
  { runtime = 'bun', environment, url, serverOf = sharedServer }: ServingOptions,
  check: (serving: Serving) => Promise<void>,
): Promise<void> => {
  const server = await serverOf(serverName);
  const database = await server.createDatabase();
  const service = await startServer({ runtime, databaseUrl: database.url(url), environment });
  try {
    await check({ server, database, ...talkTo(service) });
  } finally {
    await service.stop('SIGKILL');
  }
};

export const talkTo = (service: RunningServer): Omit<Serving, 'server' | 'database'> => {
  const put = (username: string, dateOfBirth: string) =>
    timed(`${service.baseUrl}/hello/${username}`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ dateOfBirth }),
    });
  return {
    service,
    put,
    get: (username) => timed(`${service.baseUrl}/hello/${username}`),
    health: async (path) => (await timed(`${service.managementUrl}${path}`)).status,
    until,
    untilServed: (limit) =>
      until(async () => (await put('Served', '1990-10-30')).status === 204, limit),
    log: () => linesOf(service.output()).filter((line) => !('route' in line)),
  };
};

/** What a process printed that is no line of the log. */
export const otherOutput = (service: RunningServer): string[] =>
  service
    .output()
    .split('\n')
    .slice(0, -1)
    .filter((line) => !/^\{.*\}$/.test(line));

const timed = async (url: string, init: RequestInit = {}): Promise<Timed> => {
  const start = performance.now();
  const response = await fetch(url, { ...init, signal: AbortSignal.timeout(15_000) });
  const text = await response.text();
  return {
    status: response.status,
    retryAfter: response.headers.get('retry-after'),
    json: text === '' ? undefined : JSON.parse(text),
    milliseconds: performance.now() - start,
  };
};

const linesOf = (output: string): Record<string, unknown>[] =>
  output
    .split('\n')
    .filter((line) => line.startsWith('{') && line.endsWith('}'))
    .map((line) => JSON.parse(line));
