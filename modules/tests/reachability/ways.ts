/** Who reaches whom in an account: by routes, network ACLs, security groups and prefix lists. */
import type { Resource } from '../../../tools/aws-simulation/simulation.ts';
import { namer, type Rows, tableOf } from '../names.ts';
import { listOf } from '../permissions.ts';
import { aclRules, passing } from './network-acls.ts';
import { type All, type Party, partiesOf, refuseUnknown } from './parties.ts';
import { intersect, type Ports, textOf } from './ports.ts';
import { covers, isOutside, overlaps } from './ranges.ts';
import { routesOf, throughOf } from './routes.ts';
import { allowed, groupRules, rulesOf } from './security-groups.ts';

/** A row of the table. */
export interface Way {
  readonly from: string;
  readonly to: string;
  readonly ports: string;
  /** By what, where it isn't straight. */
  readonly by: string;
}

/** CloudFront's addresses towards origins, in facts/data.yaml of the simulation. */
const CLOUDFRONT_LIST = 'pl-4fa04526';

/** The ways in a region and into it, from everywhere. @throws Error for what isn't computed here, such as IPv6 */
export const waysOf = (account: readonly Resource[], region: string): Way[] => {
  const here = account.filter((resource) => [region, 'global'].includes(resource.region));
  const all: All = (type) =>
    here.filter((resource) => resource.type === type).map(({ attributes }) => attributes);
  refuseUnknown(here);

  const subnets = new Map(all('aws_subnet').map((subnet) => [subnet.id, subnet]));
  const rangeOf = (subnet: string): string => subnets.get(subnet)?.cidr_block;
  const zoneOf = (subnet: string): string => subnets.get(subnet)?.availability_zone;
  const groups = groupRules(here);
  const acls = aclRules(all);
  const routes = routesOf(all);
  const parties = partiesOf(all);
  const vpc: string = all('aws_vpc')[0]?.cidr_block;

  const between = (from: Party, fromSubnet: string, to: Party, toSubnet: string): Ports => {
    const out = allowed(groups, 'egress', from, (peer) => matches(peer, to, rangeOf(toSubnet)));
    const into = allowed(groups, 'ingress', to, (peer) => matches(peer, from, rangeOf(fromSubnet)));
    const ports = intersect(out, into);
    return fromSubnet === toSubnet
      ? ports
      : passing(acls, ports, [
          [fromSubnet, 'egress', rangeOf(toSubnet)],
          [toSubnet, 'ingress', rangeOf(fromSubnet)],
        ]);
  };

  const inside = parties.flatMap((from) =>
    parties.flatMap((to) => {
      const pairs = from.subnets.flatMap((fromSubnet) =>
        to.subnets.map(
          (toSubnet) =>
            [
              zoneOf(fromSubnet),
              zoneOf(toSubnet),
              textOf(between(from, fromSubnet, to, toSubnet)),
            ] as const,
        ),
      );
      return everyZone(pairs).map(([ports, zones]) => ({
        ...{ from: from.name, to: to.name, ports, by: zones },
      }));
    }),
  );

  const entrances = parties
    .filter(({ isPublic }) => isPublic)
    .flatMap((to) =>
      [...new Set(rulesOf(groups, 'ingress', to).map(({ peer }) => peer))]
        .filter(isOutside)
        .flatMap((peer) => {
          const found = to.subnets
            .filter((subnet) => routes(subnet).some(({ target }) => target.startsWith('igw-')))
            .map((subnet) => {
              const ports = allowed(groups, 'ingress', to, (each) => each === peer);
              const range = peer.startsWith('pl-') ? '0.0.0.0/0' : peer;
              return textOf(passing(acls, ports, [[subnet, 'ingress', range]]));
            })
            .filter(Boolean);
          const by = found.length === to.subnets.length ? '' : `${found.length} of its subnets`;
          return [...new Set(found)].map((ports) => ({
            from: outside(peer),
            to: to.name,
            ports,
            by,
          }));
        }),
    );

  const exits = parties.flatMap((from) => {
    const found = from.subnets.flatMap((subnet) =>
      routes(subnet).map(({ destination, target }) => {
        const by = throughOf(all, target, zoneOf(subnet), from);
        const range = destination.startsWith('pl-') ? '0.0.0.0/0' : destination;
        const out = allowed(
          groups,
          'egress',
          from,
          (peer) => peer === destination || leaves(peer, vpc, range),
        );
        const ports = by && textOf(passing(acls, out, [[subnet, 'egress', range]]));
        return [outside(destination), ports, by] as const;
      }),
    );
    const lines = found.filter(([, ports]) => ports);
    return [...new Set(lines.map((line) => line.join('\t')))].map((line) => {
      const [to = '', ports = '', by = ''] = line.split('\t');
      const times = lines.filter((each) => each.join('\t') === line).length;
      const zones =
        times === from.subnets.length ? '' : ` (${times} of ${from.subnets.length} subnets)`;
      return { from: from.name, to, ports, by: by + zones };
    });
  });

  return [...publicEndpoints(all), ...entrances, ...inside, ...exits];
};

