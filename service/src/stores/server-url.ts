import { DatabaseUrlError } from './database-url-error.ts';
import type { ServerAddress } from './server/connection.ts';

/** A database on a server, and what the URL says about its user. */
export interface ServerUrl extends ServerAddress {
  readonly username: string | undefined;
  readonly password: string | undefined;
}

const DIALECTS = {
  postgres: { kind: 'postgresql', port: 5432, socket: 'host' },
  postgresql: { kind: 'postgresql', port: 5432, socket: 'host' },
  mysql: { kind: 'mysql', port: 3306, socket: 'socket' },
  mariadb: { kind: 'mysql', port: 3306, socket: 'socket' },
} as const;

type Scheme = keyof typeof DIALECTS;

const TLS_MODES = ['disable', 'require', 'verify-ca', 'verify-full'] as const;

export const isServerScheme = (scheme: string): scheme is Scheme => Object.hasOwn(DIALECTS, scheme);

/** @throws DatabaseUrlError */
export const parseServerUrl = (scheme: Scheme, rest: string): ServerUrl => {
  const dialect = DIALECTS[scheme];
  const spelling = `${scheme}://user:password@host:${dialect.port}/database`;
  const match = /^\/\/(?:([^/?#@]*)@)?([^/?#@]*)(?:\/([^?#@]*))?(?:\?([^#@]*))?$/.exec(rest);
  if (!match || /[\s\p{Cc}]/u.test(rest))
    throw new DatabaseUrlError(
      `write ${spelling}, with @ : / ? # and blanks in user and password as %40 %3A %2F %3F %23 %20`,
    );
  const [, userInfo = '', authority = '', path = '', query = ''] = match;
  const { socket, sslmode } = parseQuery(query, dialect.socket);
  const { host, port } = parseAuthority(authority, dialect.port);
  if (host === '' && socket === undefined) throw new DatabaseUrlError(`name the host: ${spelling}`);
  const database = decode(path);
  if (database === '' || database.includes('/'))
    throw new DatabaseUrlError(`name the database: ${spelling}`);
  const [username, password] = userInfo.split(/:(.*)/s);
  const isLocal = socket !== undefined || isLoopback(host);
  return {
    kind: dialect.kind,
    host: host || 'localhost',
    port,
    socket,
    database,
    tls: sslmode ?? (isLocal ? 'disable' : 'verify-full'),
    username: username ? decode(username) : undefined,
    password: password ? decode(password) : undefined,
  };
};

const parseAuthority = (authority: string, defaultPort: number) => {
  const match = /^(\[[0-9a-f:.]+\]|[A-Za-z0-9._-]*)(?::(\d{1,5}))?$/i.exec(authority);
  const port = match?.[2] === undefined ? defaultPort : Number(match[2]);
  if (!match || port < 1 || port > 65535)
    throw new DatabaseUrlError('the host must be one name or address, its port from 1 to 65535');
  return { host: (match[1] ?? '').replace(/^\[|\]$/g, ''), port };
};

const parseQuery = (query: string, socketParameter: string) => {
  let socket: string | undefined;
  let sslmode: (typeof TLS_MODES)[number] | undefined;
  for (const [name, value] of new URLSearchParams(query)) {
    if (name === socketParameter) {
      if (!value.startsWith('/'))
        throw new DatabaseUrlError(`${name} must be an absolute path, that of the Unix socket`);
      socket = value;
    } else if (name === 'sslmode') {
      sslmode = TLS_MODES.find((mode) => mode === value);
      if (!sslmode) throw new DatabaseUrlError(`sslmode must be one of ${TLS_MODES.join(', ')}`);
    } else
      throw new DatabaseUrlError(
        `the parameter ${JSON.stringify(name)} is not supported, only ${socketParameter} and sslmode`,
      );
  }
  if (socket !== undefined && sslmode !== undefined && sslmode !== 'disable')
    throw new DatabaseUrlError('a Unix socket has no TLS: leave sslmode out');
  return { socket, sslmode };
};

const decode = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new DatabaseUrlError('write a percent sign as %25');
  }
};

const isLoopback = (host: string): boolean =>
  host === '::1' || /^(.+\.)?localhost$/i.test(host) || /^127(\.\d{1,3}){3}$/.test(host);
