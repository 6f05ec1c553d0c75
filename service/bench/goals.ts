import type { Spread } from './statistics.ts';

/** Something that was measured, and what it should be. */
export interface Figure {
  readonly name: string;
  readonly goal: Goal;
  readonly spread: Spread;
}

/** A limit of the median. */
export interface Goal {
  readonly is: 'at least' | 'at most' | 'below';
  readonly limit: number;
  /** Such as ` MiB`; nothing for a ratio. */
  readonly unit?: string;
}

const HOLDS = {
  'at least': (value: number, limit: number) => value >= limit,
  'at most': (value: number, limit: number) => value <= limit,
  below: (value: number, limit: number) => value < limit,
};

/** Whether the median is what it should be. */
export const isMet = ({ goal, spread }: Figure): boolean =>
  HOLDS[goal.is](spread.median, goal.limit);

/** A table of figures in Markdown. */
export const goalsTable = (figures: readonly Figure[]): string[] => [
  '| figure | goal | minimum – median – maximum | met |',
  '|---|---|---|---|',
  ...figures.map((figure) => {
    const { name, goal, spread } = figure;
    const { is, limit, unit = '' } = goal;
    return `| ${name} | ${is} ${limit}${unit} | ${show(spread)}${unit} | ${isMet(figure) ? 'yes' : '**no**'} |`;
  }),
];

/** Minimum, median and maximum with three digits that count. */
export const show = ({ minimum, median, maximum }: Spread): string =>
  [minimum, median, maximum].map(round).join(' – ');

const round = (value: number): string => {
  const size = Math.abs(value);
  if (size >= 100) return value.toFixed(0);
  return value.toFixed(size >= 10 ? 1 : 2);
};
