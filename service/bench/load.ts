import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findH2load, findWrk, numberIn, pinned, run } from './programs.ts';
import { CONNECTIONS, LOAD_CORE, SECONDS } from './settings.ts';
import { percentile, withHeldBack } from './statistics.ts';

export type Method = 'GET' | 'PUT';

/** The username of user number `id`: usernames have letters only. `requests.lua` makes the same. */
export const username = (id: number): string =>
  `user${String(id).replaceAll(/\d/g, (digit) => 'abcdefghij'[Number(digit)] as string)}`;

/** What a server answered at most. */
export interface Peak {
  readonly requests: number;
  readonly requestsPerSecond: number;
}

/** Loads a server over connections that always have a request under way. */
export const peakOf = async (
  url: string,
  method: Method,
  users: number,
  { seconds = SECONDS, wrk = pinned(findWrk(), LOAD_CORE) } = {},
): Promise<Peak> => {
  const output = await run(wrk, [
    ...['-t', '1', '-c', `${CONNECTIONS}`, '-d', `${seconds}s`, '--timeout', '10s'],
    ...['-s', join(import.meta.dir, 'requests.lua'), url, '--', method, `${users}`],
  ]);
  return readWrk(output);
};

/** @throws Error when an answer was an error, or none came */
export const readWrk = (output: string): Peak => {
  const requests = numberIn(output, /(\d+) requests in /);
  if (requests === 0 || /Non-2xx|Socket errors/.test(output)) throw new Error(output);
  return { requests, requestsPerSecond: numberIn(output, /Requests\/sec:\s+([\d.]+)/) };
};

/** 99th percentile of latency in milliseconds at a rate of GETs a second, held whatever the server does. */
export const p99At = async (
  url: string,
  rate: number,
  users: number,
  folder: string,
): Promise<number> => {
  const [uris, log] = [join(folder, 'uris'), join(folder, 'h2load.log')];
  const lines = Array.from({ length: users }, (_, index) => `${url}/hello/${username(index + 1)}`);
  await Bun.write(uris, lines.join('\n'));
  const perConnection = rate / CONNECTIONS;
  const output = await run(pinned(findH2load(), LOAD_CORE), [
    ...['--h1', '-t', '1', '-c', `${CONNECTIONS}`, '-D', `${SECONDS}`, '--warm-up-time=1'],
    ...['--rps', perConnection.toFixed(3), '-i', uris, `--log-file=${log}`],
  ]);
  const latencies = readH2load(output, readFileSync(log, 'utf8'));
  if (latencies.length < rate * SECONDS * 0.98)
    console.log(`${url} answered ${latencies.length} requests, not ${Math.round(rate * SECONDS)}`);
  return percentile(withHeldBack(latencies, 1000 / perConnection), 0.99);
};

/**
 * The latencies in milliseconds, from h2load's output and its log (time, status, microseconds).
 * @throws Error when an answer was an error, or none came
 */
export const readH2load = (output: string, log: string): number[] => {
  const failed = numberIn(output, /succeeded, (\d+) failed/);
  const lines = log.trim().split('\n');
  const latencies = lines.map((line) => {
    const [, status, microseconds] = line.split('\t');
    if (status !== '200') throw new Error(`h2load met an answer that is no 200: ${line}`);
    return Number(microseconds) / 1000;
  });
  if (failed > 0) throw new Error(output);
  return latencies;
};
