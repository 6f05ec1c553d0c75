import { describe, expect, test } from 'bun:test';
import { version } from '../../package.json' with { type: 'json' };
import { ConfigError, help, loadConfig, Settings, settingsTable } from '../src/config.ts';

const NAMES = Object.keys(Settings.properties);

const DEFAULTS = {
  host: '127.0.0.1',
  port: 8000,
  managementHost: '127.0.0.1',
  managementPort: 9000,
  databaseUrl: { kind: 'sqlite', file: 'hello.db' },
  timeZone: 'UTC',
  logLevel: 'info',
  appName: 'Hello',
  version: { version, commit: 'unknown' },
  server: undefined,
  basePath: '',
  limits: { maxBodyBytes: 16_384, maxRequestsInFlight: 1_000 },
  idleMilliseconds: 75_000,
  drainMilliseconds: 10_000,
  shutdownMilliseconds: 10_000,
} as const;

const BAD_PORTS = [
  '-1',
  '65536',
  '99999999999',
  '8000.5',
  '1e3',
  '0x50',
  '+80',
  ' 80',
  '80 ',
  'http',
  '٨٠',
];

const faultsOf = (environment: Record<string, string | undefined>): readonly string[] => {
  try {
    loadConfig(environment);
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    const { faults, message } = error as ConfigError;
    expect(message.split('\n')).toEqual([...faults]);
    return faults;
  }
  return [];
};

