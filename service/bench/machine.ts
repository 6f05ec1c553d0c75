import { cpus, release, totalmem, type } from 'node:os';
import { join } from 'node:path';
import { PEERS } from './install.ts';

/** Machine, runtimes and packages in two sentences. */
export const describeMachine = async (python: string): Promise<string[]> => {
  const { dependencies } = await Bun.file(join(PEERS, 'package.json')).json();
  const requirements = await Bun.file(join(PEERS, 'requirements.txt')).text();
  const packages = [
    ...Object.entries(dependencies).map(([name, version]) => `${name} ${version}`),
    ...['fastapi', 'uvicorn', 'asgi-correlation-id', 'prometheus-fastapi-instrumentator'].map(
      (name) => `${name} ${new RegExp(`^${name}==([\\w.]+)`, 'm').exec(requirements)?.[1]}`,
    ),
  ];
  const memory = Math.round(totalmem() / 1024 ** 3);
  return [
    `${cpus().length} cores (${cpus()[0]?.model}), ${memory} GiB, ${type()} ${release()}; Bun ${Bun.version}, Node.js`,
    `${version('node')}, ${version(python)}; ${packages.join(', ')}.`,
  ];
};

const version = (program: string): string =>
  Bun.spawnSync([program, '--version']).stdout.toString().trim();
