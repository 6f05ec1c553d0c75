import type { Resource } from '../../../tools/aws-simulation/simulation.ts';
import { listOf } from '../permissions.ts';
import type { Attributes, Party } from './parties.ts';
import { type Ports, portsOf } from './ports.ts';

export type Direction = 'ingress' | 'egress';

/** What a security group lets through. */
export interface GroupRule {
  readonly group: string;
  readonly direction: Direction;
  readonly ports: Ports;
  /** A range, a prefix list or a security group. */
  readonly peer: string;
}

/** The rules of all security groups, in whichever way they are written. */
export const groupRules = (here: readonly Resource[]): GroupRule[] =>
  here.flatMap(({ type, attributes, made_by }) => {
    const { id, name, security_group_id: group } = attributes;
    if (type === 'aws_security_group' && made_by && name?.startsWith('eks-cluster-sg-'))
      return madeByCluster(id);
    if (type === 'aws_security_group' || type === 'aws_default_security_group')
      return (['ingress', 'egress'] as const).flatMap((direction) =>
        listOf(attributes[direction]).flatMap((block) => rulesIn(block, id, direction)),
      );
    if (type === 'aws_security_group_rule') return rulesIn(attributes, group, attributes.type);
    const [, direction] = /^aws_vpc_security_group_(ingress|egress)_rule$/.exec(type) ?? [];
    return direction ? rulesIn(attributes, group, direction as Direction) : [];
  });

/** https://docs.aws.amazon.com/eks/latest/userguide/sec-group-reqs.html */
const madeByCluster = (group: string): GroupRule[] => [
  { group, direction: 'ingress', ports: portsOf('-1'), peer: group },
  { group, direction: 'egress', ports: portsOf('-1'), peer: '0.0.0.0/0' },
];

const rulesIn = (rule: Attributes, group: string, direction: Direction): GroupRule[] => {
  const ports = portsOf(rule.ip_protocol ?? rule.protocol, rule.from_port, rule.to_port);
  const peers = [
    ...listOf(rule.cidr_ipv4 ?? rule.cidr_blocks),
    ...listOf(rule.prefix_list_id ?? rule.prefix_list_ids),
    ...listOf(rule.referenced_security_group_id ?? rule.source_security_group_id),
    ...listOf(rule.security_groups),
    ...(rule.self ? [group] : []),
  ];
  return peers.filter(Boolean).map((peer) => ({ group, direction, ports, peer }));
};

/** The rules of all groups of a party. */
export const rulesOf = (
  rules: readonly GroupRule[],
  direction: Direction,
  { groups }: Party,
): GroupRule[] =>
  rules.filter((rule) => rule.direction === direction && groups.includes(rule.group));

/** What a party's groups let through to or from the peers that match. */
export const allowed = (
  rules: readonly GroupRule[],
  direction: Direction,
  party: Party,
  matching: (peer: string) => boolean,
): Ports =>
  rulesOf(rules, direction, party)
    .filter(({ peer }) => matching(peer))
    .flatMap(({ ports }) => ports);
