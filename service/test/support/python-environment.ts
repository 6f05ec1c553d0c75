import { join } from 'node:path';
import { cachedFolder } from '../../image/cache.ts';

/**
 * The Python of an environment that has the packages of a `requirements.txt`: in the user's cache, created once for each
 * content of the file.
 */
export const pythonEnvironment = async (name: string, requirements: string): Promise<string> => {
  const hash = Bun.hash(await Bun.file(requirements).text()).toString(16);
  const folder = await cachedFolder(`${name}-${hash}`, async (aside) => {
    console.error(`Installing ${name} for Python into the user's cache`);
    await run('python3', '-m', 'venv', aside);
    const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check'];
    const pinned = ['--require-hashes', '--only-binary=:all:', '-r', requirements];
    await run(join(aside, 'bin/python'), ...pip, ...pinned);
  });
  return join(folder, 'bin/python');
};

/** {@link pythonEnvironment}, or the reason why there is none. Call it while tests are declared, since it may take a while. */
export const findPythonEnvironment = async (
  name: string,
  requirements: string,
): Promise<{ python: string; missing?: undefined } | { python?: undefined; missing: string }> => {
  try {
    return { python: await pythonEnvironment(name, requirements) };
  } catch (error) {
    return { missing: error instanceof Error ? error.message : String(error) };
  }
};

const run = async (...command: string[]): Promise<void> => {
  const child = Bun.spawn(command, { stdio: ['ignore', 'ignore', 'pipe'] });
  const [errors, status] = await Promise.all([new Response(child.stderr).text(), child.exited]);
  if (status !== 0)
    throw new Error(`${command.slice(0, 3).join(' ')}: ${errors.trim().split('\n').at(-1)}`);
};