describe('loadConfig', () => {
  test('has a default for every setting', () => {
    expect(loadConfig({})).toEqual(DEFAULTS);
  });

  test('takes an empty variable for unset', () => {
    expect(loadConfig(Object.fromEntries(NAMES.map((name) => [name, ''])))).toEqual(DEFAULTS);
  });

  test('ignores other variables', () => {
    expect(loadConfig({ PATH: '/bin', port: '1', HELLO_PORT: '2' })).toEqual(DEFAULTS);
  });

  for (const [name, key, values] of [
    ['HOST', 'host', ['::', '::1', '0.0.0.0', 'localhost', 'api.example.com', 'fe80::1%eth0']],
    ['MANAGEMENT_HOST', 'managementHost', ['::', '10.0.0.1', 'localhost']],
    ['TIME_ZONE', 'timeZone', ['UTC', 'Europe/Madrid', 'America/St_Johns', 'Etc/GMT+12']],
    ['LOG_LEVEL', 'logLevel', ['debug', 'info', 'warn', 'error', 'silent']],
    ['BASE_PATH', 'basePath', ['/greetings', '/a/b', '/v1.0/~team_x-y']],
    ['APP_NAME', 'appName', ['Hello, you', '<b>&"', '~', 'x'.repeat(100)]],
  ] as const)
    for (const value of values)
      test(`takes ${name}=${value}`, () =>
        expect(loadConfig({ [name]: value })).toEqual({ ...DEFAULTS, [key]: value }));

  for (const [name, key] of [
    ['PORT', 'port'],
    ['MANAGEMENT_PORT', 'managementPort'],
  ] as const)
    for (const value of ['0', '1', '8080', '65535'])
      test(`takes ${name}=${value}`, () =>
        expect(loadConfig({ [name]: value })).toEqual({ ...DEFAULTS, [key]: Number(value) }));

  for (const [name, value, changed] of [
    ['MAX_BODY_BYTES', '1048576', { limits: { ...DEFAULTS.limits, maxBodyBytes: 1_048_576 } }],
    ['MAX_REQUESTS_IN_FLIGHT', '1', { limits: { ...DEFAULTS.limits, maxRequestsInFlight: 1 } }],
    ['IDLE_TIMEOUT', '255000', { idleMilliseconds: 255_000 }],
    ['DRAIN_DELAY', '0', { drainMilliseconds: 0 }],
    ['SHUTDOWN_TIMEOUT', '600000', { shutdownMilliseconds: 600_000 }],
  ] as const)
    test(`takes ${name}=${value}`, () =>
      expect(loadConfig({ [name]: value })).toEqual({ ...DEFAULTS, ...changed }));

  test('refuses to cut requests that wait for the database', () => {
    const environment = { IDLE_TIMEOUT: '5000', DATABASE_TIMEOUT: '5000' };
    expect(faultsOf(environment)).toEqual([]);
    expect(faultsOf({ ...environment, DATABASE_URL: 'postgres://a:b@localhost/c' })).toEqual([
      'IDLE_TIMEOUT is "5000", not more than DATABASE_TIMEOUT: set more than 5000 milliseconds, or requests that wait for the database are cut',
    ]);
  });

  test('drains and stops within the 30 seconds that Kubernetes gives', () => {
    const { drainMilliseconds, shutdownMilliseconds } = loadConfig({});
    expect(drainMilliseconds + shutdownMilliseconds).toBeLessThanOrEqual(25_000);
  });

  for (const [value, databaseUrl] of [
    ['memory:', { kind: 'memory' }],
    ['sqlite:////data/hello.db', { kind: 'sqlite', file: '/data/hello.db' }],
  ] as const)
    test(`takes DATABASE_URL=${value}`, () =>
      expect(loadConfig({ DATABASE_URL: value })).toEqual({ ...DEFAULTS, databaseUrl }));

  for (const [name, remedy, values] of [
    [
      'HOST',
      'set an IP address or a host name',
      ['[::]', 'a b', 'http://host', 'host/x', 'ho\nst'],
    ],
    ['MANAGEMENT_HOST', 'set an IP address or a host name', ['[::1]', ' ']],
    ['PORT', 'set a port from 0 to 65535, as an integer; 0 takes any free port', BAD_PORTS],
    ['MANAGEMENT_PORT', 'set a port from 0 to 65535, as an integer', BAD_PORTS],
    [
      'BASE_PATH',
      'set a path such as /greetings',
      ['/', 'greetings', '/greetings/', '/a//b', '/..', '/a/.b', '/a b', '/:x', '/*', '/%41'],
    ],
    ['MAX_BODY_BYTES', 'set bytes from 1024 to 1048576', ['0', '1023', '16k', '1048577']],
    ['MAX_REQUESTS_IN_FLIGHT', 'set requests from 1 to 100000', ['0', '-1', '100001']],
    ['IDLE_TIMEOUT', 'set milliseconds from 1000 to 255000', ['0', '999', '30s', '255001']],
    ['DRAIN_DELAY', 'set milliseconds from 0 to 600000', ['-1', '10s', '600001']],
    ['SHUTDOWN_TIMEOUT', 'set milliseconds from 0 to 600000', ['-1', '1.5', '600001']],
    ['DATABASE_POOL_MAX', 'set connections from 1 to 100', ['0', '101', '1.5', 'five']],
    ['DATABASE_TIMEOUT', 'set milliseconds from 200 to 60000', ['199', '2s', '60001', '1e3']],
    ['DATABASE_URL', 'use sqlite:path', ['hello.db', '/data/hello.db']],
    ['TIME_ZONE', 'set an IANA time zone', ['Mars/Base', 'Madrid', 'utc ', '/etc/localtime']],
    ['LOG_LEVEL', 'set debug, info, warn, error or silent', ['INFO', 'trace', 'verbose', '30']],
    ['SERVICE_VERSION', 'set 1 to 64 letters', ['1 2', '"', 'é', 'x'.repeat(65)]],
    ['SERVICE_COMMIT', 'set 1 to 64 letters', ['a b', '{', 'x'.repeat(65)]],
    ['APP_NAME', 'set 1 to 100 printable ASCII', ['Grüße', 'a\tb', 'a\nb', 'x'.repeat(101)]],
  ] as const)
    for (const value of values)
      test(`refuses ${name}=${JSON.stringify(value)}, with the remedy`, () => {
        const faults = faultsOf({ [name]: value });
        expect(faults).toHaveLength(1);
        expect(faults[0]).toStartWith(`${name} is ${JSON.stringify(value)}: `);
        expect(faults[0]).toContain(remedy);
        expect(faults[0]).not.toContain('\n');
      });

  test('names the unit of every number', () => {
    for (const [name, { type }] of Object.entries(Settings.properties)) {
      if (type !== 'integer') continue;
      expect(faultsOf({ [name]: '1.5' })).toEqual([
        expect.stringMatching(
          /^\w+ is "1\.5": set (a port|bytes|connections|milliseconds|requests) from \d+ to \d+, as an integer\b/,
        ),
      ]);
    }
  });

  test('tells every fault in one go', () => {
    const bad = {
      HOST: '[::]',
      PORT: 'http',
      MANAGEMENT_HOST: '*',
      MANAGEMENT_PORT: '65536',
      BASE_PATH: '/',
      DATABASE_URL: 'hello.db',
      MAX_BODY_BYTES: '1',
      MAX_REQUESTS_IN_FLIGHT: '0',
      IDLE_TIMEOUT: '0',
      DRAIN_DELAY: '-1',
      SHUTDOWN_TIMEOUT: '-1',
      DATABASE_POOL_MAX: '0',
      DATABASE_TIMEOUT: '1s',
      MIGRATE: 'yes',
      TIME_ZONE: 'Mars/Base',
      LOG_LEVEL: 'loud',
      APP_NAME: 'é',
    };
    const faults = faultsOf(bad);
    expect(faults.map((fault) => fault.split(' ')[0] as string).toSorted()).toEqual(
      Object.keys(bad).toSorted(),
    );
    for (const [name, value] of Object.entries(bad))
      expect(faults.filter((fault) => fault.startsWith(`${name} is "${value}": `))).toHaveLength(1);
  });
});

