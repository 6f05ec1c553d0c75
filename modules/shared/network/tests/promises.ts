import type { Resource } from '../../../../tools/aws-simulation/simulation.ts';

/** What is wrong with a network in an account, a line each; with one NAT gateway when it is meant to be the cheap one. */
export const faultsOf = (account: readonly Resource[], zones: readonly string[], nats: number) => {
  const faults: string[] = [];
  const promise = (holds: boolean, fault: string) => void (holds || faults.push(fault));
  const all = (type: string) =>
    account.filter((resource) => resource.type === type).map(({ attributes }) => attributes);

  const tables = new Map(
    all('aws_route_table_association').map(({ subnet_id, route_table_id }) => [
      subnet_id,
      route_table_id,
    ]),
  );
  const defaultRoute = (subnet: string) =>
    all('aws_route').find(
      ({ route_table_id, destination_cidr_block }) =>
        route_table_id === tables.get(subnet) && destination_cidr_block === '0.0.0.0/0',
    );
  const subnets = all('aws_subnet');
  const layer = (name: string) => subnets.filter(({ tags }) => tags?.Name.includes(`-${name}-`));
  const gateways = all('aws_nat_gateway');
  const zoneOf = (subnet: string) => subnets.find(({ id }) => id === subnet)?.availability_zone;

  for (const name of ['public', 'application', 'database'])
    promise(
      Bun.deepEquals(
        layer(name)
          .map(({ availability_zone }) => availability_zone)
          .sort(),
        [...zones].sort(),
      ),
      `not one ${name} subnet in each zone`,
    );
  promise(
    subnets.every(({ map_public_ip_on_launch }) => !map_public_ip_on_launch),
    'a subnet gives public addresses away',
  );
  for (const { id } of layer('public'))
    promise(Boolean(defaultRoute(id)?.gateway_id), 'a public subnet has no Internet gateway');
  promise(gateways.length === nats, `not ${nats} NAT gateways`);
  for (const { id, availability_zone } of layer('application')) {
    const gateway = gateways.find((each) => each.id === defaultRoute(id)?.nat_gateway_id);
    promise(gateway !== undefined, 'an application subnet has no NAT');
    if (nats > 1 && gateway)
      promise(
        zoneOf(gateway.subnet_id) === availability_zone,
        'an application subnet leaves through another zone',
      );
  }
  for (const { id } of layer('database'))
    promise(
      tables.has(id) && !all('aws_route').some((route) => route.route_table_id === tables.get(id)),
      'a database subnet has a route out',
    );

  const acl = all('aws_network_acl').find(({ subnet_ids = [] }) =>
    layer('database').every(({ id }) => subnet_ids.includes(id)),
  );
  promise(acl !== undefined, 'the database subnets have no network ACL of their own');
  const ranges = new Set(layer('application').map(({ cidr_block }) => cidr_block));
  for (const rule of all('aws_network_acl_rule').filter(
    (each) => each.network_acl_id === acl?.id,
  )) {
    promise(ranges.has(rule.cidr_block), 'the network ACL knows others than application subnets');
    promise(rule.egress || rule.to_port === 5432, 'the network ACL lets in more than 5432');
  }

  const [closed] = all('aws_default_security_group');
  promise(
    closed !== undefined && [...(closed.ingress ?? []), ...(closed.egress ?? [])].length === 0,
    'the default security group is open',
  );
  for (const rule of all('aws_security_group_rule'))
    promise(
      rule.cidr_blocks.every((range: string) => ranges.has(range)),
      'the endpoints let in others than application subnets',
    );

  const [log] = all('aws_flow_log');
  const group = all('aws_cloudwatch_log_group').find(({ arn }) => arn === log?.log_destination);
  promise(log?.traffic_type === 'ALL', 'no flow log of all traffic');
  promise(
    all('aws_kms_key').some(
      ({ arn, enable_key_rotation }) => arn === group?.kms_key_id && enable_key_rotation,
    ),
    'the flow log has no key that is rotated',
  );
  promise(
    all('aws_vpc_endpoint').some(
      ({ service_name, vpc_endpoint_type, route_table_ids = [] }) =>
        service_name.endsWith('.s3') &&
        vpc_endpoint_type === 'Gateway' &&
        layer('application').every(({ id }) => route_table_ids.includes(tables.get(id))),
    ),
    'an application subnet reaches S3 by NAT',
  );
  return faults;
};