/** The ways in regions that are alike, and in others, as a table, each row with the regions that have it. */
export const drawWays = (
  account: readonly Resource[],
  regions: readonly string[],
  ...others: readonly string[]
): string => {
  const tell = namer(account, regions);
  const rows: Rows = [...regions, ...others].flatMap((region) =>
    waysOf(account, region).map(
      ({ from, to, ports, by }) =>
        [region, [from, to, ports, by].map((cell) => tell(cell, region))] as const,
    ),
  );
  return tableOf(['from', 'to', 'ports', 'by'], rows, regions);
};

/** Whether a rule lets out of the network towards a route's range; inside the local route goes first. */
const leaves = (peer: string, vpc: string, range: string): boolean =>
  !/^(sg|pl)-/.test(peer) && !covers(vpc, peer) && overlaps(peer, range);

const matches = (peer: string, other: Party, range: string): boolean =>
  peer.startsWith('sg-')
    ? other.groups.includes(peer)
    : !peer.startsWith('pl-') && overlaps(peer, range);

/** What AWS itself keeps on the Internet, not by addresses in subnets. */
const publicEndpoints = (all: All): Way[] => [
  ...all('aws_cloudfront_distribution').flatMap((distribution) => {
    const behaviours = [
      ...listOf(distribution.default_cache_behavior),
      ...listOf(distribution.ordered_cache_behavior),
    ];
    const plain = behaviours.some(
      ({ viewer_protocol_policy }) => viewer_protocol_policy !== 'https-only',
    );
    const http3 = distribution.http_version?.includes('3') ? ', udp 443' : '';
    const redirects = plain ? 'tcp 80, ' : '';
    return [{ from: 'Internet', to: 'CloudFront', ports: `${redirects}tcp 443${http3}`, by: '' }];
  }),
  ...all('aws_eks_cluster').flatMap(({ vpc_config }) =>
    listOf(vpc_config)
      .filter(({ endpoint_public_access }) => endpoint_public_access)
      .map(({ public_access_cidrs }) => ({
        ...{ from: `Internet (${public_access_cidrs.join(', ')})`, to: 'nodes, API server' },
        ...{ ports: 'tcp 443', by: "the API's public endpoint" },
      })),
  ),
  ...all('aws_lambda_function_url').map(({ function_name, authorization_type }) => ({
    from: authorization_type === 'AWS_IAM' ? 'whom IAM lets' : 'Internet',
    ...{ to: `function ${function_name}`, ports: 'tcp 443', by: 'function URL' },
  })),
];

/** Each different set of ports with the zones that have it. */
const everyZone = (
  pairs: readonly (readonly [fromZone: string, toZone: string, ports: string])[],
): [ports: string, zones: string][] =>
  [...new Set(pairs.map(([, , ports]) => ports))].filter(Boolean).map((ports) => {
    const having = pairs.filter(([, , each]) => each === ports);
    if (having.length === pairs.length) return [ports, ''];
    return [ports, having.map(([from, to]) => `${from} to ${to}`).join(', ')];
  });

const outside = (peer: string): string => {
  if (peer === CLOUDFRONT_LIST) return 'CloudFront';
  if (peer.startsWith('pl-')) return 'S3';
  if (peer === '0.0.0.0/0') return 'Internet';
  return isOutside(peer) ? `Internet (${peer})` : peer;
};
