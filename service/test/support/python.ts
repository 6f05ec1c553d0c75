import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** The readers that Prometheus and OpenTelemetry publish for their own formats. */
const PACKAGES = ['opentelemetry-proto==1.45.2', 'prometheus-client==0.26.0', 'protobuf==7.36.2'];

/** Why programs can't be run here; undefined when they can. */
export const pythonProblem = (): string | undefined =>
  Bun.spawnSync(['python3', '-m', 'pip', '--version']).exitCode === 0
    ? undefined
    : 'there is no python3 with pip';

/** Runs a Python program that may import {@link PACKAGES}; what it prints. */
export const python = async (program: string, input: string | Uint8Array): Promise<string> => {
  const child = Bun.spawn(['python3', '-c', program], {
    env: { ...process.env, PYTHONPATH: installedPackages() },
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

/** The folder of the packages in the user's cache; made aside and moved into place. */
const installedPackages = (): string => {
  const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'hello');
  const folder = join(cache, `python-${PACKAGES.join('-').replaceAll('==', '-')}-${process.arch}`);
  if (existsSync(folder)) return folder;
  console.error(`Installing ${PACKAGES.join(', ')} into ${folder}`);
  mkdirSync(cache, { recursive: true });
  const aside = mkdtempSync(`${folder}.`);
  try {
    const { exitCode, stderr } = Bun.spawnSync(
      ['python3', '-m', 'pip', 'install', '--quiet', '--no-deps', '--target', aside, ...PACKAGES],
      { env: { ...process.env, PIP_DISABLE_PIP_VERSION_CHECK: '1' }, stdout: 'ignore' },
    );
    if (exitCode !== 0) throw new Error(`pip: ${stderr}`);
    if (!existsSync(folder)) renameSync(aside, folder);
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
  return folder;
};
