import { setTimeout as sleep } from 'node:timers/promises';
import { createFetch, createManagementFetch } from './app.ts';
import { type Config, ConfigError, help, loadConfig, loadManagementAddress } from './config.ts';
import { todayIn } from './greeting/today.ts';
import { createDraining } from './http/draining.ts';
import { healthcheck } from './http/healthcheck.ts';
import {
  END_MILLISECONDS,
  exitOnSignal,
  type Listen,
  stopAll,
  untilSignal,
} from './http/lifecycle.ts';
import { listenOnBun } from './http/listen-on-bun.ts';
import { logUnexpected } from './http/log-errors.ts';
import { internalServerError } from './http/responses.ts';
import { withTimeout } from './http/with-timeout.ts';
import { fewDescriptors } from './observability/descriptors.ts';
import { measureEventLoopDelay } from './observability/event-loop-delay.ts';
import { createLog, type ProcessLog } from './observability/log.ts';
import { Metrics } from './observability/metrics.ts';
import { openTracing } from './observability/open-tracing.ts';
import { observedStore } from './stores/observed.ts';
import { describeStore, migrateStore, openStore } from './stores/open.ts';
import { versionLine } from './version.ts';

/** How long each step after the last answer may take, within END_MILLISECONDS for all of them. */
const STEP_MILLISECONDS = 2_500;

/** How long the start waits for the database. */
const START_MILLISECONDS = 2_000;

const COMMANDS = ['serve', 'migrate', 'healthcheck'] as const;

/** Arguments that only print. */
const INFORMATION = new Map([
  ['--help', help],
  ['--version', () => versionLine(process.env)],
]);

/** The whole program: settings, then what the argument says. */
export const main = async (listen: Listen): Promise<void> => {
  const command = commandOrExit();
  if (command === 'healthcheck') return checkHealth();
  const config = configOrExit();
  const log = createLog(config.logLevel);
  if (command === 'serve') await serve(config, log, listen);
  else await migrate(config, log);
};

/** Store, app, listen, signals. */
const serve = async (config: Config, log: ProcessLog, listen: Listen): Promise<void> => {
  const signalled = untilSignal();
  const { server, version, limits, basePath, idleMilliseconds } = config;
  const opened = orExit(() =>
    openStore(config.databaseUrl, { server, log, onSchemaError: (error) => exitWith(error) }),
  );
  const draining = createDraining();
  const metrics = new Metrics({
    ...version,
    droppedLogLines: log.dropped,
    isDraining: draining.isDraining,
    poolState: opened.poolState,
  });
  measureEventLoopDelay();
  const database = config.databaseUrl.kind;
  const tracing = await openTracing(process.env, { ...version, database }, log);
  const store = observedStore(opened, metrics.store, tracing);
  // A database that is there is checked before the first request; one that isn't is awaited while listening.
  await withTimeout(START_MILLISECONDS, store.ping());
  const today = todayIn(config.timeZone, Date.now);
  const { appName } = config;
  const dependencies = {
    ...{ ...version, appName, basePath, limits },
    ...{ store, today, log, metrics, tracing, draining },
  };
  const listening = {
    idleMilliseconds,
    onError: (error: unknown) => {
      logUnexpected(error, log);
      return internalServerError();
    },
  };
  const api = orExit(
    () =>
      listen(createFetch(dependencies), {
        hostname: config.host,
        port: config.port,
        ...listening,
      }),
    `can't listen on HOST ${config.host}, PORT ${config.port}: `,
  );
  const management = orExit(
    () =>
      listen(createManagementFetch(dependencies), {
        hostname: config.managementHost,
        port: config.managementPort,
        ...listening,
      }),
    `can't listen on MANAGEMENT_HOST ${config.managementHost}, MANAGEMENT_PORT ${config.managementPort}: `,
  );
  const few = fewDescriptors(limits.maxRequestsInFlight);
  if (few) log.warn({ descriptors: few }, 'few descriptors: raise the limit of open files');
  const data = describeStore(config.databaseUrl);
  log.info(
    { url: api.url, managementUrl: management.url, data, ...version },
    `listening on ${api.url}${basePath} (management on ${management.url}), data in ${data}`,
  );

  const signal = await signalled;
  draining.begin();
  const delayMilliseconds = signal === 'SIGTERM' ? config.drainMilliseconds : 0;
  log.info({ signal, delayMilliseconds }, 'draining');
  await sleep(delayMilliseconds);
  log.info('stopping');
  const deadline = performance.now() + config.shutdownMilliseconds + END_MILLISECONDS;
  if (!(await stopAll([api, management], config.shutdownMilliseconds)))
    log.warn('the connections of requests that were still under way were cut');
  const end = async () => {
    // A step that hangs must not keep those after it from their turn.
    for (const step of [() => store.close(), async () => tracing?.shutdown()])
      await withTimeout(STEP_MILLISECONDS, step());
    log.info('stopped');
    await log.flush();
  };
  await withTimeout(deadline - performance.now(), end());
  process.exit(0);
};

const migrate = async ({ databaseUrl, server }: Config, log: ProcessLog): Promise<void> => {
  exitOnSignal();
  await migrateStore(databaseUrl, { server, log }).catch((error) => exitWith(error));
  log.info(`migrated: ${describeStore(databaseUrl)}`);
};

/** Whatever fails is status 1: Docker reserves 2. */
const checkHealth = async (): Promise<void> => {
  const { managementHost, managementPort } = orExit(() => loadManagementAddress(process.env));
  const url = await healthcheck(managementHost, managementPort).catch((error) => exitWith(error));
  console.log(`${url}: ok`);
};

/** What the argument says to do; a wrong one ends the process with status 2, or 1 for a healthcheck. */
const commandOrExit = (): (typeof COMMANDS)[number] => {
  const [argument = 'serve', ...others] = process.argv.slice(2);
  const information = INFORMATION.get(argument);
  if (information && others.length === 0) {
    console.log(information());
    process.exit(0);
  }
  const command = COMMANDS.find((name) => name === argument);
  if (command && others.length === 0) return command;
  console.error(`unknown argument ${JSON.stringify(others[0] ?? argument)}: run with --help`);
  process.exit(command === 'healthcheck' ? 1 : 2);
};

/** The settings; a wrong one ends the process with status 2. */
const configOrExit = (): Config => {
  try {
    return loadConfig(process.env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    console.error(error.message);
    process.exit(2);
  }
};

/** The result of a step that needs a file, a port or a setting; without it the process ends with one line and status 1. */
const orExit = <T>(step: () => T, context = ''): T => {
  try {
    return step();
  } catch (error) {
    return exitWith(error, context);
  }
};

const exitWith = (error: unknown, context = ''): never => {
  console.error(context + (error instanceof Error ? error.message : String(error)));
  process.exit(1);
};

if (import.meta.main) {
  if ('Bun' in globalThis) void main(listenOnBun);
  else exitWith('on Deno, run service/src/main.deno.ts');
}
