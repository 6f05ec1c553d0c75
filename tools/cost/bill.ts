/** What counted items cost a month. */
import type { Counts } from './billed.ts';
import { monthly, type Prices } from './prices.ts';

export interface Line {
  readonly region: string;
  readonly item: string;
  readonly count: number;
  /** US dollars a month for all of them. */
  readonly usd: number;
  /** Whether the price is one. */
  readonly estimate: boolean;
}

/** What an environment has. */
export interface Recorded {
  /** What each region's cluster is for: a key of `clusters` in prices.yaml. */
  readonly clusters: Readonly<Record<string, string>>;
  /** What its account has. */
  readonly counts: Counts;
}

/** What was counted, and what clusters make by themselves. @throws Error for a cluster that isn't in the table */
const itemsOf = ({ clusters, counts }: Recorded, prices: Prices): Counts => {
  const items: Record<string, Record<string, number>> = structuredClone(counts);
  for (const [region, role] of Object.entries(clusters)) {
    const made = prices.clusters[role];
    if (!made) throw new Error(`no cluster ${role} in tools/cost/prices.yaml`);
    const here = { ...items[region] };
    for (const [item, count] of Object.entries(made)) {
      here[item] = (here[item] ?? 0) + count;
      if (item.startsWith('node ')) here[`${item}, Auto Mode`] = count;
    }
    items[region] = here;
  }
  return items;
};

/** @throws Error that names every item without a price */
export const billOf = (environment: Recorded, prices: Prices): Line[] => {
  const lines: Line[] = [];
  const missing: string[] = [];
  for (const [region, here] of Object.entries(itemsOf(environment, prices)))
    for (const [item, count] of Object.entries(here)) {
      const price = monthly(prices, item, region);
      if (price)
        lines.push({ region, item, count, usd: count * price.usd, estimate: price.estimate });
      else missing.push(`${item} in ${region}`);
    }
  if (missing.length > 0)
    throw new Error(
      `no price: ${missing.join('; ')}\nAdd a row to tools/cost/prices.yaml, or the type to its \`idle\` if it costs nothing by the hour or month.`,
    );
  return lines;
};

export const total = (lines: readonly Line[]): number =>
  lines.reduce((sum, { usd }) => sum + usd, 0);

/** A bill as a table in Markdown, the dearest first; `~` marks estimates. */
export const drawBill = (lines: readonly Line[]): string => {
  const regions = [...new Set(lines.map(({ region }) => region))];
  return [
    '| region | item | number | US dollars a month |',
    '|---|---|---:|---:|',
    ...lines
      .toSorted((a, b) => b.usd - a.usd || (a.item < b.item ? -1 : 1))
      .map(
        ({ region, item, count, usd, estimate }) =>
          `| ${region} | ${item} | ${count} | ${estimate ? '~ ' : ''}${usd.toFixed(2)} |`,
      ),
    ...regions.map(
      (region) =>
        `| ${region} | **all** | | ${total(lines.filter((line) => line.region === region)).toFixed(2)} |`,
    ),
    `| | **all** | | **${total(lines).toFixed(2)}** |`,
  ].join('\n');
};
