import { afterEach, beforeEach } from 'bun:test';
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
