import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ownArchitecture } from '../../image/architecture.ts';
import { compile } from '../../image/binary.ts';

/** Why the compiled service can't run on this machine, if so. */
export const binaryMissing =
  process.platform === 'linux'
    ? undefined
    : `it is compiled for Linux, not for ${process.platform}`;

/** The commit that the compiled service of the tests tells. */
export const COMMIT = '0123456789abcdef0123456789abcdef01234567';

const BUILD = resolve(import.meta.dir, '../../../build');

let compiled: Promise<string> | undefined;

/** The compiled service, made once in a run of the tests and removed at its end. */
export const binary = (): Promise<string> => (compiled ??= make());

const make = async (): Promise<string> => {
  mkdirSync(BUILD, { recursive: true });
  const folder = mkdtempSync(join(BUILD, 'test-binary-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  return (await compile(ownArchitecture(), folder, COMMIT)).file;
};
