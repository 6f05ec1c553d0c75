import { afterEach, beforeAll, beforeEach } from 'bun:test';
import { binary, binaryMissing } from './support/binary.ts';
import {
  databaseUrlIn,
  type RunningServer,
  type ServerOptions,
  startServer,
  temporaryFolder,
} from './support/server.ts';

/** Gives each test of the file a folder of its own and a way to start services, which end with the test. */
export const useServices = () => {
  let folder: ReturnType<typeof temporaryFolder>;
  let servers: RunningServer[];

  // No test's own time, of which a busy machine takes much, is for compiling.
  beforeAll(async () => {
    if (!binaryMissing) await binary();
  }, 120_000);

  beforeEach(() => {
    folder = temporaryFolder();
    servers = [];
  });

  afterEach(async () => {
    await Promise.all(servers.map((server) => server.stop('SIGKILL')));
    folder.remove();
  }, 20_000);

  return {
    get folder() {
      return folder.path;
    },
    /** On Bun, with `hello.db` in the folder, unless told. */
    start: async (options: Partial<ServerOptions> = {}): Promise<RunningServer> => {
      const databaseUrl = databaseUrlIn(folder.path, { store: 'sqlite' });
      const server = await startServer({ runtime: 'bun', databaseUrl, ...options });
      servers.push(server);
      return server;
    },
  };
};
