/**
 * Compares the service on PostgreSQL with what PostgreSQL itself can do: `bun service/bench/databases.ts`.
 * Each round measures pgbench and the service one after the other, so that both meet the same machine.
 */
import { cpus } from 'node:os';
import { join } from 'node:path';
import type { Database, DatabaseServer } from '../test/support/database-server.ts';
import { startPostgresql } from '../test/support/postgresql.ts';
import { temporaryFolder } from '../test/support/server.ts';
import { findPgbench, findWrk, numberIn, run } from './programs.ts';
import { writeResults } from './results.ts';
import { startQuietService } from './service.ts';

const CLIENTS = Number(process.env.BENCH_CLIENTS ?? 64);
const SECONDS = Number(process.env.BENCH_SECONDS ?? 5);
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 7);
const POOL_MAX = Number(process.env.BENCH_POOL_MAX ?? 5);
const USERS = 10_000;

/** User number `:id`, in SQL: usernames have letters only. */
const USERNAME = "'user' || translate(:id::text, '0123456789', 'abcdefghij')";

const SCRIPTS = {
  GET: `\\set id random(1, ${USERS})
select username, date_of_birth::text from birthday where username = ${USERNAME};
`,
  PUT: `\\set id random(1, ${USERS})
insert into birthday (username, date_of_birth) values (${USERNAME}, '1990-10-30')
on conflict (username) do update set date_of_birth = excluded.date_of_birth;
`,
};

/** The same for wrk: requests are made once, and sent in any order. */
const LUA = `
local letters = { ["0"]="a", ["1"]="b", ["2"]="c", ["3"]="d", ["4"]="e", ["5"]="f", ["6"]="g", ["7"]="h", ["8"]="i", ["9"]="j" }
local requests = {}
init = function(arguments)
  local method = arguments[1]
  local body = method == "PUT" and '{"dateOfBirth":"1990-10-30"}' or nil
  for id = 1, ${USERS} do
    local name = "user" .. tostring(id):gsub("%d", letters)
    requests[id] = wrk.format(method, "/hello/" .. name, { ["Content-Type"] = body and "application/json" }, body)
  end
end
request = function() return requests[math.random(${USERS})] end
`;

type Method = keyof typeof SCRIPTS;

const pgbench = findPgbench();
const wrk = findWrk();
const folder = temporaryFolder();
const server = await startPostgresql();
try {
  const database = await server.createDatabase();
  const service = await startQuietService(database.url(), POOL_MAX);
  await database.sql(
    `insert into birthday select ${USERNAME.replace(':id', 'id')}, '1990-10-30' from generate_series(1, ${USERS}) as id`,
  );
  await database.sql('vacuum analyze birthday');
  const measured: Record<Method, { database: number; service: number }[]> = { GET: [], PUT: [] };
  await Bun.write(join(folder.path, 'requests.lua'), LUA);
  for (let round = 0; round <= ROUNDS; round++)
    for (const method of ['GET', 'PUT'] as const) {
      const figures = {
        database: await measureDatabase(method, server, database),
        service: await measureService(method, service.url),
      };
      // The first round warms up.
      if (round > 0) measured[method].push(figures);
      console.log(round, method, figures, (figures.service / figures.database).toFixed(2));
    }
  await service.stop();
  const [{ version } = {}] = await server.sql('select version()');
  writeResults('databases', [
    '## On PostgreSQL, against pgbench',
    '',
    `${CLIENTS} clients each, ${USERS} users, a pool of ${POOL_MAX}, ${ROUNDS} rounds of ${SECONDS} s, pgbench and the service in turn.`,
    `Server, service and load generator share ${cpus().length} cores (${cpus()[0]?.model}), none of them pinned; the`,
    'access log is on. Ratios are of the same round; minimum, median, maximum.',
    '',
    '| | pgbench, transactions/s | service, requests/s | ratio |',
    '|---|---|---|---|',
    ...(['GET', 'PUT'] as const).map((method) => row(method, measured[method])),
    '',
    `${String(version).split(' on ')[0]}, Bun ${Bun.version}, ${(await run(pgbench, ['--version'])).trim()}, wrk; ${new Date().toISOString().slice(0, 10)}.`,
  ]);
} finally {
  await server.remove();
  folder.remove();
}

async function measureDatabase(
  method: Method,
  { port }: DatabaseServer,
  { name, owner }: Database,
) {
  const script = join(folder.path, `${method}.sql`);
  await Bun.write(script, SCRIPTS[method]);
  const output = await run(
    pgbench,
    [
      ...['-n', '-M', 'prepared', '-c', `${CLIENTS}`, '-j', '2', '-T', `${SECONDS}`, '-f', script],
      ...['-h', '127.0.0.1', '-p', `${port}`, '-U', owner.user, name],
    ],
    { PGPASSWORD: owner.password, PGSSLMODE: 'disable' },
  );
  return numberIn(output, /tps = ([\d.]+)/);
}

async function measureService(method: Method, url: string) {
  const script = join(folder.path, 'requests.lua');
  const output = await run(wrk, [
    ...['-t', '1', '-c', `${CLIENTS}`, '-d', `${SECONDS}s`, '-s', script, url, '--', method],
  ]);
  if (/Non-2xx|Socket errors/.test(output)) throw new Error(output);
  return numberIn(output, /Requests\/sec:\s+([\d.]+)/);
}

function row(method: Method, figures: { database: number; service: number }[]): string {
  const spread = (values: number[], digits: number) => {
    const sorted = values.toSorted((a, b) => a - b);
    const middle = sorted[Math.floor(sorted.length / 2)];
    return [sorted[0], middle, sorted.at(-1)].map((value) => value?.toFixed(digits)).join(' – ');
  };
  return `| ${[
    method,
    spread(
      figures.map(({ database }) => database),
      0,
    ),
    spread(
      figures.map(({ service }) => service),
      0,
    ),
    spread(
      figures.map(({ database, service }) => service / database),
      2,
    ),
  ].join(' | ')} |`;
}
