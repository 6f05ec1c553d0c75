/** Sets of ports, a range each. */
export type Ports = readonly (readonly [protocol: Protocol, first: number, last: number])[];

export type Protocol = 'tcp' | 'udp' | 'icmp';

const PROTOCOLS: Readonly<Record<string, readonly Protocol[]>> = {
  '-1': ['tcp', 'udp', 'icmp'],
  all: ['tcp', 'udp', 'icmp'],
  ...{ tcp: ['tcp'], udp: ['udp'], icmp: ['icmp'], '6': ['tcp'], '17': ['udp'], '1': ['icmp'] },
};

const LAST = 65535;

/** The ports of a rule as AWS writes it; of all protocols or of ICMP every port. */
export const portsOf = (protocol: string, first?: number | null, last?: number | null): Ports => {
  const known = PROTOCOLS[protocol];
  if (!known) throw new Error(`protocol ${protocol} is unknown`);
  const whole = known[0] !== known.at(-1) || known[0] === 'icmp';
  return known.map((each) => [each, whole ? 0 : (first ?? 0), whole ? LAST : (last ?? LAST)]);
};

export const intersect = (one: Ports, other: Ports): Ports =>
  one.flatMap(([protocol, first, last]) =>
    other.flatMap(([otherProtocol, otherFirst, otherLast]) => {
      const [from, to] = [Math.max(first, otherFirst), Math.min(last, otherLast)];
      return protocol === otherProtocol && from <= to ? [[protocol, from, to] as const] : [];
    }),
  );

export const without = (ports: Ports, gone: Ports): Ports =>
  gone.reduce<Ports>(
    (left, [protocol, first, last]) =>
      left.flatMap((part) => {
        if (part[0] !== protocol || last < part[1] || part[2] < first) return [part];
        return (
          [
            [protocol, part[1], first - 1],
            [protocol, last + 1, part[2]],
          ] as const
        ).filter(([, from, to]) => from <= to);
      }),
    ports,
  );

/** Such as `tcp 443, udp 53`; `all` for every port of every protocol, empty for none. */
export const textOf = (ports: Ports): string => {
  const merged = Object.values(PROTOCOLS['-1'] ?? []).flatMap((protocol) => merge(ports, protocol));
  if (merged.length === 3 && merged.every(([, first, last]) => first === 0 && last === LAST))
    return 'all';
  return merged
    .map(([protocol, first, last]) => {
      if (protocol === 'icmp') return protocol;
      return first === last ? `${protocol} ${first}` : `${protocol} ${first}-${last}`;
    })
    .join(', ');
};

const merge = (ports: Ports, protocol: Protocol): Ports => {
  const merged: [Protocol, number, number][] = [];
  for (const [, first, last] of ports
    .filter(([each]) => each === protocol)
    .toSorted((a, b) => a[1] - b[1])) {
    const before = merged.at(-1);
    if (before && first <= before[2] + 1) before[2] = Math.max(before[2], last);
    else merged.push([protocol, first, last]);
  }
  return merged;
};
