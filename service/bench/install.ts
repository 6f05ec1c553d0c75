import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { run } from './programs.ts';

/** Programs that the service is measured against. */
export const PEERS = join(import.meta.dir, 'peers');

const CACHE = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'hello');

/** Installs the packages of the peers in JavaScript beside them, as their lock file says. */
export const installPackages = async (): Promise<void> => {
  await execute(process.execPath, 'install', '--frozen-lockfile', '--no-summary', `--cwd=${PEERS}`);
};

/** A Python that has FastAPI: an environment in the user's cache, made once for each requirements.txt. */
export const installFastApi = async (): Promise<string> => {
  const requirements = join(PEERS, 'requirements.txt');
  const hash = Bun.hash(await Bun.file(requirements).text()).toString(16);
  const folder = join(CACHE, `fastapi-${hash}`);
  if (!existsSync(folder)) {
    console.error(`Installing FastAPI into ${folder}`);
    mkdirSync(CACHE, { recursive: true });
    const aside = mkdtempSync(`${folder}.`);
    try {
      await execute('python3', '-m', 'venv', aside);
      const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check'];
      const pinned = ['--require-hashes', '--only-binary=:all:', '-r', requirements];
      await execute(join(aside, 'bin/python'), ...pip, ...pinned);
      if (!existsSync(folder)) renameSync(aside, folder);
    } finally {
      rmSync(aside, { recursive: true, force: true });
    }
  }
  return join(folder, 'bin/python');
};

/** One executable file of a program and the runtime, compiled as the service is. */
export const compile = async (entry: string, executable: string): Promise<void> => {
  await execute(
    ...[process.execPath, 'build', entry, `--outfile=${executable}`],
    ...['--compile', '--bytecode', '--minify-syntax', '--minify-whitespace', '--target=bun'],
    ...['--no-compile-autoload-dotenv', '--no-compile-autoload-bunfig'],
  );
};

const execute = (path: string, ...programArguments: string[]): Promise<string> =>
  run({ path, environment: {} }, programArguments);
