import { fill, peakMemory, start } from './contenders.ts';
import type { Figure } from './goals.ts';
import type { LineUp } from './line-up.ts';
import { peakOf } from './load.ts';
import { inTurn } from './rounds.ts';
import { MEMORY_SECONDS } from './settings.ts';
import { ratios, spreadOf } from './statistics.ts';

const USERS = 1000;
const ROUNDS = 2;

/** Peak resident memory after full load, each time of a new process. */
export const measureMemory = async ({ bare, full }: LineUp): Promise<Figure[]> => {
  const peaks = await inTurn([bare, full], ROUNDS, async (contender, round) => {
    const running = await start(contender);
    try {
      await fill(running, USERS);
      await peakOf(running.url, 'GET', USERS, { seconds: MEMORY_SECONDS });
      const mebibytes = await peakMemory(running.pid);
      console.log(`round ${round}: ${contender.name}: ${mebibytes.toFixed(1)} MiB`);
      return mebibytes;
    } finally {
      await running.stop();
    }
  });
  const [mine, peers] = [peaks.get(full) ?? [], peaks.get(bare) ?? []];
  return [
    {
      name: `peak resident memory after ${MEMORY_SECONDS} s at full load: ${full.name} / ${bare.name}`,
      goal: { is: 'at most', limit: 2 },
      spread: spreadOf(ratios(mine, peers)),
    },
    {
      name: `peak resident memory after ${MEMORY_SECONDS} s at full load: ${full.name}`,
      goal: { is: 'below', limit: 96, unit: ' MiB' },
      spread: spreadOf(mine),
    },
  ];
};
