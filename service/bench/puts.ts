import { join } from 'node:path';
import { fill, start } from './contenders.ts';
import type { Figure } from './goals.ts';
import type { LineUp } from './line-up.ts';
import { peakOf } from './load.ts';
import { numberIn, pinned, run } from './programs.ts';
import { inTurn } from './rounds.ts';
import { ROUNDS, SECONDS, SERVER_CORE } from './settings.ts';
import { ratios, type Spread, spreadOf } from './statistics.ts';

/** Users whose dates of birth are saved. */
const USERS = 1000;

export interface Puts {
  readonly figure: Figure;
  /** Upserts a second of the bare loop. */
  readonly loop: Spread;
  /** Requests a second of the service. */
  readonly service: Spread;
}

/** Durable saves over HTTP against a bare loop of the same upserts in one process. */
export const measurePuts = async ({ full }: LineUp, folder: string): Promise<Puts> => {
  const { url, stop, ...rest } = await start(full);
  try {
    await fill({ url, stop, ...rest }, USERS);
    const loop = async () => {
      const script = join(import.meta.dir, 'upserts.ts');
      const program = pinned({ path: process.execPath, environment: {} }, SERVER_CORE);
      const file = join(folder, 'upserts.db');
      const output = await run(program, [script, file, `${USERS}`, `${SECONDS}`]);
      return numberIn(output, /([\d.]+) upserts\/s/);
    };
    const service = async () => (await peakOf(url, 'PUT', USERS)).requestsPerSecond;
    const rates = await inTurn([loop, service], ROUNDS, async (measure, round) => {
      const rate = await measure();
      console.log(`round ${round}: ${measure.name}: ${Math.round(rate)} PUT/s`);
      return rate;
    });
    const [loops, services] = [rates.get(loop) ?? [], rates.get(service) ?? []];
    return {
      figure: {
        name: 'durable `PUT` / a bare loop of the same upserts',
        goal: { is: 'at least', limit: 1 },
        spread: spreadOf(ratios(services, loops)),
      },
      loop: spreadOf(loops),
      service: spreadOf(services),
    };
  } finally {
    await stop();
  }
};
