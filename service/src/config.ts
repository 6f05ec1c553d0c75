import { FormatRegistry, type Static, type TSchema, Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { DEFAULT_LIMITS, type Limits } from './http/limits.ts';
import {
  type DatabaseUrl,
  DatabaseUrlError,
  parseDatabaseUrl,
  redactUrl,
} from './stores/database-url.ts';
import { SERVER_DEFAULTS, type ServerSettings, serverSettings } from './stores/server/settings.ts';
import { builtVersion, type Version } from './version.ts';

const isTimeZone = (name: string): boolean => {
  if (name === 'UTC') return true; // The others take 10 ms to load.
  try {
    // Intl knows names that Temporal, which tells today's date, refuses on Deno.
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(name);
    return true;
  } catch {
    return false;
  }
};

FormatRegistry.Set('time-zone', isTimeZone);

const host = {
  pattern: '^[A-Za-z0-9.:_%-]+$',
  expected: 'an IP address or a host name, without brackets',
};

/** An integer that counts `unit`. */
const integer = (unit: string, minimum: number, maximum: number) => ({
  minimum,
  maximum,
  expected: `${unit} from ${minimum} to ${maximum}, as an integer`,
});

const anyPort = integer('a port', 0, 65_535);
const port = { ...anyPort, expected: `${anyPort.expected}; 0 takes any free port` };

const label = {
  pattern: '^[A-Za-z0-9._+-]{1,64}$',
  expected: '1 to 64 letters, digits, dots, hyphens, plus signs or underscores',
};

/**
 * Every setting, an environment variable each: the source of the parser, of `--help` and of the README's table.
 * `expected` completes the sentence "set …" in messages.
 */
export const Settings = Type.Object({
  HOST: Type.String({
    description: 'Address of the API. `::` listens on every address, IPv4 and IPv6.',
    default: '127.0.0.1',
    ...host,
  }),
  PORT: Type.Integer({ description: 'Port of the API.', default: 8000, ...port }),
  MANAGEMENT_HOST: Type.String({
    description: 'Address of `/livez`, `/readyz` and `/metrics`.',
    default: '127.0.0.1',
    ...host,
  }),
  MANAGEMENT_PORT: Type.Integer({
    description: 'Port of `/livez`, `/readyz` and `/metrics`.',
    default: 9000,
    ...port,
  }),
  BASE_PATH: Type.String({
    description:
      'Path before every other of the API, when a gateway keeps its prefix: `/greetings` serves `/greetings/hello/{username}`.',
    default: '',
    pattern: '^((/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)+)?$',
    expected: 'a path such as /greetings, without a slash at its end',
  }),
  DATABASE_URL: Type.String({
    description:
      'Where the data are: `postgres://user:password@host:5432/database`, `mysql://user:password@host:3306/database`, `sqlite:path`, `sqlite:///relative`, `sqlite:////absolute`, or `memory:` (lost at exit). On a server with `?sslmode=`: `disable`, `require`, `verify-ca` or `verify-full`, the default but for loopback. Unix socket: `?host=/folder` (PostgreSQL), `?socket=/path` (MySQL).',
    default: 'sqlite:hello.db',
    expected: 'a database URL',
  }),
  DATABASE_PASSWORD_FILE: Type.String({
    description: 'File with the password, in place of one in the URL; a change is noticed.',
    default: '',
    expected: 'a file',
  }),
  DATABASE_CREDENTIALS_FILE: Type.String({
    description:
      'JSON file with `username` and `password`, in place of what the URL says; a change is noticed.',
    default: '',
    expected: 'a file',
  }),
  DATABASE_CA_FILE: Type.String({
    description:
      "PEM certificates of the authorities that the database server is trusted by, in place of Mozilla's, which the runtime holds.",
    default: '',
    expected: 'a file',
  }),
  DATABASE_POOL_MAX: Type.Integer({
    description: 'Connections to the database server at most.',
    default: SERVER_DEFAULTS.poolMax,
    ...integer('connections', 1, 100),
  }),
  DATABASE_TIMEOUT: Type.Integer({
    description: 'Milliseconds that a request may take at the database server before it is 503.',
    default: SERVER_DEFAULTS.timeoutMilliseconds,
    ...integer('milliseconds', 200, 60_000),
  }),
  MIGRATE: Type.Boolean({
    description:
      'Whether the service brings the schema of the database server up to date; with `false` it waits until `hello migrate` did.',
    default: SERVER_DEFAULTS.migrate,
    expected: 'true or false',
  }),
  MAX_BODY_BYTES: Type.Integer({
    description: 'Bytes of a request body at most; more is 413.',
    default: DEFAULT_LIMITS.maxBodyBytes,
    ...integer('bytes', 1024, 1024 ** 2),
  }),
  MAX_REQUESTS_IN_FLIGHT: Type.Integer({
    description: 'Requests that are worked on at the same time at most; more are 503.',
    default: DEFAULT_LIMITS.maxRequestsInFlight,
    ...integer('requests', 1, 100_000),
  }),
  IDLE_TIMEOUT: Type.Integer({
    description:
      'Milliseconds after which a connection is closed that is idle, or on which a body or an answer takes as long; longer than load balancers keep idle ones.',
    default: 75_000,
    ...integer('milliseconds', 1_000, 255_000),
  }),
  DRAIN_DELAY: Type.Integer({
    description:
      'Milliseconds after SIGTERM in which the service goes on, not ready, until load balancers have noticed.',
    default: 10_000,
    ...integer('milliseconds', 0, 600_000),
  }),
  SHUTDOWN_TIMEOUT: Type.Integer({
    description:
      'Milliseconds after `DRAIN_DELAY` in which requests under way may finish before their connections are cut.',
    default: 10_000,
    ...integer('milliseconds', 0, 600_000),
  }),
  TIME_ZONE: Type.String({
    description: 'IANA time zone in which "today" is meant.',
    default: 'UTC',
    format: 'time-zone',
    expected: 'an IANA time zone, such as UTC or Europe/Madrid',
  }),
  LOG_LEVEL: Type.Union(
    (['debug', 'info', 'warn', 'error', 'silent'] as const).map((level) => Type.Literal(level)),
    {
      description: 'Lowest level that is logged: `debug`, `info`, `warn`, `error` or `silent`.',
      default: 'info',
      expected: 'debug, info, warn, error or silent',
    },
  ),
  APP_NAME: Type.String({
    description: 'Title of the API documents.',
    default: 'Hello',
    pattern: '^[ -~]{1,100}$',
    expected: '1 to 100 printable ASCII characters',
  }),
  SERVICE_VERSION: Type.String({
    description: 'Version in the start line of the log, the metrics, traces and the API documents.',
    default: builtVersion.version,
    ...label,
  }),
  SERVICE_COMMIT: Type.String({
    description: 'Commit, beside the version; the default is the one that was built.',
    default: builtVersion.commit,
    ...label,
  }),
});

type SettingValues = Static<typeof Settings>;

/** The settings of a process, checked and parsed. */
export interface Config {
  readonly host: string;
  readonly port: number;
  readonly managementHost: string;
  readonly managementPort: number;
  readonly databaseUrl: DatabaseUrl;
  /** Empty for none. */
  readonly basePath: string;
  readonly limits: Limits;
  readonly idleMilliseconds: number;
  readonly drainMilliseconds: number;
  readonly shutdownMilliseconds: number;
  /** Of a database on a server, otherwise undefined. */
  readonly server: ServerSettings | undefined;
  readonly timeZone: string;
  readonly logLevel: SettingValues['LOG_LEVEL'];
  readonly appName: string;
  readonly version: Version;
}

/** Every fault of the settings, a line each, naming variable, value and remedy. */
export class ConfigError extends Error {
  override name = 'ConfigError';
  constructor(readonly faults: readonly string[]) {
    super(faults.join('\n'));
  }
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads the settings. An empty variable counts as unset.
 * @throws ConfigError with all faults
 */
export const loadConfig = (environment: Environment): Config => {
  const faults: string[] = [];
  const names = Object.keys(Settings.properties) as (keyof SettingValues)[];
  const settings = readSettings(environment, names, faults);
  let databaseUrl: DatabaseUrl = { kind: 'memory' };
  let server: ServerSettings | undefined;
  try {
    databaseUrl = parseDatabaseUrl(settings.DATABASE_URL);
    if ('host' in databaseUrl) server = serverSettings(databaseUrl, settings, faults);
  } catch (error) {
    if (!(error instanceof DatabaseUrlError)) throw error;
    faults.push(
      `DATABASE_URL is ${JSON.stringify(redactUrl(settings.DATABASE_URL))}: ${error.message}`,
    );
  }
  if (
    settings.PORT === settings.MANAGEMENT_PORT &&
    settings.HOST === settings.MANAGEMENT_HOST &&
    settings.PORT > 0
  )
    faults.push(
      `MANAGEMENT_PORT is "${settings.MANAGEMENT_PORT}", the same as PORT: set another port`,
    );
  if (server && settings.IDLE_TIMEOUT <= settings.DATABASE_TIMEOUT)
    faults.push(
      `IDLE_TIMEOUT is "${settings.IDLE_TIMEOUT}", not more than DATABASE_TIMEOUT: set more than ${settings.DATABASE_TIMEOUT} milliseconds, or requests that wait for the database are cut`,
    );
  if (faults.length > 0) throw new ConfigError(faults);
  return {
    host: settings.HOST,
    port: settings.PORT,
    managementHost: settings.MANAGEMENT_HOST,
    managementPort: settings.MANAGEMENT_PORT,
    databaseUrl,
    server,
    basePath: settings.BASE_PATH,
    limits: {
      maxBodyBytes: settings.MAX_BODY_BYTES,
      maxRequestsInFlight: settings.MAX_REQUESTS_IN_FLIGHT,
    },
    idleMilliseconds: settings.IDLE_TIMEOUT,
    drainMilliseconds: settings.DRAIN_DELAY,
    shutdownMilliseconds: settings.SHUTDOWN_TIMEOUT,
    timeZone: settings.TIME_ZONE,
    logLevel: settings.LOG_LEVEL,
    appName: settings.APP_NAME,
    version: { version: settings.SERVICE_VERSION, commit: settings.SERVICE_COMMIT },
  };
};

/**
 * Reads what a healthcheck needs: other settings may be wrong, the service that runs had others.
 * @throws ConfigError with all faults of these
 */
export const loadManagementAddress = (
  environment: Environment,
): Pick<Config, 'managementHost' | 'managementPort'> => {
  const faults: string[] = [];
  const settings = readSettings(environment, ['MANAGEMENT_HOST', 'MANAGEMENT_PORT'], faults);
  if (faults.length > 0) throw new ConfigError(faults);
  return { managementHost: settings.MANAGEMENT_HOST, managementPort: settings.MANAGEMENT_PORT };
};

/** Some settings, their faults added to `faults`. */
const readSettings = <Name extends keyof SettingValues>(
  environment: Environment,
  names: readonly Name[],
  faults: string[],
): Pick<SettingValues, Name> => {
  const values: Record<string, unknown> = {};
  for (const name of names) {
    const schema: TSchema = Settings.properties[name];
    const text = environment[name] || undefined;
    const value = text === undefined ? schema.default : parse(schema, text);
    values[name] = value;
    if (!Value.Check(schema, value))
      faults.push(`${name} is ${JSON.stringify(text)}: set ${schema.expected}`);
  }
  return values as Pick<SettingValues, Name>;
};

const parse = (schema: TSchema, text: string): unknown => {
  if (schema.type === 'integer' && /^\d{1,9}$/.test(text)) return Number(text);
  if (schema.type === 'boolean' && /^(true|false)$/.test(text)) return text === 'true';
  return text;
};

/** What `--help` prints. */
export const help = (): string =>
  [
    'Usage: hello [serve | migrate | healthcheck | --version | --help]',
    '',
    'Serves the greeting API until SIGTERM or SIGINT; migrate brings the schema of the database up to date and ends;',
    'healthcheck asks the service on this machine, at MANAGEMENT_HOST and MANAGEMENT_PORT, for /livez and ends.',
    'Settings are environment variables:',
    '',
    ...Object.entries<TSchema>(Settings.properties).flatMap(
      ([name, { description, default: value }]) => [
        `  ${name}`,
        `      ${description?.replaceAll('`', '')}`,
        `      Default: ${value === '' ? 'none' : value}`,
      ],
    ),
    '',
    'Exit status: 0 after a signal, 128 and its number after a second one and for migrate, 1 when a port or the database can not be used and for whatever makes healthcheck fail, 2 for another bad setting or argument.',
  ].join('\n');

/** The settings as a Markdown table. */
export const settingsTable = (): string =>
  [
    '| variable | meaning | default |',
    '|---|---|---|',
    ...Object.entries<TSchema>(Settings.properties).map(
      ([name, { description, default: value }]) =>
        `| \`${name}\` | ${description} | ${value === '' ? '' : `\`${value}\``} |`,
    ),
  ].join('\n');
