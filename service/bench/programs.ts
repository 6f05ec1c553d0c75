import { join } from 'node:path';
import { libraryPath, unpackedPackages } from '../test/support/debian-packages.ts';

/** A program that measures, and what it needs to run. */
export interface Program {
  readonly path: string;
  /** What comes before the arguments of a run. */
  readonly firstArguments?: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

/** PostgreSQL's own benchmark: of the system, or unpacked from Debian. */
export const findPgbench = (): Program => {
  const [system] = [...new Bun.Glob('/usr/lib/postgresql/*/bin/pgbench').scanSync('/')]
    .sort()
    .reverse();
  const path = system ?? Bun.which('pgbench');
  if (path) return { path, environment: {} };
  for (const version of [18, 17, 16, 15]) {
    const folder = unpackedPackages(`postgresql-${version}`);
    if (folder) return unpacked(folder, `usr/lib/postgresql/${version}/bin/pgbench`);
  }
  throw new Error('there is no pgbench: install PostgreSQL');
};

/** A load generator for HTTP: of the system, or unpacked from Debian. */
export const findWrk = (): Program => {
  const path = Bun.which('wrk');
  if (path) return { path, environment: {} };
  const folder = unpackedPackages('wrk');
  if (folder) return unpacked(folder, 'usr/bin/wrk');
  throw new Error('there is no wrk: install it');
};

/** A load generator for HTTP that holds a rate: of the system, or unpacked from Debian. */
export const findH2load = (): Program => {
  const path = Bun.which('h2load');
  if (path) return { path, environment: {} };
  const folder = unpackedPackages('nghttp2-client');
  if (folder) return unpacked(folder, 'usr/bin/h2load');
  throw new Error('there is no h2load: install nghttp2');
};

/** A program on one core; its arguments follow. */
export const pinned = ({ path, environment }: Program, core: number): Program => ({
  path: 'taskset',
  firstArguments: ['-c', `${core}`, path],
  environment,
});

const unpacked = (folder: string, path: string): Program => ({
  path: join(folder, path),
  environment: libraryPath(folder),
});

/** What a program prints; an error when it fails. */
export const run = async (
  { path, firstArguments = [], environment }: Program,
  programArguments: readonly string[],
  more: Readonly<Record<string, string>> = {},
): Promise<string> => {
  const child = Bun.spawn([path, ...firstArguments, ...programArguments], {
    env: { ...process.env, ...environment, ...more },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [output, errors, status] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  if (status !== 0)
    throw new Error(`${[path, ...firstArguments].join(' ')}: status ${status}\n${output}${errors}`);
  return output;
};

/** The number after some words of an output. */
export const numberIn = (output: string, pattern: RegExp): number => {
  const text = pattern.exec(output)?.[1];
  if (text === undefined) throw new Error(`no ${pattern} in:\n${output}`);
  return Number(text);
};
