import { join, resolve } from 'node:path';
import { ownArchitecture } from '../image/architecture.ts';
import { BARE, type Contender, elysia, FASTIFY, fastApi, HONO, service } from './contenders.ts';
import { compile, installFastApi, installPackages, PEERS } from './install.ts';

/** Everything that is measured. */
export interface LineUp {
  readonly bare: Contender;
  /** The API with validation and nothing around it. */
  readonly alone: Contender;
  /** The service without its access log. */
  readonly quiet: Contender;
  /** The service as it is by default. */
  readonly full: Contender;
  readonly hono: Contender;
  readonly fastify: Contender;
  readonly fastapi: Contender;
  /** Compiled, as the service is. */
  readonly elysia: Contender;
  /** A Python that has FastAPI. */
  readonly python: string;
}

/** The files of the image, as `make image` leaves them. */
export const IMAGE = resolve(import.meta.dir, `../../build/image/root-${ownArchitecture()}`);

/**
 * Installs and compiles what is measured.
 * @param folder where executables and SQLite files go; on a disk, or nothing written would be durable
 */
export const lineUp = async (folder: string): Promise<LineUp> => {
  await installPackages();
  const python = await installFastApi();
  const executable = [join(IMAGE, 'hello')];
  const aloneExecutable = join(folder, 'app-alone');
  const elysiaExecutable = join(folder, 'elysia');
  await compile(join(import.meta.dir, 'app-alone.ts'), aloneExecutable);
  await compile(join(PEERS, 'elysia.js'), elysiaExecutable);
  const production = { NODE_ENV: 'production' };
  return {
    bare: BARE,
    alone: service('Hello, its API alone', [aloneExecutable], join(folder, 'alone.db'), production),
    quiet: service('Hello, access log off', executable, join(folder, 'quiet.db'), {
      ...production,
      LOG_LEVEL: 'warn',
    }),
    full: service('Hello', executable, join(folder, 'full.db'), production),
    hono: HONO,
    fastify: FASTIFY,
    fastapi: fastApi(python),
    elysia: elysia(elysiaExecutable),
    python,
  };
};
