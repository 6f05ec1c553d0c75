import { createFetch, createManagementApp } from './app.ts';
import { type Config, ConfigError, help, loadConfig } from './config.ts';
import { todayIn } from './greeting/today.ts';
import { type Server, stopAll, untilSignal } from './http/lifecycle.ts';
import { listenOnBun } from './http/listen-on-bun.ts';
import type { Fetch } from './observability/access-log.ts';
import { createLog } from './observability/log.ts';
import { describeStore, openStore } from './stores/open.ts';

/** Serves `fetch` on an address; how is up to the runtime. */
export type Listen = (fetch: Fetch, hostname: string, port: number) => Server;

/** The whole program: settings, store, app, listen, signals. */
export const main = async (listen: Listen): Promise<void> => {
  const config = settle();
  const log = createLog(config.logLevel);
  const store = orExit(() => openStore(config.databaseUrl));
  const today = todayIn(config.timeZone, Date.now);
  const dependencies = { store, today, log, appName: config.appName };
  const serve = (fetch: Fetch, host: string, port: number): Server =>
    orExit(() => listen(fetch, host, port), `can't listen on ${host} port ${port}: `);
  const api = serve(createFetch(dependencies), config.host, config.port);
  const management = serve(
    createManagementApp(dependencies).fetch,
    config.managementHost,
    config.managementPort,
  );
  const data = describeStore(config.databaseUrl);
  log.info(
    { url: api.url, managementUrl: management.url, data },
    `listening on ${api.url} (management on ${management.url}), data in ${data}`,
  );

  const signal = await untilSignal();
  log.info({ signal }, 'stopping');
  if (await stopAll([api, management])) {
    await store.close();
    log.info('stopped');
  } else {
    log.warn('stopped with requests under way');
    log.flush(() => process.exit(1));
  }
};

/** The settings; a wrong one, or a wrong argument, ends the process with status 2. */
const settle = (): Config => {
  const [argument] = process.argv.slice(2);
  if (argument === '--help') {
    console.log(help());
    process.exit(0);
  }
  if (argument !== undefined) {
    console.error(`unknown argument ${JSON.stringify(argument)}: run with --help`);
    process.exit(2);
  }
  try {
    return loadConfig(process.env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    console.error(error.message);
    process.exit(2);
  }
};

/** The result of a step that needs a file or a port; without it the process ends with one line and status 1. */
const orExit = <T>(step: () => T, context = ''): T => {
  try {
    return step();
  } catch (error) {
    console.error(context + (error instanceof Error ? error.message : String(error)));
    process.exit(1);
  }
};

if (import.meta.main && 'Bun' in globalThis) void main(listenOnBun);
