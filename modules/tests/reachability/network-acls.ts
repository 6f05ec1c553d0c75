import { listOf } from '../permissions.ts';
import type { All, Attributes } from './parties.ts';
import { intersect, type Ports, portsOf, without } from './ports.ts';
import { covers, overlaps } from './ranges.ts';
import type { Direction } from './security-groups.ts';

/** Ports that clients open, and so the ports of answers. */
const ANSWERS = [...portsOf('tcp', 1024, 65535), ...portsOf('udp', 1024, 65535)];

interface AclRule {
  readonly number: number;
  readonly allows: boolean;
  readonly range: string;
  readonly ports: Ports;
}
export type Acls = (subnet: string, direction: Direction) => readonly AclRule[];

/** The rules of each subnet's network ACL, in their order. */
export const aclRules = (all: All): Acls => {
  const rule = (each: Attributes): AclRule => ({
    number: each.rule_number ?? each.rule_no,
    allows: (each.rule_action ?? each.action) === 'allow',
    range: each.cidr_block,
    ports: portsOf(each.protocol, each.from_port, each.to_port),
  });
  return (subnet, direction) => {
    const acl =
      all('aws_network_acl').find(({ subnet_ids = [] }) => subnet_ids.includes(subnet)) ??
      all('aws_default_network_acl')[0];
    return [
      ...listOf(acl?.[direction]),
      ...all('aws_network_acl_rule').filter(
        ({ network_acl_id, egress }) =>
          network_acl_id === acl?.id && Boolean(egress) === (direction === 'egress'),
      ),
    ]
      .map(rule)
      .filter(({ range }) => range)
      .sort((a, b) => a.number - b.number);
  };
};

/** The ports that pass a subnet's ACL to or from a range; what only a part of it may is taken as allowed. */
const throughAcl = (rules: readonly AclRule[], ports: Ports, range: string): Ports => {
  let left = ports;
  const passed: Ports[number][] = [];
  for (const rule of rules) {
    if (rule.allows ? !overlaps(rule.range, range) : !covers(rule.range, range)) continue;
    if (rule.allows) passed.push(...intersect(left, rule.ports));
    left = without(left, rule.ports);
  }
  return passed;
};

/** The ports that pass all ACLs on a way, if the answers do too. */
export const passing = (
  acls: Acls,
  ports: Ports,
  way: readonly (readonly [subnet: string, direction: Direction, range: string])[],
): Ports => {
  let left = ports;
  for (const [subnet, direction, range] of way) {
    const back = direction === 'ingress' ? 'egress' : 'ingress';
    left = throughAcl(acls(subnet, direction), left, range);
    const answers = throughAcl(acls(subnet, back), ANSWERS, range);
    const protocols = new Set(answers.map(([protocol]) => protocol));
    left = left.filter(([protocol]) => protocol === 'icmp' || protocols.has(protocol));
  }
  return left;
};
