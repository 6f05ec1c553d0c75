import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** The readers that Prometheus and OpenTelemetry publish for their own formats. */
const PACKAGES = ['opentelemetry-proto==1.45.2', 'prometheus-client==0.26.0', 'protobuf==7.36.2'];

const CACHE = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'hello');

const FOLDER = join(CACHE, `${PACKAGES.join('-').replaceAll('==', '-')}-${process.arch}`);

/**
 * Installs {@link PACKAGES} into the user's cache when they are missing; call it while tests are declared, since it may
 * take a while.
 * @returns why {@link python} can't be used here; undefined when it can
 */
export const preparePython = (): string | undefined => {
  if (existsSync(FOLDER)) return undefined;
  if (Bun.spawnSync(['python3', '-m', 'pip', '--version'], { stderr: 'ignore' }).exitCode !== 0)
    return 'there is no python3 with pip';
  console.error(`Installing ${PACKAGES.join(', ')} into ${FOLDER}`);
  mkdirSync(CACHE, { recursive: true });
  // Made aside and moved into place, so that an interrupted or a simultaneous run leaves nothing half done.
  const aside = mkdtempSync(`${FOLDER}.`);
  try {
    const pip = ['python3', '-m', 'pip', '--disable-pip-version-check', 'install', '--no-deps'];
    const { exitCode, stderr } = Bun.spawnSync([...pip, '--target', aside, ...PACKAGES], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    if (exitCode !== 0) throw new Error(`pip: ${stderr}`);
    if (!existsSync(FOLDER)) renameSync(aside, FOLDER);
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
  return undefined;
};

/** Runs a Python program that may import {@link PACKAGES}; what it prints. */
export const python = async (program: string, input: string | Uint8Array): Promise<string> => {
  const child = Bun.spawn(['python3', '-c', program], {
    env: { ...process.env, PYTHONPATH: FOLDER },
    stdin: Buffer.from(input),
    stdout: 'pipe',
    stderr: 'pipe',
    timeout: 60_000,
    killSignal: 'SIGKILL',
  });
  const [status, output, errors] = await Promise.all([
    child.exited,
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ]);
  if (status !== 0) throw new Error(errors);
  return output;
};
