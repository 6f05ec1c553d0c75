import { start } from './contenders.ts';
import type { Figure } from './goals.ts';
import type { LineUp } from './line-up.ts';
import { inTurn } from './rounds.ts';
import { ROUNDS } from './settings.ts';
import { ratios, spreadOf } from './statistics.ts';

/** Starts that count for each round of load. */
const STARTS_PER_ROUND = 3;

/** Time from the start of a compiled executable to its first 200. */
export const measureStarts = async ({ full, elysia }: LineUp): Promise<Figure[]> => {
  const times = await inTurn([full, elysia], ROUNDS * STARTS_PER_ROUND, async (contender) => {
    const { startMilliseconds, stop } = await start(contender);
    await stop();
    return startMilliseconds;
  });
  const [mine, peers] = [times.get(full) ?? [], times.get(elysia) ?? []];
  return [
    {
      name: `start to first 200: ${full.name}, compiled / ${elysia.name}`,
      goal: { is: 'at most', limit: 2 },
      spread: spreadOf(ratios(mine, peers)),
    },
    {
      name: `start to first 200: ${full.name}, compiled`,
      goal: { is: 'below', limit: 100, unit: ' ms' },
      spread: spreadOf(mine),
    },
  ];
};