describe('two ports', () => {
  const clash = (environment: Record<string, string>) =>
    faultsOf(environment).filter((fault) => fault.includes('the same as PORT'));

  test('must differ on one address', () => {
    const message = (port: number) => [
      `MANAGEMENT_PORT is "${port}", the same as PORT: set another port`,
    ];
    expect(clash({ PORT: '9000' })).toEqual(message(9000));
    expect(clash({ MANAGEMENT_PORT: '8000' })).toEqual(message(8000));
    expect(clash({ PORT: '80', MANAGEMENT_PORT: '80' })).toEqual(message(80));
  });

  test('may be equal on two addresses, or when both are any free port', () => {
    expect(faultsOf({ PORT: '9000', MANAGEMENT_HOST: '127.0.0.2' })).toEqual([]);
    expect(faultsOf({ PORT: '0', MANAGEMENT_PORT: '0' })).toEqual([]);
  });

  test('do not clash when they are no ports', () => {
    expect(clash({ PORT: 'http', MANAGEMENT_PORT: 'http' })).toEqual([]);
  });
});

describe('a message never tells a password', () => {
  for (const url of [
    'postgres://user:s3cret@host/hello?option=1',
    'postgres://user:p@s3cret@host/hello',
    'postgres://user:s3cret@host',
    'postgres://:s3cret@host/hello?option=1',
    'postgres://s3cret@host/hello?option=1',
    'POSTGRESQL+asyncpg://user:s3cret@[::1]:5432/hello?sslmode=require',
    'postgres://a:s3cret@one,b:s3cret@two/hello',
    'postgres://host/hello?user=a&password=s3cret',
    'postgres://host/hello?PASSWORD=s3cret&x=1',
    'mysql://user:s3cret@host/hello?option=1',
    'sqlite://user:s3cret@host/hello.db',
    'mongodb+srv://user:s3cret@host',
    'memory://user:s3cret@host',
    // Characters that a URL would have to encode.
    'postgres://user:p/s3cret@host/hello',
    'postgres://user:p?s3cret@host/hello',
    'postgres://user:p#s3cret@host/hello',
    'postgres://user:p s3cret@host/hello',
    'postgres://host/hello?password=p#s3cret',
    // Not quite a URL, as from a quoted line of an environment file.
    '"postgres://user:s3cret@host/hello"',
    ' postgres://user:s3cret@host/hello',
    'DATABASE_URL=postgres://user:s3cret@host/hello',
    'postgres:user:s3cret@host/hello',
    'postgres:/user:s3cret@host/hello',
    'postgres//user:s3cret@host/hello',
    'user:s3cret@host/hello',
    'postgres://casey:s3crethost/db',
    'mysql:casey:s3cret',
    'redis://:s3cret',
    'postgres://h/db?token=s3cret',
    'host=db user=me password=s3cret',
    "host=db user=me password = 's3cret'",
  ])
    test(url, () => {
      const faults = faultsOf({ DATABASE_URL: url });
      expect(faults).toHaveLength(1);
      expect(faults[0]).toStartWith('DATABASE_URL is "');
      expect(faults[0]).not.toContain('s3cret');
    });
});

describe('the documents of the settings', () => {
  test('help names every setting and its default', () => {
    for (const [name, { default: value }] of Object.entries(Settings.properties))
      expect(help()).toMatch(
        new RegExp(`^  ${name}\\n      .+\\n      Default: ${value === '' ? 'none' : value}$`, 'm'),
      );
    expect(help()).not.toContain('`');
    expect(help()).not.toContain('undefined');
  });

  test('the table has a row for every setting', () => {
    const rows = settingsTable().split('\n').slice(2);
    expect(rows.map((row) => row.split('`')[1])).toEqual(NAMES);
    for (const [index, { default: value }] of Object.values(Settings.properties).entries())
      expect(rows[index]).toEndWith(value === '' ? '|  |' : `| \`${value}\` |`);
    for (const row of rows) expect(row.split('|')).toHaveLength(5);
  });
});
