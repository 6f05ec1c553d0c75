/** Measures everything and writes it to RESULTS.md and greetings.svg: `make bench`. Linux with two cores or more. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { cpus } from 'node:os';
import { join, resolve } from 'node:path';
import { benchDatabases } from './databases.ts';
import { type Gets, measureGets } from './gets.ts';
import { type Figure, goalsTable, isMet, show } from './goals.ts';
import { lineUp } from './line-up.ts';
import { describeMachine } from './machine.ts';
import { measureMemory } from './memory.ts';
import { barsOf, costOf } from './parts.ts';
import { picture } from './picture.ts';
import { findH2load, findPgbench, findWrk } from './programs.ts';
import { measurePuts, type Puts } from './puts.ts';
import { writeResults } from './results.ts';
import { CONNECTIONS, ROUNDS, SECONDS } from './settings.ts';
import { measureSize } from './size.ts';
import { measureStarts } from './startup.ts';

const BUILD = resolve(import.meta.dir, '../../build');

const benchSpeed = async (): Promise<void> => {
  mkdirSync(BUILD, { recursive: true });
  const folder = mkdtempSync(join(BUILD, 'bench-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const size = measureSize();
  const contenders = await lineUp(folder);
  const gets = await measureGets(contenders, folder);
  const puts = await measurePuts(contenders, folder);
  const figures = [
    ...gets.figures,
    puts.figure,
    ...(await measureStarts(contenders)),
    ...(await measureMemory(contenders)),
    size,
  ];
  await write(figures, gets, puts, await describeMachine(contenders.python));
};

const write = async (
  figures: readonly Figure[],
  { throughput, accessLog, surroundings, rate }: Gets,
  puts: Puts,
  machine: readonly string[],
): Promise<void> => {
  const subtitle = `GET /hello/{username}, one core each, ${CONNECTIONS} connections: median, least and most`;
  await Bun.write(
    join(import.meta.dir, 'greetings.svg'),
    picture('Greetings a second', subtitle, barsOf(throughput)),
  );
  const table = goalsTable(figures);
  writeResults('speed', [
    '## Against peers',
    '',
    '![Greetings a second](greetings.svg)',
    '',
    ...table,
    '',
    `\`make bench\`: ${ROUNDS} rounds of ${SECONDS} s after one that warms up, in turn; ${CONNECTIONS} connections; the server has`,
    'one core, the load generator another. A ratio is of the same round; the median counts. Each peer greets from memory',
    'with validation, its usual access log, request id and Prometheus metrics, and answers the same bytes, which is',
    'checked first; bare does nothing but greet. All logs go to `/dev/null`. Peaks are measured by wrk, latency by h2load',
    `at ${Math.round(rate)} requests/s for both, corrected for coordinated omission.`,
    '',
    '| `GET /hello/{username}` | requests/s | µs of processor a request |',
    '|---|---|---|',
    ...throughput.map(
      ({ name, requestsPerSecond, processor }) =>
        `| ${name} | ${show(requestsPerSecond)} | ${show(processor)} |`,
    ),
    '',
    costOf('the access log', accessLog),
    costOf('metrics, request id and all else around the API', surroundings),
    '',
    `Durable saves: ${show(puts.service)} \`PUT\`/s by the service, ${show(puts.loop)} upserts/s by the bare loop.`,
    '',
    ...machine,
    `${new Date().toISOString().slice(0, 10)}.`,
  ]);
  console.log(table.join('\n'));
  const missed = figures.filter((figure) => !isMet(figure)).length;
  console.log(`${figures.length - missed} goals met, ${missed} missed`);
};

if (process.platform !== 'linux' || cpus().length < 2) {
  console.error('the bench needs Linux and two cores: server and load generator get one each');
  process.exit(1);
}
// What is missing is told before minutes of measuring.
for (const find of [findWrk, findH2load, findPgbench]) find();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
await benchSpeed();
await benchDatabases();
