import { expect, test } from 'bun:test';
import { readdirSync, readFileSync } from 'node:fs';
import { newUsername } from '../support/client.ts';
import { describeServers, sharedServer } from '../support/databases.ts';
import { descendants } from '../support/processes.ts';
import { startServer } from '../support/server.ts';
import { until } from '../support/until.ts';
import { otherOutput, talkTo } from './service.ts';

/** Three times the default, and so are the pauses: what is left after them is the time of a busy machine. */
const DATABASE_TIMEOUT = 6_000;

/** Milliseconds: 30, 45 and 60 percent of the time-out. */
const PAUSES = [1_800, 2_700, 3_600];

/** Runs `check` while none of the processes executes anything, for `milliseconds`. */
const whilePaused = async (
  pids: readonly number[],
  milliseconds: number,
  check: () => Promise<void>,
): Promise<void> => {
  let checked: Promise<void> | undefined;
  try {
    signal(pids, 'SIGSTOP');
    await until(() => pids.every(isStopped));
    checked = check();
    checked.catch(() => {});
    await Bun.sleep(milliseconds);
  } finally {
    signal(pids, 'SIGCONT');
  }
  await checked;
};

/** Sends a signal to those of the processes that still run. */
const signal = (pids: readonly number[], name: NodeJS.Signals): void => {
  for (const pid of pids)
    try {
      process.kill(pid, name);
    } catch {}
};

/** Whether each thread is: the signal reaches them one after the other. */
const isStopped = (pid: number): boolean => {
  if (process.platform !== 'linux') return true;
  try {
    return readdirSync(`/proc/${pid}/task`).every((thread) =>
      /^State:\s*T/m.test(readFileSync(`/proc/${pid}/task/${thread}/status`, 'utf8')),
    );
  } catch {
    return true;
  }
};

describeServers('a server that pauses', (serverName) => {
  test('for up to 60 % of the time-out fails no request, and says nothing but lines of the log', async () => {
    const server = await sharedServer(serverName);
    const database = await server.createDatabase();
    const services = await Promise.all(
      (['bun', 'deno'] as const).map((runtime) =>
        startServer({
          runtime,
          databaseUrl: database.url(),
          environment: { DATABASE_TIMEOUT: `${DATABASE_TIMEOUT}` },
        }),
      ),
    );
    try {
      const talks = services.map(talkTo);
      await Promise.all(talks.map(({ untilServed }) => untilServed()));
      // At first over a single connection, then over several.
      for (const requests of [1, 10]) {
        for (const milliseconds of PAUSES) {
          const pids = [server.pid, ...descendants(server.pid)];
          await whilePaused(pids, milliseconds, async () => {
            const responses = talks.flatMap(({ put, get }) =>
              Array.from({ length: requests }, () => [
                put(newUsername(), '1990-10-30'),
                put('Served', '1990-10-30'),
                get('Served'),
              ]).flat(),
            );
            for (const { status, milliseconds: took } of await Promise.all(responses)) {
              expect(status).toBeOneOf([200, 204]);
              // Else the server was not paused.
              expect(took).toBeGreaterThan(milliseconds - 100);
            }
          });
        }
        await Promise.all(
          talks.flatMap(({ get }) => Array.from({ length: 50 }, () => get('Served'))),
        );
      }
      for (const service of services) {
        expect(await service.stop()).toBe(0);
        expect(otherOutput(service)).toEqual([]);
      }
    } finally {
      await Promise.all(services.map((service) => service.stop('SIGKILL')));
    }
  }, 60_000);
});
