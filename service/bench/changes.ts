import { show } from './goals.ts';
import { ratios, spreadOf } from './statistics.ts';

/** What a process gave in a round. */
export interface Round {
  /** Greetings a second. */
  readonly gets: number;
  /** Seconds of processor a greeting. */
  readonly processor: number;
  /** Durable saves a second. */
  readonly puts: number;
  /** Peak of resident memory, in MiB. */
  readonly memory: number;
  /** Milliseconds from the start to the first answer. */
  readonly start: number;
}

const FIGURES: readonly { name: string; of: keyof Round; better: 'more' | 'less' }[] = [
  { name: '`GET` a second', of: 'gets', better: 'more' },
  { name: 'processor a `GET`', of: 'processor', better: 'less' },
  { name: 'durable `PUT` a second', of: 'puts', better: 'more' },
  { name: 'peak memory', of: 'memory', better: 'less' },
  { name: 'start to first answer', of: 'start', better: 'less' },
];

/** With fewer rounds chance agrees too often: in six once in 32. */
export const NEEDED_ROUNDS = 6;

/**
 * Whether ratios of now to before tell of a change: by the sign test, which asks nothing of how figures are spread, all of
 * them lie on one side of 1.
 */
export const verdictOf = (
  values: readonly number[],
  better: 'more' | 'less',
): 'better' | 'worse' | 'no change' | 'too few rounds' => {
  if (values.length < NEEDED_ROUNDS) return 'too few rounds';
  const [isMore, isLess] = [values.every((value) => value > 1), values.every((value) => value < 1)];
  if (!isMore && !isLess) return 'no change';
  return isMore === (better === 'more') ? 'better' : 'worse';
};

/** A table in Markdown of what changed, from the rounds of each. */
export const changesTable = ({
  bare,
  before,
  now,
}: Readonly<Record<'bare' | 'before' | 'now', readonly Round[]>>): string[] => [
  '| figure | before / bare | now / bare | now / before | |',
  '|---|---|---|---|---|',
  ...FIGURES.map(({ name, of, better }) => {
    const [peers, befores, nows] = [bare, before, now].map((rounds) =>
      rounds.map((round) => round[of]),
    ) as [number[], number[], number[]];
    const changes = ratios(nows, befores);
    const cells = [ratios(befores, peers), ratios(nows, peers), changes].map((values) =>
      show(spreadOf(values)),
    );
    const verdict = verdictOf(changes, better).replace('worse', '**$&**');
    return `| ${[name, ...cells, verdict].join(' | ')} |`;
  }),
];
