/** The table of prices, prices.yaml. */
import { join } from 'node:path';
import { YAML } from 'bun';

/** A price in US dollars, for some regions or `all`. */
interface Price {
  readonly item: string;
  readonly per: 'hour' | 'month';
  readonly usd: Readonly<Record<string, number>>;
  /** Of what the source says. */
  readonly date: string;
  readonly source: string;
  /** Why it isn't AWS's own figure, if it isn't. */
  readonly estimate?: string;
}

export interface Prices {
  readonly prices: readonly Price[];
  /** How many of which items a cluster makes by itself, by what its region is for. */
  readonly clusters: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** Types that cost nothing while nothing is asked. */
  readonly idle: readonly string[];
}

/** AWS's own convention: 8,760 hours by twelve months. */
const HOURS_A_MONTH = 730;

export const readPrices = async (): Promise<Prices> =>
  YAML.parse(await Bun.file(join(import.meta.dir, 'prices.yaml')).text()) as Prices;

export interface Monthly {
  readonly usd: number;
  readonly estimate: boolean;
}

/** What one of an item costs a month; nothing for one without a price in that region. */
export const monthly = (
  { prices }: Pick<Prices, 'prices'>,
  item: string,
  region: string,
): Monthly | undefined => {
  for (const price of prices.filter((row) => row.item === item)) {
    const usd = price.usd[region] ?? price.usd.all;
    if (usd !== undefined)
      return {
        usd: price.per === 'hour' ? usd * HOURS_A_MONTH : usd,
        estimate: price.estimate !== undefined,
      };
  }
  return undefined;
};
