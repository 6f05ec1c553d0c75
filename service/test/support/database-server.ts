import { SQL } from 'bun';
import { hasEnded } from './processes.ts';

export type Dialect = 'postgresql' | 'mysql';

export interface Login {
  readonly user: string;
  readonly password: string;
}

export interface UrlOptions {
  readonly login?: Login | { readonly user: string };
  /** A name or address; the server listens on 127.0.0.1. */
  readonly host?: string;
  readonly port?: number;
  /** Through the Unix socket. */
  readonly socket?: boolean;
  readonly query?: Readonly<Record<string, string>>;
}

/** A database of a server, with a user who may do everything in it. */
export interface Database {
  readonly name: string;
  readonly owner: Login;
  url(options?: UrlOptions): string;
  /** Runs statements as the administrator. */
  sql(text: string): Promise<Record<string, unknown>[]>;
}

/** A database server of the tests' own, on a free port of 127.0.0.1. */
export interface DatabaseServer {
  readonly dialect: Dialect;
  readonly port: number;
  readonly folder: string;
  readonly pid: number;
  /** Starts it, unless it runs; resolves when it answers a query. */
  start(): Promise<void>;
  /** Ends it as an operator would, its connections with it. */
  stop(): Promise<void>;
  /** Ends it and all its processes with SIGKILL. */
  kill9(): Promise<void>;
  /** Runs statements as the administrator. */
  sql(text: string, database?: string): Promise<Record<string, unknown>[]>;
  createDatabase(): Promise<Database>;
  createUser(password?: string): Promise<Login>;
  setPassword(login: Login): Promise<void>;
  /** Refuses a user's connections without TLS; not those through the Unix socket of PostgreSQL. */
  requireTls(user: string): Promise<void>;
  /** How many connections the server has with a user. */
  connectionCount(user: string): Promise<number>;
  /** Ends the connections of a user. */
  disconnect(user: string): Promise<void>;
  /** Makes the server show this certificate to new connections. */
  useCertificate(certificate: {
    readonly certificate: string;
    readonly key: string;
  }): Promise<void>;
  /** Notes every attempt to log in from now on, as soon as the client names a user. */
  logLogins(): Promise<void>;
  /** Whether a user was named in an attempt to log in. */
  sawLogin(user: string): Promise<boolean>;
  /** Ends it for good and removes its folder. */
  remove(): Promise<void>;
}

/**
 * A database URL.
 * @param socketParameter the parameter that names the Unix socket
 * @param serverPort of the server, unless the options say otherwise
 */
export const databaseUrl = (
  scheme: 'postgres' | 'mysql',
  socketParameter: Readonly<Record<string, string>>,
  serverPort: number,
  database: string,
  { login, host = '127.0.0.1', port = serverPort, socket, query = {} }: UrlOptions,
): string => {
  const user = encodeURIComponent(login?.user ?? '');
  const secret = login && 'password' in login ? `:${encodeURIComponent(login.password)}` : '';
  const address = socket ? `localhost:${serverPort}` : `${host}:${port}`;
  const parameters = new URLSearchParams({ ...(socket ? socketParameter : {}), ...query });
  return `${scheme}://${user}${secret}@${address}/${database}${parameters.size > 0 ? `?${parameters}` : ''}`;
};

/** A name that no other database or user of a server has. */
export const newName = (prefix: string): string =>
  `${prefix}_${crypto.randomUUID().replaceAll('-', '').slice(0, 12)}`;

/** A password with characters that mean something in a URL, in SQL or in a shell. */
export const newPassword = (): string => `Pw@:/?#%25 +"$&=${crypto.randomUUID()}`;

/** Runs statements over a connection of their own. */
export const runSql = async (
  options: SQL.Options,
  text: string,
): Promise<Record<string, unknown>[]> => {
  const sql = new SQL({ ...options, max: 1, connectionTimeout: 2 } as SQL.Options);
  try {
    const rows = await sql.unsafe(text).simple();
    return (Array.isArray(rows[0]) ? rows.flat() : [...rows]) as Record<string, unknown>[];
  } finally {
    await sql.close({ timeout: 0 });
  }
};

const START_TIMEOUT_MILLISECONDS = 60_000;

/** Resolves when `isUp` does; rejects with the log when the process ends or time runs out. */
export const untilUp = async (
  child: Bun.Subprocess,
  isUp: () => Promise<unknown>,
  log: () => string,
): Promise<void> => {
  const deadline = performance.now() + START_TIMEOUT_MILLISECONDS;
  for (;;) {
    try {
      await isUp();
      return;
    } catch (error) {
      if (hasEnded(child) || performance.now() > deadline)
        throw new Error(`the database server did not start: ${error}\n${log()}`);
    }
    await Bun.sleep(10);
  }
};

/** A port of 127.0.0.1 that nobody listens on. */
export const freePort = (): number => {
  const listener = Bun.listen({ hostname: '127.0.0.1', port: 0, socket: { data: () => {} } });
  const { port } = listener;
  listener.stop(true);
  return port;
};
