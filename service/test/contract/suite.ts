import { afterAll, beforeAll, describe, expect } from 'bun:test';
import { createClient } from '../support/client.ts';
import {
  databaseUrlIn,
  type RunningServer,
  type ServerOptions,
  startServer,
  type Target,
  temporaryFolder,
} from '../support/server.ts';
import { accessLog } from './access-log.ts';
import { bodyLimits, refusedBodiesInMemory } from './body-limits.ts';
import { bodyValidation } from './body-validation.ts';
import { connections } from './connections.ts';
import { contentTypes } from './content-types.ts';
import { dateValidation } from './date-validation.ts';
import { greetings } from './greetings.ts';
import { health } from './health.ts';
import { hostHeader } from './host-header.ts';
import { methods } from './methods.ts';
import { metrics } from './metrics.ts';
import { openApi } from './openapi.ts';
import { paths } from './paths.ts';
import { refusedByTheParser } from './refused-by-the-parser.ts';
import { storeFaults } from './store-faults.ts';
import { timeZone } from './time-zone.ts';
import { usernameValidation } from './username-validation.ts';
import { writes } from './writes.ts';

export interface ContractOptions extends Omit<Target, 'server'> {
  /** What sets this run apart from others of the same runtime and store. */
  readonly title?: string;
  /** Where the data are when they are on a server, and the settings that go with it. */
  readonly prepare?: () => Promise<Pick<ServerOptions, 'databaseUrl' | 'environment'>>;
  /** Only what reads and writes the store, and health. */
  readonly storeOnly?: boolean;
}

/** The wire format, sentence by sentence, against a running service. */
export const contract = (options: ContractOptions): void => {
  let folder: ReturnType<typeof temporaryFolder> | undefined;
  let server: RunningServer | undefined;
  const target: Target = {
    ...options,
    get server() {
      if (!server) throw new Error('the server runs only while tests run');
      return server;
    },
  };
  const client = createClient(target);

  const { runtime, store, title, prepare } = options;
  describe([runtime, store, title].filter(Boolean).join(', '), () => {
    beforeAll(async () => {
      folder = temporaryFolder();
      const databaseUrl = databaseUrlIn(folder.path, target);
      server = await startServer({ ...options, databaseUrl, ...(await prepare?.()) });
      await untilReady(server);
    }, 120_000);

    afterAll(async () => {
      const status = await server?.stop();
      folder?.remove();
      // None of the requests below is the service's fault.
      expect(server?.output().match(/^.*"level":"(error|fatal)".*$/gm)).toBeNull();
      expect(status).toBe(0);
    }, 30_000);

    greetings(target, client);
    usernameValidation(target, client);
    dateValidation(client);
    bodyValidation(client);
    writes(target);
    health(target);
    metrics(target);
    if (options.storeOnly) return;

    contentTypes(target, client);
    bodyLimits(target);
    methods(target, client);
    paths(target, client);
    hostHeader(target);
    connections(target);
    refusedByTheParser(target);
    openApi(target, client);
    if (target.store === 'sqlite') storeFaults(target);
    if (prepare) return;

    // These start services of their own, with the data in memory.
    timeZone(target);
    accessLog(target);
    refusedBodiesInMemory(target);
  });
};

/** A store on a server is connected to in the background. */
const untilReady = async ({ managementUrl }: RunningServer): Promise<void> => {
  const deadline = performance.now() + 10_000;
  while (!(await fetch(`${managementUrl}/readyz`)).ok && performance.now() < deadline)
    await Bun.sleep(20);
};
