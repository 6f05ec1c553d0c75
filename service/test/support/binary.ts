import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { ownArchitecture } from '../../image/architecture.ts';
import { compile } from '../../image/binary.ts';
import { guardedFolder } from './guarded-folder.ts';

/** Why the compiled service can't run on this machine, if so. */
export const binaryMissing =
  process.platform === 'linux'
    ? undefined
    : `it is compiled for Linux, not for ${process.platform}`;

/** The commit that the compiled service of the tests tells. */
export const COMMIT = '0123456789abcdef0123456789abcdef01234567';

const BUILD = resolve(import.meta.dir, '../../../build');

/** An empty folder under build/, where there is room, removed at the end of the run. */
export const buildFolder = (): string => {
  mkdirSync(BUILD, { recursive: true });
  return guardedFolder(BUILD).path;
};

let compiled: Promise<string> | undefined;

/** The compiled service, made once in a run of the tests and removed at its end. */
export const binary = (): Promise<string> => (compiled ??= make());

const make = async (): Promise<string> =>
  (await compile(ownArchitecture(), buildFolder(), COMMIT)).file;
