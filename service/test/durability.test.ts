import { expect, test } from 'bun:test';
import { cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { createRandom, seed } from './random.ts';
import { addDays, expectedGreeting, onOneDay } from './support/client.ts';
import {
  databaseUrlIn,
  type RunningServer,
  startServer,
  temporaryFolder,
} from './support/server.ts';
import { until } from './support/until.ts';

const ROUNDS = Number(process.env.KILL_ROUNDS || 10);
const CLIENTS = 8;
const USERS_OF_A_CLIENT = 25;

/** What is known of a user: every PUT attempts the day after the one before, so later dates are later writes. */
interface User {
  readonly name: string;
  attempted: string;
  /** The last date that was answered with 204, or found in the file after a crash. */
  acknowledged?: string;
}

const letters = (number: number): string =>
  [...String(number)].map((digit) => 'abcdefghij'[Number(digit)]).join('');

/** One PUT after the other until the process is dead. */
const putUntilDead = async (
  { baseUrl }: RunningServer,
  users: User[],
  random: () => number,
  onAcknowledged: () => void,
) => {
  for (;;) {
    const user = users[Math.floor(random() * users.length)] as User;
    const dateOfBirth = addDays(user.attempted, 1);
    user.attempted = dateOfBirth;
    const answer = await fetch(`${baseUrl}/hello/${user.name}`, {
      method: 'PUT',
      body: JSON.stringify({ dateOfBirth }),
      headers: { 'content-type': 'application/json' },
      signal: AbortSignal.timeout(10_000),
    }).catch((error: Error) => error);
    if (answer instanceof Error) {
      expect(answer.name).not.toBe('TimeoutError');
      return;
    }
    expect(answer.status).toBe(204);
    user.acknowledged = dateOfBirth;
    onAcknowledged();
  }
};

/** The rows of a copy of the files, so that the service has to recover the original by itself. */
const rowsIn = (folder: string): Map<string, string> => {
  const copy = join(folder, 'copy');
  mkdirSync(copy, { recursive: true });
  for (const suffix of ['', '-wal', '-shm'])
    cpSync(join(folder, `hello.db${suffix}`), join(copy, `hello.db${suffix}`));
  const database = new DatabaseSync(join(copy, 'hello.db'));
  const rows = database.prepare('select username, date_of_birth from birthday').all();
  expect(database.prepare('pragma integrity_check').get()).toMatchObject({ integrity_check: 'ok' });
  database.close();
  return new Map(rows.map((row) => [String(row.username), String(row.date_of_birth)]));
};

/** The users of whom something acknowledged is missing, or who have what was never written. */
const losses = (users: readonly User[], rows: ReadonlyMap<string, string>) =>
  users.flatMap((user) => {
    const found = rows.get(user.name);
    const isRight =
      found === undefined
        ? user.acknowledged === undefined
        : found >= (user.acknowledged ?? found) && found <= user.attempted;
    return isRight ? [] : [{ ...user, found }];
  });

const expectGreetings = async ({ baseUrl }: RunningServer, users: readonly User[]) =>
  onOneDay(async (today) => {
    for (const { name, acknowledged } of users) {
      const response = await fetch(`${baseUrl}/hello/${name}`);
      expect({ name, status: response.status }).toEqual({ name, status: acknowledged ? 200 : 404 });
      if (acknowledged)
        expect(await response.json()).toEqual(expectedGreeting(name, acknowledged, today));
    }
  });

test(
  `${ROUNDS} times kill -9 during concurrent PUTs: no acknowledged write is missing`,
  async () => {
    const folder = temporaryFolder();
    const randoms = Array.from({ length: CLIENTS + 1 }, (_, stream) => createRandom(stream));
    const [pause = Math.random, ...random] = randoms;
    const usersOf = Array.from({ length: CLIENTS }, (_, client) =>
      Array.from(
        { length: USERS_OF_A_CLIENT },
        (_, index): User => ({
          name: `U${letters(client)}x${letters(index)}`,
          attempted: '1000-01-01',
        }),
      ),
    );
    const users = usersOf.flat();
    const options = {
      runtime: 'bun',
      databaseUrl: databaseUrlIn(folder.path, { store: 'sqlite' }),
    } as const;
    let acknowledged = 0;
    let server = await startServer(options);
    try {
      for (let round = 1; round <= ROUNDS; round++) {
        const before = acknowledged;
        const clients = usersOf.map((own, client) =>
          putUntilDead(server, own, random[client] as () => number, () => acknowledged++),
        );
        await until(() => acknowledged > before);
        await Bun.sleep(75 * pause());
        expect(await server.stop('SIGKILL')).toBe(137);
        await Promise.all(clients);
        const rows = rowsIn(folder.path);
        expect({ seed, round, losses: losses(users, rows) }).toEqual({ seed, round, losses: [] });
        for (const user of users) user.acknowledged = rows.get(user.name);
        server = await startServer(options);
        await expectGreetings(server, usersOf[round % CLIENTS] as User[]);
      }
    } finally {
      await server.stop();
      folder.remove();
    }
    console.log(`durability: ${acknowledged} acknowledged writes in ${ROUNDS} rounds`);
  },
  20_000 + ROUNDS * 3_000,
);
