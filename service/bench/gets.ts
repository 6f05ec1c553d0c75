import { type Contender, fill, processorSeconds, type Running, start } from './contenders.ts';
import type { Figure } from './goals.ts';
import type { LineUp } from './line-up.ts';
import { p99At, peakOf, username } from './load.ts';
import { inTurn } from './rounds.ts';
import { assertSameBytes } from './same-bytes.ts';
import { ROUNDS } from './settings.ts';
import { differences, ratios, type Spread, spreadOf } from './statistics.ts';

/** Users whose greetings are asked for. */
const USERS = 1000;

/** What a contender gave. */
export interface Throughput {
  readonly name: string;
  readonly requestsPerSecond: Spread;
  /** Microseconds of processor a request. */
  readonly processor: Spread;
}

export interface Gets {
  readonly figures: readonly Figure[];
  readonly throughput: readonly Throughput[];
  /** Microseconds of processor a request that the access log takes. */
  readonly accessLog: Spread;
  /** The same of metrics, request id and whatever else is around the API. */
  readonly surroundings: Spread;
  /** Greetings a second at which latency was measured. */
  readonly rate: number;
}

/** Throughput and latency of greetings. */
export const measureGets = async (lineUp: LineUp, folder: string): Promise<Gets> => {
  const { bare, alone, quiet, full, hono, fastify, fastapi } = lineUp;
  const contenders = [bare, alone, quiet, full, hono, fastify, fastapi];
  const running = new Map<Contender, Running>();
  try {
    for (const contender of contenders) {
      running.set(contender, await start(contender));
      await fill(running.get(contender) as Running, USERS);
    }
    const asked = Array.from({ length: 24 }, (_, index) => username(index + 1));
    await assertSameBytes([...running], ['Casey', ...asked, username(USERS)]);
    const urlOf = (contender: Contender) => running.get(contender)?.url ?? '';
    const peaks = await inTurn(contenders, ROUNDS, async (contender, round) => {
      const { url, pid } = running.get(contender) as Running;
      const before = await processorSeconds(pid);
      const { requests, requestsPerSecond } = await peakOf(url, 'GET', USERS);
      const processor = (((await processorSeconds(pid)) - before) * 1e6) / requests;
      console.log(
        `round ${round}: ${contender.name}: ${Math.round(requestsPerSecond)} GET/s, ${processor.toFixed(1)} µs`,
      );
      return { requestsPerSecond, processor };
    });
    const rates = (contender: Contender) =>
      (peaks.get(contender) ?? []).map(({ requestsPerSecond }) => requestsPerSecond);
    const processors = (contender: Contender) =>
      (peaks.get(contender) ?? []).map(({ processor }) => processor);
    const rate = spreadOf(rates(full)).median / 2;
    const latencies = await inTurn([bare, full], ROUNDS, async (contender, round) => {
      const milliseconds = await p99At(urlOf(contender), rate, USERS, folder);
      console.log(`round ${round}: ${contender.name}: p99 ${milliseconds.toFixed(2)} ms`);
      return milliseconds;
    });
    const against = (mine: Contender, other: Contender, limit: number): Figure => ({
      name: `\`GET\`: ${mine.name} / ${other.name}`,
      goal: { is: 'at least', limit },
      spread: spreadOf(ratios(rates(mine), rates(other))),
    });
    return {
      figures: [
        against(quiet, bare, 0.6),
        against(full, hono, 1),
        against(full, fastify, 2),
        against(full, fastapi, 20),
        {
          name: `p99 of \`GET\` at half of the peak rate: ${full.name} / ${bare.name}`,
          goal: { is: 'at most', limit: 1.5 },
          spread: spreadOf(ratios(latencies.get(full) ?? [], latencies.get(bare) ?? [])),
        },
      ],
      throughput: contenders.map((contender) => ({
        name: contender.name,
        requestsPerSecond: spreadOf(rates(contender)),
        processor: spreadOf(processors(contender)),
      })),
      accessLog: spreadOf(differences(processors(full), processors(quiet))),
      surroundings: spreadOf(differences(processors(quiet), processors(alone))),
      rate,
    };
  } finally {
    for (const { stop } of running.values()) await stop();
  }
};
