import type { Resource } from '../../../tools/aws-simulation/simulation.ts';
import { type Way, waysOf } from './ways.ts';

/** The ways that must be there. */
const NEEDED: readonly (readonly [from: string, to: string])[] = [
  ['CloudFront', 'load balancers'],
  ['load balancers', 'pods'],
  ['pods', 'database'],
  ['pods', 'Internet'],
];

/** Who alone may reach whom, and on what; of who isn't named here nothing is said. */
const ALONE: Readonly<Record<string, Readonly<Record<string, RegExp>>>> = {
  'load balancers': { CloudFront: /^tcp 443$/ },
  pods: { 'load balancers': /^tcp \d+(-\d+)?$/, pods: /./, 'nodes, API server': /^tcp / },
  'nodes, API server': { pods: /^(tcp (53|443|10250)|udp 53)(, |$)/, 'nodes, API server': /./ },
  database: { pods: /^tcp 5432$/, 'function hello-prod-rotation': /^tcp 5432$/ },
};

/** By what alone anyone leaves. */
const EXITS = new Set(["its zone's NAT gateway", 'gateway endpoint of s3']);

/** What of a region's ways is more or less than the way of a request, and each zone's exit, a line each. */
export const wideWays = (account: readonly Resource[], region: string): string[] => {
  const ways = waysOf(account, region);
  const missing = NEEDED.filter(
    ([from, to]) => !ways.some((way) => way.from === from && way.to === to && isWhole(way)),
  );
  return [
    ...missing.map(([from, to]) => `${from} ${from === 'pods' ? 'do' : 'does'} not reach ${to}`),
    ...ways.flatMap(faultOf),
  ];
};

/** Whether it is the same in every zone. */
const isWhole = ({ by }: Way): boolean => by === '' || EXITS.has(by);

const faultOf = ({ from, to, ports, by }: Way): string[] => {
  const verb = (word: string) => (/s$|server$/.test(from) ? word : `${word}s`.replace('hs', 'hes'));
  if (to === 'CloudFront') return [];
  if (to === 'S3' || to.startsWith('Internet'))
    return EXITS.has(by) && from !== 'database' ? [] : [`${from} ${verb('leave')} by ${by}`];
  const allowed = ALONE[to]?.[from];
  const known = to in ALONE;
  const fine = known ? allowed?.test(ports) : from !== 'database' && !from.startsWith('Internet');
  return fine ? [] : [`${from} ${verb('reach')} ${to} on ${ports}`];
};
