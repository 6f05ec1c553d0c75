/**
 * Compares the service on PostgreSQL with what PostgreSQL itself can do; `bun service/bench/databases.ts` runs it alone.
 * Each round measures pgbench and the service one after the other, so that both meet the same machine.
 */
import { cpus } from 'node:os';
import { join } from 'node:path';
import type { Database, DatabaseServer } from '../test/support/database-server.ts';
import { startPostgresql } from '../test/support/postgresql.ts';
import { temporaryFolder } from '../test/support/server.ts';
import { show } from './goals.ts';
import { type Method, peakOf } from './load.ts';
import { findPgbench, findWrk, numberIn, type Program, run } from './programs.ts';
import { writeResults } from './results.ts';
import { startQuietService } from './service.ts';
import { CONNECTIONS, POOL_MAX, ROUNDS, SECONDS } from './settings.ts';
import { ratios, spreadOf } from './statistics.ts';

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

interface Round {
  readonly database: number;
  readonly service: number;
}

/** Measures and writes the section of RESULTS.md. */
export const benchDatabases = async (): Promise<void> => {
  const pgbench = findPgbench();
  const folder = temporaryFolder();
  const server = await startPostgresql();
  try {
    const database = await server.createDatabase();
    const service = await startQuietService(database.url(), POOL_MAX);
    await database.sql(
      `insert into birthday select ${USERNAME.replace(':id', 'id')}, '1990-10-30' from generate_series(1, ${USERS}) as id`,
    );
    await database.sql('vacuum analyze birthday');
    const measured: Record<Method, Round[]> = { GET: [], PUT: [] };
    for (let round = 0; round <= ROUNDS; round++)
      for (const method of ['GET', 'PUT'] as const) {
        const script = join(folder.path, `${method}.sql`);
        await Bun.write(script, SCRIPTS[method]);
        const figures = {
          database: await transactions(pgbench, script, server, database),
          service: (await peakOf(service.url, method, USERS, { wrk: findWrk() })).requestsPerSecond,
        };
        // The first round warms up.
        if (round > 0) measured[method].push(figures);
        console.log(
          `round ${round}: PostgreSQL: ${Math.round(figures.database)} of pgbench, ${Math.round(figures.service)} ${method}/s`,
        );
      }
    await service.stop();
    const [{ version } = {}] = await server.sql('select version()');
    writeResults('databases', [
      '## On PostgreSQL, against pgbench',
      '',
      `${CONNECTIONS} clients each, ${USERS} users, a pool of ${POOL_MAX}, ${ROUNDS} rounds of ${SECONDS} s, pgbench and the service in turn.`,
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
};

/** Transactions a second of pgbench. */
const transactions = async (
  pgbench: Program,
  script: string,
  { port }: DatabaseServer,
  { name, owner }: Database,
): Promise<number> => {
  const output = await run(
    pgbench,
    [
      ...['-n', '-M', 'prepared', '-c', `${CONNECTIONS}`, '-j', '2', '-T', `${SECONDS}`],
      ...['-f', script, '-h', '127.0.0.1', '-p', `${port}`, '-U', owner.user, name],
    ],
    { PGPASSWORD: owner.password, PGSSLMODE: 'disable' },
  );
  return numberIn(output, /tps = ([\d.]+)/);
};

const row = (method: Method, rounds: readonly Round[]): string => {
  const databases = rounds.map(({ database }) => database);
  const services = rounds.map(({ service }) => service);
  const cells = [databases, services, ratios(services, databases)].map((cell) =>
    show(spreadOf(cell)),
  );
  return `| ${[method, ...cells].join(' | ')} |`;
};

if (import.meta.main) await benchDatabases();
