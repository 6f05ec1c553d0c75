import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { Log } from '../../observability/log.ts';

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

export interface CredentialsFile {
  readonly path: string;
  /** @throws CredentialsError */
  parse(text: string): Credentials;
}

/** Where user and password come from, and whether they changed. */
export interface CredentialsSource {
  current(): Credentials;
  /** Looks for new ones now; whether there are. */
  refresh(): Promise<boolean>;
  /** Calls `changed` whenever there are new ones, until the returned function is called. */
  watch(changed: () => void): () => void;
}

/** A credentials file can't be used; the message says why, without its content. */
export class CredentialsError extends Error {
  override name = 'CredentialsError';
}

const POLL_MILLISECONDS = 1_000;

export const fixedCredentials = (credentials: Credentials): CredentialsSource => ({
  current: () => credentials,
  refresh: async () => false,
  watch: () => () => {},
});

/** The content of a password file, without the line end. @throws CredentialsError */
export const parsePassword =
  (username: string) =>
  (text: string): Credentials => {
    const password = text.replace(/\r?\n$/, '');
    if (password === '') throw new CredentialsError('is empty');
    return { username, password };
  };

/** JSON with `username` and `password`, as AWS Secrets Manager writes it. @throws CredentialsError */
export const parseCredentials = (text: string): Credentials => {
  const { username, password } = parseJsonObject(text);
  if (typeof username !== 'string' || username === '')
    throw new CredentialsError('has no "username"');
  if (typeof password !== 'string' || password === '')
    throw new CredentialsError('has no "password"');
  return { username, password };
};

const parseJsonObject = (text: string): Record<string, unknown> => {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch {}
  throw new CredentialsError('is not a JSON object');
};

/**
 * Credentials in a file. It is read again every second, not watched: mounts replace a link to its folder, which no
 * file watcher reports on every system. A file that can't be used changes nothing and is logged once.
 * @throws CredentialsError when it can't be used now
 */
export const credentialsInFile = (file: CredentialsFile, log: Log): CredentialsSource => {
  const { path, parse } = file;
  let current = readCredentials(file);
  let fault: string | undefined;
  const listeners = new Set<() => void>();

  const refresh = async (): Promise<boolean> => {
    try {
      const next = parse(await readFile(path, 'utf8'));
      fault = undefined;
      if (next.username === current.username && next.password === current.password) return false;
      current = next;
    } catch (error) {
      const reason = reasonOf(error);
      if (reason !== fault)
        log.warn(
          { file: path, reason },
          'the database credentials can not be read, the last ones stay',
        );
      fault = reason;
      return false;
    }
    for (const listener of listeners) listener();
    return true;
  };

  return {
    current: () => current,
    refresh,
    watch: (changed) => {
      listeners.add(changed);
      const timer = setInterval(refresh, POLL_MILLISECONDS);
      return () => {
        listeners.delete(changed);
        clearInterval(timer);
      };
    },
  };
};

/** What the file holds now. @throws CredentialsError */
export const readCredentials = ({ path, parse }: CredentialsFile): Credentials => {
  try {
    return parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new CredentialsError(reasonOf(error));
  }
};

const reasonOf = (error: unknown): string => {
  if (error instanceof CredentialsError) return error.message;
  return error instanceof Error && 'code' in error
    ? `can't be read (${error.code})`
    : "can't be read";
};
