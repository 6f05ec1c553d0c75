import type { All, Party } from './parties.ts';

/** A way out of a subnet. */
export interface Route {
  readonly destination: string;
  readonly target: string;
}

const TARGETS = /^(?!route_|destination_|instance_owner_).*_(id|arn)$/;

/** The routes of a subnet beside the local one. */
export const routesOf = (all: All): ((subnet: string) => Route[]) => {
  const main = all('aws_vpc')[0]?.main_route_table_id;
  return (subnet) => {
    const table =
      all('aws_route_table_association').find(({ subnet_id }) => subnet_id === subnet)
        ?.route_table_id ?? main;
    const endpoints = all('aws_vpc_endpoint')
      .filter(({ route_table_ids = [] }) => route_table_ids.includes(table))
      .map(({ id, prefix_list_id }) => ({ destination: prefix_list_id, target: id }));
    const routes = all('aws_route')
      .filter(({ route_table_id }) => route_table_id === table)
      .map((route) => ({
        destination: route.destination_cidr_block ?? route.destination_prefix_list_id,
        target: Object.entries(route)
          .filter(([name, value]) => TARGETS.test(name) && value)
          .map(([, value]) => String(value))
          .join(),
      }));
    return [...routes, ...endpoints];
  };
};

/** How a route's target is told from a zone; empty where it leads nowhere for who has no public address. */
export const throughOf = (all: All, target: string, zone: string, from: Party): string => {
  if (target.startsWith('igw-')) return from.isPublic ? 'Internet gateway' : '';
  const endpoint = all('aws_vpc_endpoint').find(({ id }) => id === target);
  if (endpoint) return `gateway endpoint of ${endpoint.service_name.split('.').at(-1)}`;
  const gateway = all('aws_nat_gateway').find(({ id }) => id === target);
  if (!gateway) return target;
  const subnet = all('aws_subnet').find(({ id }) => id === gateway.subnet_id);
  return subnet?.availability_zone === zone
    ? "its zone's NAT gateway"
    : `NAT gateway of ${subnet?.availability_zone}`;
};
