import type { Resource } from '../../tools/aws-simulation/simulation.ts';
import { waysOf } from './reachability/ways.ts';

type Attributes = Resource['attributes'];

/** An account as a Mermaid diagram: the way of a request through each region's zones, and what stands beside them. */
export const drawAccount = (account: readonly Resource[], regions: readonly string[]): string =>
  [
    'flowchart TB',
    '  users((Internet))',
    ...drawEdge(account),
    ...regions.flatMap((region) => drawRegion(account, region)),
    ...copies(account, regions),
  ].join('\n');

const LAYERS = ['public', 'application', 'database'] as const;

const nodeOf = (name: string): string => name.replaceAll(/\W/g, '_');

const drawEdge = (account: readonly Resource[]): string[] => {
  const all = (type: string): Attributes[] =>
    account.filter((resource) => resource.type === type).map(({ attributes }) => attributes);
  const [zone] = all('aws_route53_zone');
  return [
    ...(zone ? [`  dns["Route 53<br/>${zone.name}"]`, '  users -.- dns'] : []),
    ...all('aws_cloudfront_distribution').flatMap(({ aliases, web_acl_id }) => [
      `  cloudfront["CloudFront<br/>${aliases.join('<br/>')}${web_acl_id ? '<br/>web ACL' : ''}"]`,
      '  users -- 443 --> cloudfront',
    ]),
  ];
};

const drawRegion = (account: readonly Resource[], region: string): string[] => {
  const all = (type: string): Attributes[] =>
    account
      .filter((resource) => resource.type === type && resource.region === region)
      .map(({ attributes }) => attributes);
  const subnets = all('aws_subnet').sort((a, b) => (a.tags.Name < b.tags.Name ? -1 : 1));
  const of = (layer: string) => subnets.filter(({ tags }) => tags.Name.includes(`-${layer}-`));
  const node = ({ tags }: Attributes): string => nodeOf(tags.Name);
  const nodes = (layer: string): string => of(layer).map(node).join(' & ');
  const gateway = `gateway_${nodeOf(region)}`;
  const ways = waysOf(account, region);
  const ports = (from: string, to: string) =>
    ways.find((way) => way.from === from && way.to === to)?.ports.replaceAll('tcp ', '');

  const contents = ({ id, availability_zone }: Attributes, layer: string): string => {
    const here = {
      public: [
        ports('CloudFront', 'load balancers') && 'load balancer',
        all('aws_nat_gateway').some(({ subnet_id }) => subnet_id === id) && 'NAT gateway',
      ],
      application: [
        all('aws_eks_cluster').length > 0 && 'nodes, pods',
        all('aws_lambda_function').some(({ vpc_config }) =>
          vpc_config?.[0]?.subnet_ids?.includes(id),
        ) && 'rotation',
      ],
      database: [
        all('aws_rds_cluster_instance').find(
          (instance) => instance.availability_zone === availability_zone,
        )?.identifier ?? 'storage only',
      ],
    }[layer];
    return (here ?? []).filter(Boolean).join('<br/>');
  };

  const zones = [...new Set<string>(subnets.map(({ availability_zone }) => availability_zone))];
  const box = (zone: string): string[] => [
    `    subgraph ${zone}`,
    ...LAYERS.flatMap((layer) =>
      of(layer)
        .filter(({ availability_zone }) => availability_zone === zone)
        .map(
          (subnet) =>
            `      ${node(subnet)}["${layer} ${subnet.cidr_block}<br/>${contents(subnet, layer)}"]`,
        ),
    ),
    '    end',
  ];
  const arrow = (from: string, label: string | undefined, to: string): string[] =>
    label ? [`  ${from} -- ${label} --> ${to}`] : [];
  const leaving = of('application').flatMap((subnet) => {
    const through = natOf(all, subnet.id);
    return through ? [`  ${node(subnet)} --> ${node(through)}`] : [];
  });
  return [
    `  subgraph ${region} ["${region}, ${all('aws_vpc')[0]?.cidr_block}"]`,
    `    ${gateway}["Internet gateway"]`,
    ...zones.flatMap(box),
    ...drawBeside(all, region),
    '  end',
    ...arrow('cloudfront', ports('CloudFront', 'load balancers'), gateway),
    ...(of('public').length > 0 ? [`  ${gateway} <--> ${nodes('public')}`] : []),
    ...arrow(nodes('public'), ports('load balancers', 'pods'), nodes('application')),
    ...leaving,
    ...arrow(nodes('application'), ports('pods', 'database'), nodes('database')),
  ];
};

/** The public subnet of the NAT gateway that a subnet leaves through. */
const natOf = (all: (type: string) => Attributes[], subnet: string): Attributes | undefined => {
  const table = all('aws_route_table_association').find(({ subnet_id }) => subnet_id === subnet);
  const route = all('aws_route').find(
    ({ route_table_id, destination_cidr_block }) =>
      route_table_id === table?.route_table_id && destination_cidr_block === '0.0.0.0/0',
  );
  const gateway = all('aws_nat_gateway').find(({ id }) => id && id === route?.nat_gateway_id);
  return all('aws_subnet').find(({ id }) => id === gateway?.subnet_id);
};

/** What the brief's diagram has beside the zones. */
const BESIDE: readonly (readonly [
  title: string,
  type: string,
  name: (attributes: Attributes) => string,
])[] = [
  ['ECR', 'aws_ecr_repository', ({ name }) => name],
  ['WAF', 'aws_wafv2_web_acl', ({ name }) => name],
  ['KMS', 'aws_kms_alias', ({ name }) => name.replace('alias/', '')],
  ['Secrets Manager', 'aws_secretsmanager_secret', ({ name }) => name],
];

const drawBeside = (all: (type: string) => Attributes[], region: string): string[] => {
  const listed = BESIDE.flatMap(([title, type, name]) => {
    const names = [...new Set(all(type).map(name))].sort();
    return names.length > 0 ? [[title, names.join('<br/>')]] : [];
  });
  const count = (type: string, word: string) => {
    const { length } = all(type);
    return length > 0 ? [`${length} ${word}`] : [];
  };
  const watched = [
    ...count('aws_cloudwatch_log_group', 'log groups'),
    ...count('aws_cloudwatch_metric_alarm', 'alarms'),
    ...count('aws_cloudwatch_dashboard', 'dashboards'),
  ];
  return [...listed, ['CloudWatch', watched.join('<br/>')]].map(
    ([title = '', text]) => `    ${nodeOf(`${title}_${region}`)}["${title}<br/>${text}"]`,
  );
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
          (member) =>
            `  ${writer && regionOf(writer)} == data, secrets, images ==> ${regionOf(member)}`,
        );
    });
};

/** How many resources of each type Terraform made, a table with a column a region; what AWS made along with them is left out. */
export const listResources = (account: readonly Resource[], regions: readonly string[]): string => {
  const made = account.filter(({ made_by }) => !made_by);
  const places = [...regions, 'us-east-1', 'global'];
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
