import type { Resource } from '../../../tools/aws-simulation/simulation.ts';
import { listOf } from '../permissions.ts';

/** A resource's arguments. */
export type Attributes = Resource['attributes'];

/** The arguments of all resources of a type. */
export type All = (type: string) => Attributes[];

/** Something with addresses in subnets. */
export interface Party {
  readonly name: string;
  readonly subnets: readonly string[];
  readonly groups: readonly string[];
  /** Whether it has addresses of the Internet. */
  readonly isPublic: boolean;
}

/** Types that name subnets or security groups, and are parties or what is computed from; of any other nothing would be known. */
const KNOWN_TYPES = new Set([
  ...['aws_subnet', 'aws_route_table_association', 'aws_network_acl', 'aws_default_network_acl'],
  ...['aws_security_group', 'aws_default_security_group', 'aws_security_group_rule'],
  ...['aws_vpc_security_group_ingress_rule', 'aws_vpc_security_group_egress_rule'],
  ...['aws_nat_gateway', 'aws_vpc_endpoint', 'aws_db_subnet_group', 'aws_rds_cluster'],
  ...['aws_lambda_function', 'aws_eks_cluster', 'aws_rds_cluster_instance', 'aws_flow_log'],
]);

const NAMES_NETWORK =
  /"(subnet_ids?|security_groups?|(vpc_)?security_group_ids|subnets)":("[^"]|\["|\[\{)/;

/** @throws Error for what isn't computed here: other types in the network, and IPv6 */
export const refuseUnknown = (here: readonly Resource[]): void => {
  for (const { type, id, attributes } of here) {
    if (!KNOWN_TYPES.has(type) && NAMES_NETWORK.test(JSON.stringify(attributes)))
      throw new Error(
        `${type} ${id} is in the network, but modules/tests/reachability doesn't know where`,
      );
    if (type === 'aws_vpc' && attributes.assign_generated_ipv6_cidr_block)
      throw new Error(`${id} has IPv6, of which modules/tests/reachability knows nothing`);
  }
};

/** Everyone with addresses in a region's network. */
export const partiesOf = (all: All): Party[] => {
  const named = (suffix: string): string[] =>
    all('aws_security_group')
      .filter(({ name }) => name?.endsWith(suffix))
      .map(({ id }) => id);
  const publicSubnets = all('aws_subnet')
    .filter(({ tags }) => tags?.['kubernetes.io/role/elb'])
    .map(({ id }) => id);
  const clusters = all('aws_eks_cluster').map(({ vpc_config }) => listOf(vpc_config)[0]);
  const nodeSubnets = clusters.flatMap(({ subnet_ids }) => subnet_ids);
  const endpoints = all('aws_vpc_endpoint')
    .filter(({ vpc_endpoint_type }) => vpc_endpoint_type === 'Interface')
    .sort((one, other) => one.service_name.localeCompare(other.service_name));
  const openSubnets = new Set(
    all('aws_subnet')
      .filter((each) => each.map_public_ip_on_launch)
      .map(({ id }) => id),
  );
  const parties: Party[] = [
    // Made by the cluster from an Ingress, which names the group.
    {
      name: 'load balancers',
      subnets: publicSubnets,
      groups: named('-load-balancer'),
      isPublic: true,
    },
    // Those whose node class names the group.
    { name: 'pods', subnets: nodeSubnets, groups: named('-pods'), isPublic: false },
    {
      name: 'nodes, API server',
      subnets: nodeSubnets,
      groups: clusters.map(({ cluster_security_group_id }) => cluster_security_group_id),
      isPublic: false,
    },
    ...all('aws_lambda_function').flatMap(({ function_name, vpc_config }) =>
      listOf(vpc_config)
        .filter(({ subnet_ids }) => subnet_ids?.length > 0)
        .map(({ subnet_ids, security_group_ids }) => ({
          ...{ name: `function ${function_name}`, subnets: subnet_ids },
          ...{ groups: security_group_ids, isPublic: false },
        })),
    ),
    ...endpoints.map(({ service_name, subnet_ids, security_group_ids }) => ({
      ...{ name: `endpoint of ${service_name.split('.').slice(3).join('.')}`, subnets: subnet_ids },
      ...{ groups: security_group_ids, isPublic: false },
    })),
    ...all('aws_rds_cluster').map(({ db_subnet_group_name, vpc_security_group_ids }) => ({
      name: 'database',
      subnets:
        all('aws_db_subnet_group').find(({ name }) => name === db_subnet_group_name)?.subnet_ids ??
        [],
      groups: vpc_security_group_ids,
      isPublic: all('aws_rds_cluster_instance').some((each) => each.publicly_accessible === true),
    })),
  ];
  return parties
    .filter(({ subnets, groups }) => subnets.length > 0 && groups.length > 0)
    .map((party) => ({
      ...party,
      subnets: [...party.subnets].sort(),
      isPublic: party.isPublic || party.subnets.some((subnet) => openSubnets.has(subnet)),
    }));
};
