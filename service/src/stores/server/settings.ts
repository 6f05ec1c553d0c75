import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { ServerUrl } from '../server-url.ts';
import {
  CredentialsError,
  type CredentialsFile,
  parseCredentials,
  parsePassword,
  readCredentials,
} from './credentials.ts';

/** What is to be known of a database server beside its URL. */
export interface ServerSettings {
  /** Certificates (PEM) that are trusted in place of those that the runtime holds. */
  readonly ca?: string;
  /** A file with the password, or with user and password, in place of those in the URL. */
  readonly credentialsFile?: CredentialsFile;
  /** How many connections at most. */
  readonly poolMax: number;
  /** How long a request may take at the database. */
  readonly timeoutMilliseconds: number;
  /** Whether to apply missing migrations, or to wait until someone else did. */
  readonly migrate: boolean;
}

/** The settings' texts, by variable. */
export interface ServerSettingTexts {
  readonly DATABASE_CA_FILE: string;
  readonly DATABASE_PASSWORD_FILE: string;
  readonly DATABASE_CREDENTIALS_FILE: string;
  readonly DATABASE_POOL_MAX: number;
  readonly DATABASE_TIMEOUT: number;
  readonly MIGRATE: boolean;
}

/** Reads the files that the settings name; what is wrong goes to `faults`, a line each. */
export const serverSettings = (
  url: ServerUrl,
  texts: ServerSettingTexts,
  faults: string[],
): ServerSettings => ({
  ca: certificates(url, texts.DATABASE_CA_FILE, faults),
  credentialsFile: credentialsFile(url, texts, faults),
  poolMax: texts.DATABASE_POOL_MAX,
  timeoutMilliseconds: texts.DATABASE_TIMEOUT,
  migrate: texts.MIGRATE,
});

const certificates = ({ tls }: ServerUrl, path: string, faults: string[]): string | undefined => {
  if (path === '') return undefined;
  if (tls === 'disable')
    faults.push(
      'DATABASE_CA_FILE is set, but DATABASE_URL is without TLS, the default on this machine: add ?sslmode=verify-full to it, or unset DATABASE_CA_FILE',
    );
  const fault = (reason: string) =>
    void faults.push(
      `DATABASE_CA_FILE is ${JSON.stringify(path)}: ${reason}; set a file of PEM certificates`,
    );
  try {
    const text = readFileSync(path, 'utf8');
    const found = text.match(/^-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/gm) ?? [];
    if (found.length > 0 && found.every(isCertificate)) return text;
    fault(found.length > 0 ? 'it holds an invalid certificate' : 'it holds no certificate');
  } catch {
    fault("it can't be read");
  }
  return undefined;
};

const isCertificate = (pem: string): boolean => {
  try {
    return new X509Certificate(pem).raw.length > 0;
  } catch {
    return false;
  }
};

const credentialsFile = (
  url: ServerUrl,
  { DATABASE_PASSWORD_FILE, DATABASE_CREDENTIALS_FILE }: ServerSettingTexts,
  faults: string[],
): CredentialsFile | undefined => {
  if (DATABASE_PASSWORD_FILE !== '' && DATABASE_CREDENTIALS_FILE !== '')
    faults.push('DATABASE_PASSWORD_FILE and DATABASE_CREDENTIALS_FILE are set: set one of them');
  if (DATABASE_CREDENTIALS_FILE !== '') {
    if (url.password !== undefined)
      faults.push(
        'DATABASE_CREDENTIALS_FILE is set, but DATABASE_URL has a password: set the URL without it',
      );
    return readable('DATABASE_CREDENTIALS_FILE', faults, {
      path: DATABASE_CREDENTIALS_FILE,
      parse: parseCredentials,
    });
  }
  if (url.username === undefined)
    faults.push(
      'DATABASE_URL names no user: set it as scheme://user@host/database, or set DATABASE_CREDENTIALS_FILE',
    );
  if (DATABASE_PASSWORD_FILE === '') return undefined;
  if (url.password !== undefined)
    faults.push(
      'DATABASE_PASSWORD_FILE is set, but DATABASE_URL has a password: set the URL without it',
    );
  return readable('DATABASE_PASSWORD_FILE', faults, {
    path: DATABASE_PASSWORD_FILE,
    parse: parsePassword(url.username ?? ''),
  });
};

const readable = (variable: string, faults: string[], file: CredentialsFile): CredentialsFile => {
  try {
    readCredentials(file);
  } catch (error) {
    if (!(error instanceof CredentialsError)) throw error;
    faults.push(`${variable} is ${JSON.stringify(file.path)}: it ${error.message}`);
  }
  return file;
};

export const SERVER_DEFAULTS: ServerSettings = {
  poolMax: 5,
  timeoutMilliseconds: 2_000,
  migrate: true,
};
