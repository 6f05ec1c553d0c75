/** The API on SQLite with validation and nothing around it: no access log, no metrics, no limits. */
import { createApp } from '../src/app.ts';
import { loadConfig } from '../src/config.ts';
import { todayIn } from '../src/greeting/today.ts';
import { listenOnBun } from '../src/http/listen-on-bun.ts';
import { internalServerError } from '../src/http/responses.ts';
import { silentLog } from '../src/observability/log.ts';
import { openStore } from '../src/stores/open.ts';

const config = loadConfig(process.env);
const { databaseUrl, timeZone, appName, version } = config;
const store = openStore(databaseUrl);
const app = createApp({
  store,
  today: todayIn(timeZone, Date.now),
  log: silentLog,
  appName,
  ...version,
});
const { host: hostname, port, idleMilliseconds } = config;
listenOnBun(app.fetch, { hostname, port, idleMilliseconds, onError: internalServerError });
