import { DatabaseUrlError } from './database-url-error.ts';
import { isServerScheme, parseServerUrl, type ServerUrl } from './server-url.ts';

export { DatabaseUrlError };

/** A parsed `DATABASE_URL`. */
export type DatabaseUrl =
  | { readonly kind: 'memory' }
  | { readonly kind: 'sqlite'; readonly file: string }
  | ServerUrl;

const SPELLINGS =
  'use sqlite:path, sqlite:///relative/path, sqlite:////absolute/path, postgres://user@host/database, mysql://user@host/database or memory:';

/**
 * Reads a database URL: `postgres://` or `postgresql://`, `mysql://` or `mariadb://`, `sqlite:path`,
 * `sqlite:///relative`, `sqlite:////absolute` (as SQLAlchemy spells it) or `memory:`.
 * @throws DatabaseUrlError
 */
export const parseDatabaseUrl = (url: string): DatabaseUrl => {
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(url)?.[1]?.toLowerCase();
  if (scheme === undefined) throw new DatabaseUrlError(SPELLINGS);
  const rest = url.slice(scheme.length + 1);
  if (scheme === 'memory') {
    if (rest !== '') throw new DatabaseUrlError('write memory: with nothing after it');
    return { kind: 'memory' };
  }
  const [dialect = '', driver] = scheme.split('+');
  if (isServerScheme(dialect)) {
    if (driver !== undefined)
      throw new DatabaseUrlError(`write ${dialect}:// in place of ${scheme}://`);
    return parseServerUrl(dialect, rest);
  }
  if (dialect === 'sqlite' && driver !== undefined)
    throw new DatabaseUrlError(`write sqlite: in place of ${scheme}:`);
  if (scheme !== 'sqlite') throw new DatabaseUrlError(SPELLINGS);
  return { kind: 'sqlite', file: sqliteFile(rest) };
};

const sqliteFile = (rest: string): string => {
  const file = rest.startsWith('//') ? afterAuthority(rest) : rest;
  if (file === '' || file === ':memory:')
    throw new DatabaseUrlError(`name a file, or write memory: to keep nothing; ${SPELLINGS}`);
  if (/[?#\0]/.test(file))
    throw new DatabaseUrlError(
      'the file name must not contain "?", "#" or NUL: SQLite options are not supported',
    );
  if (file.endsWith('/')) throw new DatabaseUrlError('name a file, not a folder');
  return file;
};

const afterAuthority = (rest: string): string => {
  if (!rest.startsWith('///')) throw new DatabaseUrlError(`SQLite has no host; ${SPELLINGS}`);
  return rest.slice(3);
};

/** A URL, right or wrong, fit for messages: the whole of one for a file, otherwise at most the kind of database. */
export const redactUrl = (url: string): string => {
  if (/^((sqlite|memory):[^@]*|[\w./-]*)$/i.test(url) && !/pass|pwd/i.test(url)) return url;
  const [kind = ''] = /^(postgres|postgresql|mysql|mariadb|sqlite)(?=[:+])/i.exec(url) ?? [];
  return `${kind}***`;
};
