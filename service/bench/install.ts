import { join } from 'node:path';
import { cachedFolder } from '../image/cache.ts';
import { run } from './programs.ts';

/** Programs that the service is measured against. */
export const PEERS = join(import.meta.dir, 'peers');

/** Installs the packages of the peers in JavaScript beside them, as their lock file says. */
export const installPackages = async (): Promise<void> => {
  await execute(process.execPath, 'install', '--frozen-lockfile', '--no-summary', `--cwd=${PEERS}`);
};

/** A Python that has FastAPI: an environment in the user's cache, made once for each requirements.txt. */
export const installFastApi = async (): Promise<string> => {
  const requirements = join(PEERS, 'requirements.txt');
  const hash = Bun.hash(await Bun.file(requirements).text()).toString(16);
  const folder = await cachedFolder(`fastapi-${hash}`, async (aside) => {
    console.error('Installing FastAPI into the cache of the user');
    await execute('python3', '-m', 'venv', aside);
    const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check'];
    const pinned = ['--require-hashes', '--only-binary=:all:', '-r', requirements];
    await execute(join(aside, 'bin/python'), ...pip, ...pinned);
  });
  return join(folder, 'bin/python');
};

const execute = (path: string, ...programArguments: string[]): Promise<string> =>
  run({ path, environment: {} }, programArguments);
