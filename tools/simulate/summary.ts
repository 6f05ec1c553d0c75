/** What is said at the end of a run. */
import { relative } from 'node:path';
import type { Resource } from '../aws-simulation/simulation.ts';
import { billOf, total } from '../cost/bill.ts';
import { countBilled } from '../cost/billed.ts';
import { readPrices } from '../cost/prices.ts';
import { recorded } from '../cost/recorded.ts';
import type { Place } from './place.ts';

/** Outputs of units that show what there is now. */
const WORTH_SEEING: readonly (readonly [pattern: string, output: string, what: string])[] = [
  ['global/shared/dns', 'name_servers', 'name servers of the domain'],
  ['*/shared/cluster', 'endpoint', 'Kubernetes'],
  ['*/app/database', 'endpoint', 'database'],
];

/** After an apply; `whole` when all units were applied. */
export const describeWhole = async (
  place: Place,
  run: { seconds: number; changes: number; units: number; whole: boolean },
): Promise<string> => {
  const { environment, simulation } = place;
  const account = await simulation.resources();
  const which = environment === 'prod' ? '' : ` ENVIRONMENT=${environment}`;
  return [
    '',
    `${environment}: ${run.units} units in ${Math.round(run.seconds)} s, ${run.changes === 0 ? 'no changes' : `${run.changes} resources changed`}`,
    `resources   ${byRegion(account)}`,
    ...account
      .filter(({ type }) => type === 'aws_cloudfront_distribution')
      .map(
        ({ attributes }) =>
          `serves at   ${attributes.aliases.map((name: string) => `https://${name}`).join(' ')}`,
      ),
    ...WORTH_SEEING.flatMap(([pattern, output, what]) =>
      [...place.outputs(pattern)].flatMap(([unit, outputs]) =>
        outputs[output]?.value
          ? [`${what}, ${unit}: ${[outputs[output].value].flat().join(' ')}`]
          : [],
      ),
    ),
    ...(run.whole ? await costOf(environment, account) : []),
    '',
    `The account is in ${relative(process.cwd(), place.folder)}. Next:`,
    `  make simulate${which}            # again: no changes`,
    `  make simulate-shell${which}      # then: cd global/shared/dns && terragrunt plan`,
    `  make simulate-destroy${which}`,
  ].join('\n');
};

/** After a destroy: what AWS would keep. */
export const describeKept = (account: readonly Resource[], seconds: number): string => {
  const kept = Map.groupBy(account, ({ type }) => type);
  return [
    '',
    `destroyed in ${Math.round(seconds)} s`,
    'AWS would keep the states, and for some days what can be brought back:',
    ...[...kept].sort().map(([type, { length }]) => `  ${String(length).padStart(3)} ${type}`),
    'The simulated account is forgotten with them.',
  ].join('\n');
};

const byRegion = (account: readonly Resource[]): string =>
  [...Map.groupBy(account, ({ region }) => region)]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([region, { length }]) => `${length} ${region}`)
    .join(', ');

/** What it costs while nothing is asked; nothing for an environment whose clusters aren't recorded. */
const costOf = async (environment: string, account: readonly Resource[]): Promise<string[]> => {
  const clusters = recorded[environment]?.clusters;
  if (!clusters) return [];
  const prices = await readPrices();
  const bill = billOf({ clusters, counts: countBilled(account, prices) }, prices);
  return [
    `on AWS      ${Math.round(total(bill))} US dollars a month while nothing is asked: bun run cost ${environment}`,
  ];
};
