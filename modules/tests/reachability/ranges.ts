/** Whether a rule's peer is of the Internet: a range that isn't private, or a prefix list. */
export const isOutside = (peer: string): boolean =>
  peer.startsWith('pl-') ||
  (!peer.startsWith('sg-') && !PRIVATE.some((range) => covers(range, peer)));

const PRIVATE = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'];

const bounds = (range: string): [first: number, last: number] => {
  const [address = '', bits = '32'] = range.split('/');
  const first = address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  return [first, first + 2 ** (32 - Number(bits)) - 1];
};

/** Whether two ranges have an address in common. */
export const overlaps = (one: string, other: string): boolean => {
  const [[first, last], [otherFirst, otherLast]] = [bounds(one), bounds(other)];
  return first <= otherLast && otherFirst <= last;
};

/** Whether a range has all addresses of another. */
export const covers = (wide: string, narrow: string): boolean => {
  const [[first, last], [narrowFirst, narrowLast]] = [bounds(wide), bounds(narrow)];
  return first <= narrowFirst && narrowLast <= last;
};
