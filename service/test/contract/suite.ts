import { afterAll, beforeAll, describe, expect } from 'bun:test';
import { createClient } from '../support/client.ts';
import {
  databaseUrlIn,
  type RunningServer,
  startServer,
  type Target,
  temporaryFolder,
} from '../support/server.ts';
import { accessLog } from './access-log.ts';
import { bodyLimits } from './body-limits.ts';
import { bodyValidation } from './body-validation.ts';
import { connections } from './connections.ts';
import { contentTypes } from './content-types.ts';
import { dateValidation } from './date-validation.ts';
import { greetings } from './greetings.ts';
import { health } from './health.ts';
import { hostHeader } from './host-header.ts';
import { methods } from './methods.ts';
import { openApi } from './openapi.ts';
import { paths } from './paths.ts';
import { refusedByTheParser } from './refused-by-the-parser.ts';
import { storeFaults } from './store-faults.ts';
import { timeZone } from './time-zone.ts';
import { usernameValidation } from './username-validation.ts';

/** The wire format, sentence by sentence, against a running service. */
export const contract = (options: Omit<Target, 'server'>): void => {
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

  describe(`${target.runtime}, ${target.store}`, () => {
    beforeAll(async () => {
      folder = temporaryFolder();
      server = await startServer({ ...options, databaseUrl: databaseUrlIn(folder.path, target) });
    }, 30_000);

    afterAll(async () => {
      const status = await server?.stop();
      folder?.remove();
      // None of the requests below is the service's fault.
      expect(server?.output().match(/^.*"level":"(error|fatal)".*$/gm)).toBeNull();
      expect(status).toBe(0);
    }, 30_000);

    greetings(target, client);
    timeZone(target);
    usernameValidation(target, client);
    dateValidation(client);
    bodyValidation(client);
    contentTypes(target, client);
    bodyLimits(target);
    methods(target, client);
    paths(target, client);
    hostHeader(target);
    connections(target);
    refusedByTheParser(target);
    openApi(target, client);
    health(target);
    accessLog(target);
    if (target.store === 'sqlite') storeFaults(target);
  });
};
