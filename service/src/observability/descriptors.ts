import { readdirSync, readFileSync } from 'node:fs';

/** Open files, sockets and the like of this process; undefined where there is no readable `/proc`, as on Deno. */
export const openDescriptors = (): number | undefined =>
  // One of them is for reading the folder.
  orUndefined(() => readdirSync('/proc/self/fd').length - 1);

/** How many descriptors this process may open; undefined as above, or without a limit. */
export const maxDescriptors = (): number | undefined =>
  orUndefined(() => {
    const limit = /^Max open files +(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1];
    return limit === undefined ? undefined : Number(limit);
  });

const orUndefined = <T>(read: () => T): T | undefined => {
  try {
    return read();
  } catch {
    return undefined;
  }
};
