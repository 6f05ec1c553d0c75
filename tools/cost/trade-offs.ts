/** The tables of docs/trade-offs.md: what one region or two are promised, take and cost. */
import { join } from 'node:path';
import { YAML } from 'bun';
import { billOf, type Recorded, total } from './bill.ts';
import { type Prices, readPrices } from './prices.ts';
import { recorded } from './recorded.ts';

const HOURS_A_YEAR = 8760;
const RUNBOOK = join(import.meta.dir, '../../docs/runbooks/region-failover.md');

interface Level {
  readonly service: string;
  readonly level: number;
  readonly date: string;
  readonly source: string;
}

interface Choice {
  readonly name: string;
  /** In recorded.json. */
  readonly environment: string;
  /** Steps of the runbook that aren't needed; without it there is no second region. */
  readonly spared?: readonly string[];
}

const CHOICES: readonly Choice[] = [
  { name: 'one region', environment: 'prod-one-region' },
  { name: '**standby without instances**', environment: 'prod', spared: [] },
  { name: 'warm standby', environment: 'prod-warm', spared: ['2, an instance'] },
  {
    name: 'active',
    environment: 'prod-active',
    spared: ['2, an instance', '6, nodes and pods'],
  },
];

interface Way {
  readonly cost: number;
  readonly away: number;
}

interface Step {
  readonly step: string;
  /** Minutes. */
  readonly best: number;
  readonly worst: number;
}

/** The steps of a failover, as its runbook counts them. @throws Error when they don't add up to its last row */
export const stepsOf = (runbook: string): Step[] => {
  const [, table = ''] = runbook.split('## How long it takes');
  const rows = [
    ...table.matchAll(/^\| ([^|]+) \| (?:\*\*)?(\d+)(?:\*\*)? \| (?:\*\*)?(\d+)/gm),
  ].map(([, step = '', best, worst]) => ({ step, best: Number(best), worst: Number(worst) }));
  const served = rows.pop();
  const sum = minutes(rows);
  if (!served || sum.best !== served.best || sum.worst !== served.worst)
    throw new Error(`the steps of the runbook add up to ${sum.best} and ${sum.worst} minutes`);
  return rows;
};

const minutes = (steps: readonly Step[]) => ({
  best: steps.reduce((sum, { best }) => sum + best, 0),
  worst: steps.reduce((sum, { worst }) => sum + worst, 0),
});

/** The minutes until users are served, without the steps that are spared. @throws Error for one that the runbook hasn't */
export const timeToServe = (steps: readonly Step[], spared: readonly string[]) => {
  for (const name of spared)
    if (!steps.some(({ step }) => step === name))
      throw new Error(`the runbook has no step ${name}`);
  return minutes(steps.filter(({ step }) => !spared.includes(step)));
};

/** The availability of what needs all of them. */
export const composed = (levels: readonly Pick<Level, 'level'>[]): number =>
  levels.reduce((product, { level }) => product * level, 1);

const percent = (part: number): string => `${(part * 100).toFixed(2)} %`;
const promised = (part: number): string =>
  `${percent(part)}, ${((1 - part) * HOURS_A_YEAR).toFixed(1)} h`;
const dollars = (usd: number): string => Math.round(usd).toLocaleString('en');

/** The tables by the names of their marks. */
export const tradeOffTables = async (): Promise<Readonly<Record<string, string>>> => {
  const prices = await readPrices();
  const { edge, region } = YAML.parse(
    await Bun.file(join(import.meta.dir, 'levels.yaml')).text(),
  ) as { edge: Level[]; region: Level[] };
  const steps = stepsOf(await Bun.file(RUNBOOK).text());
  return {
    levels: drawLevels({ 'in front of all regions': edge, 'in each region': region }),
    choices: drawChoices(composed(edge), composed(region), steps, prices),
    sums: drawSums(recorded, prices),
  };
};

const drawLevels = (parts: Readonly<Record<string, readonly Level[]>>): string =>
  [
    '| where | what | level | as of |',
    '|---|---|---:|---|',
    ...Object.entries(parts).flatMap(([where, levels]) => [
      ...levels.map(
        ({ service, level, date, source }) =>
          `| ${where} | ${service} | ${percent(level)} | [${date}](${source}) |`,
      ),
      `| ${where} | **all of them** | **${percent(composed(levels))}** | ${((1 - composed(levels)) * HOURS_A_YEAR).toFixed(1)} hours a year |`,
    ]),
  ].join('\n');

const drawChoices = (
  edge: number,
  region: number,
  steps: readonly Step[],
  prices: Prices,
): string => {
  // A year's cost, and the hours that a region is away in it, at worst.
  const ways = CHOICES.map(({ environment, spared }) => ({
    cost: 12 * total(billOf(recorded[environment] as Recorded, prices)),
    away: spared ? timeToServe(steps, spared).worst / 60 : (1 - region) * HOURS_A_YEAR,
  }));
  const [single] = ways as [Way];
  const breakEven = (way: Way, other: Way): string =>
    way === single ? '' : dollars((way.cost - other.cost) / (other.away - way.away));
  const rows = CHOICES.map(({ name, spared }, index) => {
    const way = ways[index] as Way;
    const { best, worst } = timeToServe(steps, spared ?? []);
    return [
      name,
      promised(edge * region),
      promised(edge * (1 - way.away / HOURS_A_YEAR)),
      spared ? `${best} to ${worst}` : "AWS's",
      dollars(way.cost / 12),
      way === single ? '' : dollars((way.cost - single.cost) / 12),
      breakEven(way, single),
      breakEven(way, ways[index - 1] as Way),
    ];
  });
  return [
    '| | many short faults of a region | one long one a year | minutes to serve | US dollars a month | more than one region | break-even, dollars an hour | against the row above |',
    '|---|---:|---:|---:|---:|---:|---:|---:|',
    ...rows.map((row) => `| ${row.join(' | ')} |`),
  ].join('\n');
};

/** What environments cost a month, by region. */
export const drawSums = (
  environments: Readonly<Record<string, Recorded>>,
  prices: Prices,
): string => {
  const bills = Object.entries(environments).map(
    ([name, environment]) => [name, billOf(environment, prices)] as const,
  );
  const regions = [...new Set(bills.flatMap(([, bill]) => bill.map((line) => line.region)))].sort();
  const cells = bills.map(([name, bill]) => [
    name,
    ...regions.map((region) => {
      const here = bill.filter((line) => line.region === region);
      return here.length > 0 ? dollars(total(here)) : '';
    }),
    dollars(total(bill)),
    `${Math.round((100 * total(bill.filter(({ estimate }) => estimate))) / total(bill))} %`,
  ]);
  return [
    `| environment | ${regions.join(' | ')} | all | of that estimates |`,
    `|---|${'---:|'.repeat(regions.length + 2)}`,
    ...cells.map((row) => `| ${row.join(' | ')} |`),
  ].join('\n');
};
