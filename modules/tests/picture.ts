import type { Resource } from '../../tools/aws-simulation/simulation.ts';

/** Networks and databases of an account as a Mermaid diagram: what is in which subnet, and who may open a connection to whom. */
export const drawAccount = (account: readonly Resource[], regions: readonly string[]): string =>
  [
    'flowchart TB',
    '  internet((Internet))',
    ...regions.flatMap((region) => drawRegion(account, region)),
    ...copies(account, regions),
  ].join('\n');

const LAYERS = ['public', 'application', 'database'] as const;

const drawRegion = (account: readonly Resource[], region: string): string[] => {
  const all = (type: string) =>
    account
      .filter((resource) => resource.type === type && resource.region === region)
      .map(({ attributes }) => attributes);
  const subnets = all('aws_subnet').sort((a, b) => (a.tags.Name < b.tags.Name ? -1 : 1));
  const node = (subnet: Resource['attributes']): string => subnet.tags.Name.replaceAll('-', '_');
  const routeOf = (subnet: string) => {
    const table = all('aws_route_table_association').find(({ subnet_id }) => subnet_id === subnet);
    return all('aws_route').find(
      ({ route_table_id, destination_cidr_block }) =>
        route_table_id === table?.route_table_id && destination_cidr_block === '0.0.0.0/0',
    );
  };

  const contents = (zone: string, layer: string, subnet: string): string => {
    if (layer === 'public')
      return all('aws_nat_gateway').some(({ subnet_id }) => subnet_id === subnet)
        ? '<br/>NAT gateway'
        : '';
    if (layer === 'application') return '<br/>nodes, pods, rotation';
    const instance = all('aws_rds_cluster_instance').find(
      ({ availability_zone }) => availability_zone === zone,
    );
    return `<br/>${instance ? instance.identifier : 'storage only'}`;
  };

  const zones = [...new Set<string>(subnets.map(({ availability_zone }) => availability_zone))];
  const lines = zones.flatMap((zone) => [
    `    subgraph ${zone}`,
    ...LAYERS.flatMap((layer) =>
      subnets
        .filter((each) => each.availability_zone === zone && each.tags.Name.includes(`-${layer}-`))
        .map(
          (subnet) =>
            `      ${node(subnet)}["${layer} ${subnet.cidr_block}${contents(zone, layer, subnet.id)}"]`,
        ),
    ),
    '    end',
  ]);

  const ways = subnets.flatMap((subnet) => {
    const route = routeOf(subnet.id);
    const gateway = all('aws_nat_gateway').find(({ id }) => id && id === route?.nat_gateway_id);
    const through = subnets.find(({ id }) => id === gateway?.subnet_id);
    return [
      ...(route?.gateway_id ? [`  ${node(subnet)} <--> internet`] : []),
      ...(through ? [`  ${node(subnet)} --> ${node(through)}`] : []),
    ];
  });
  const named = (wanted: (subnet: Resource['attributes']) => boolean) =>
    subnets.filter(wanted).map(node).join(' & ');
  const entrances = all('aws_network_acl').flatMap(({ id, subnet_ids = [] }) => {
    const rules = all('aws_network_acl_rule').filter(
      ({ network_acl_id, egress }) => network_acl_id === id && !egress,
    );
    const from = named(({ cidr_block }) => rules.some((rule) => rule.cidr_block === cidr_block));
    const to = named((subnet) => subnet_ids.includes(subnet.id));
    return rules.length > 0 ? [`  ${from} -- ${rules[0]?.from_port} --> ${to}`] : [];
  });
  const [vpc] = all('aws_vpc');
  return [
    `  subgraph ${region} ["${region}, ${vpc?.cidr_block}"]`,
    ...lines,
    '  end',
    ...ways,
    ...entrances,
  ];
};

/** From the region that takes writes to those that follow. */
const copies = (account: readonly Resource[], regions: readonly string[]): string[] => {
  const regionOf = (member: { db_cluster_arn: string }) => member.db_cluster_arn.split(':')[3];
  return account
    .filter(({ type }) => type === 'aws_rds_global_cluster')
    .flatMap(({ attributes }) => {
      const members: { db_cluster_arn: string; is_writer: boolean }[] =
        attributes.global_cluster_members;
      const writer = members.find(({ is_writer }) => is_writer);
      return members
        .filter(
          (member) => writer && member !== writer && regions.includes(String(regionOf(member))),
        )
        .map(
          (member) => `  ${writer && regionOf(writer)} == data and secrets ==> ${regionOf(member)}`,
        );
    });
};

/** How many resources of each type Terraform made, a table with a column a region; what AWS made along with them is left out. */
export const listResources = (account: readonly Resource[], regions: readonly string[]): string => {
  const made = account.filter(({ made_by }) => !made_by);
  const places = [...regions, 'global'];
  const rows = [...new Set(made.map(({ type }) => type))].sort().map((type) => {
    const counts = places.map(
      (place) =>
        made.filter((resource) => resource.type === type && resource.region === place).length,
    );
    return `| \`${type}\` | ${counts.map((count) => count || '').join(' | ')} |`;
  });
  return [`| type | ${places.join(' | ')} |`, `|---|${'---|'.repeat(places.length)}`, ...rows].join(
    '\n',
  );
};
