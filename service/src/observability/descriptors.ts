import { readdirSync, readFileSync } from 'node:fs';

/** Open files and sockets of this process. */
export interface Descriptors {
  readonly open: number;
  readonly limit: number;
}

/** What the kernel says; undefined where it doesn't, as on macOS and on Deno, which keeps `/proc` to itself. */
export const readDescriptors = (): Descriptors | undefined => {
  try {
    const limits = readFileSync('/proc/self/limits', 'utf8');
    const [, limit] = /^Max open files\s+(\d+)/m.exec(limits) ?? [];
    return limit ? { open: readdirSync('/proc/self/fd').length, limit: Number(limit) } : undefined;
  } catch {
    return undefined;
  }
};

/** The descriptors when they are too few for `connections` beside what is open already. */
export const fewDescriptors = (connections: number): Descriptors | undefined => {
  const descriptors = readDescriptors();
  return descriptors && descriptors.limit - descriptors.open < connections
    ? descriptors
    : undefined;
};
