import { readdirSync, readFileSync } from 'node:fs';

/** Open files, sockets and the like of this process; undefined where there is no readable `/proc`, as on Deno. */
export const openDescriptors = (folder = '/proc/self/fd'): number | undefined =>
  // One of them is for reading the folder.
  orUndefined(() => readdirSync(folder).length - 1);

/** How many descriptors this process may open; undefined as above, or without a limit. */
export const maxDescriptors = (file = '/proc/self/limits'): number | undefined =>
  orUndefined(() => {
    const limit = /^Max open files +(\d+)/m.exec(readFileSync(file, 'utf8'))?.[1];
    return limit === undefined ? undefined : Number(limit);
  });

/** The descriptors when they are too few for `connections` beside what is open already. */
export const fewDescriptors = (
  connections: number,
): { readonly open: number; readonly max: number } | undefined => {
  const [open, max] = [openDescriptors(), maxDescriptors()];
  return open !== undefined && max !== undefined && max - open < connections
    ? { open, max }
    : undefined;
};

const orUndefined = <T>(read: () => T): T | undefined => {
  try {
    return read();
  } catch {
    return undefined;
  }
};
