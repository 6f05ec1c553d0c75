import { join } from 'node:path';
import { pythonEnvironment } from '../test/support/python-environment.ts';
import { run } from './programs.ts';

/** Programs that the service is measured against. */
export const PEERS = join(import.meta.dir, 'peers');

/** Installs the packages of the peers in JavaScript beside them, as their lock file says. */
export const installPackages = async (): Promise<void> => {
  await execute(process.execPath, 'install', '--frozen-lockfile', '--no-summary', `--cwd=${PEERS}`);
};

/** A Python that has FastAPI. */
export const installFastApi = (): Promise<string> =>
  pythonEnvironment('fastapi', join(PEERS, 'requirements.txt'));

const execute = (path: string, ...programArguments: string[]): Promise<string> =>
  run({ path, environment: {} }, programArguments);
