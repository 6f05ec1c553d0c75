import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { type Balancer, type Probe, startBalancer } from './support/balancer.ts';
import { addDays, expectedGreeting, newUsername, rawPut, rawRequest } from './support/client.ts';
import { sharedServer } from './support/databases.ts';
import { keepAliveClient } from './support/keep-alive-client.ts';
import { PROCESS_RUNTIMES, type RunningServer, startServer } from './support/server.ts';

const REPLACEMENTS = Number(process.env.ROLLING_REPLACEMENTS ?? 3);
/** How many requests each client sends over a connection: some keep theirs, some take a new one each time. */
const CLIENTS: readonly number[] = [...Array(16).fill(Number.POSITIVE_INFINITY), 1, 1, 1, 1];

/** A tenth of the defaults: DRAIN_DELAY of 10 s, and a probe each 5 s of which one failure counts. */
const DRAIN_MILLISECONDS = 1_000;
const PROBE: Probe = { periodMilliseconds: 500, failureThreshold: 1 };

interface Tally {
  readonly failures: string[];
  requests: number;
  puts: number;
}

const DATES = Array.from(
  { length: 12 },
  (_, month) => `1990-${String(month + 1).padStart(2, '0')}-11`,
);

/** What the greeting of somebody born on a date may say, today or should midnight pass meanwhile. */
const GREETINGS = new Map(
  DATES.map((date) => {
    const today = new Date().toISOString().slice(0, 10);
    const days = [today, addDays(today, 1)];
    return [date, days.map((day) => JSON.stringify(expectedGreeting('USERNAME', date, day)))];
  }),
);

const isGreeting = (body: string, username: string, dateOfBirth: string): boolean =>
  GREETINGS.get(dateOfBirth)?.includes(body.replace(username, 'USERNAME')) ?? false;

/** PUT and GET in turn: each PUT another date, which the GET after it must tell. */
const load = async (
  port: number,
  requestsPerConnection: number,
  tally: Tally,
  isOver: () => boolean,
) => {
  const username = newUsername();
  const client = keepAliveClient(port, requestsPerConnection);
  const send = async (request: string, isRight: (status: number, body: string) => boolean) => {
    tally.requests++;
    try {
      const { status, body } = await client.send(request);
      if (!isRight(status, body)) tally.failures.push(`${request}\n${status} ${body}`);
    } catch (error) {
      tally.failures.push(`${request}\n${error}`);
      return false;
    }
    return true;
  };
  let dateOfBirth = '';
  for (let count = 0; !isOver(); count++) {
    dateOfBirth = DATES[count % DATES.length] as string;
    const body = JSON.stringify({ dateOfBirth });
    const put = await send(rawPut(username, body), (status) => status === 204);
    tally.puts++;
    const get = await send(
      rawRequest('GET', `/hello/${username}`),
      (status, body) => status === 200 && isGreeting(body, username, dateOfBirth),
    );
    if (!put || !get) break;
    await Bun.sleep(1);
  }
  client.close();
  return { username, dateOfBirth, connections: client.connections() };
};

for (const runtime of PROCESS_RUNTIMES.filter((name) => name !== 'deno'))
  describe(`replacing ${runtime} under load`, () => {
    let databaseUrl: string;
    let balancer: Balancer;
    const servers: RunningServer[] = [];

    const start = async (): Promise<RunningServer> => {
      const environment = {
        DRAIN_DELAY: String(DRAIN_MILLISECONDS),
        LOG_LEVEL: 'info',
        // The database is on the same machine, which others may load.
        DATABASE_TIMEOUT: '20000',
      };
      const server = await startServer({ runtime, databaseUrl, environment });
      servers.push(server);
      await balancer.add(server);
      return server;
    };

    beforeAll(async () => {
      databaseUrl = (await (await sharedServer('PostgreSQL')).createDatabase()).url();
      balancer = await startBalancer(PROBE);
    }, 60_000);

    afterAll(async () => {
      await balancer?.close();
      await Promise.all(servers.map((server) => server.stop('SIGKILL')));
    }, 20_000);

    test(
      `${REPLACEMENTS} times fails no request and loses no write`,
      async () => {
        let over = false;
        const tally: Tally = { failures: [], requests: 0, puts: 0 };
        let current = await start();
        const clients = CLIENTS.map((count) => load(balancer.port, count, tally, () => over));
        for (let count = 0; count < REPLACEMENTS; count++) {
          const before = tally.requests;
          const next = await start();
          expect(await current.stop('SIGTERM')).toBe(0);
          // A balancer learns of an end by its probes alone.
          await Bun.sleep(2 * PROBE.periodMilliseconds);
          balancer.remove(current);
          expect(current.output()).not.toContain('"level":"warn"');
          expect(tally.requests - before).toBeGreaterThan(CLIENTS.length);
          current = next;
        }
        over = true;
        const users = await Promise.all(clients);
        expect(tally.failures).toEqual([]);
        for (const { username, dateOfBirth, connections } of users) {
          const response = await fetch(`${current.baseUrl}/hello/${username}`);
          expect(isGreeting(await response.text(), username, dateOfBirth)).toBe(true);
          expect(connections).toBeGreaterThan(REPLACEMENTS);
        }
        console.log(
          `${tally.requests} requests, ${tally.puts} writes, ${REPLACEMENTS} replacements`,
        );
      },
      60_000 + REPLACEMENTS * 20_000,
    );
  });
