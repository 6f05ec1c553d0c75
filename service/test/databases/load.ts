import { newUsername } from '../support/client.ts';
import type { RunningServer } from '../support/server.ts';

/** How soon requests succeed after a fault, on a machine that is busy; usually within a second, which kill.test.ts holds. */
export const LATEST_RECOVERY_MILLISECONDS = 5_000;

/** PUT and GET by several users at once, each answer checked against what may be stored. */
export interface Load {
  /** What was wrong with an answer, a line each. */
  readonly faults: readonly string[];
  /** How many answers of each status there were. */
  readonly counts: ReadonlyMap<number, number>;
  /** The longest time that an answer took, in milliseconds. */
  slowest(): number;
  /** Resolves with the milliseconds until every user has had an answer other than 503 to a PUT and a GET sent from now on. */
  untilAllServed(): Promise<number>;
  /** Resolves with the milliseconds until a user has had one. */
  untilFirstServed(): Promise<number>;
  stop(): Promise<void>;
  /** Each user with the dates that may be stored: the one acknowledged last, and those tried since. */
  possible(): ReadonlyMap<string, ReadonlySet<string | undefined>>;
}

export interface LoadOptions {
  readonly users?: number;
  /** No answer may take longer. */
  readonly limit?: number;
  /** The service itself is killed: a request may fail. */
  readonly mayFail?: boolean;
}

const DAY = 86_400_000;
const PAUSE_WHILE_DOWN_MILLISECONDS = 10;

/** Never 29 February, whose birthday is not always on that day. */
const dateOf = (index: number): string =>
  new Date(Date.UTC(1990, 0, 1) + (index % 10_000) * DAY)
    .toISOString()
    .slice(0, 10)
    .replace('-02-29', '-02-28');

/** Month and day of the birthday that a greeting names, as it was counted on the days around now. */
const birthdaysOf = (message: string): string[] => {
  const days = /is in (\d+) day/.exec(message)?.[1] ?? '0';
  return [-1, 0, 1].map((offset) =>
    new Date(Date.now() + (Number(days) + offset) * DAY).toISOString().slice(5, 10),
  );
};

interface User {
  readonly username: string;
  possible: Set<string | undefined>;
  served: number;
}

/** Starts sending to `server()`, which may change, until `stop` is called. */
export const startLoad = (
  server: () => Pick<RunningServer, 'baseUrl'>,
  { users: count = 8, limit = 2_500, mayFail = false }: LoadOptions = {},
): Load => {
  const faults: string[] = [];
  const counts = new Map<number, number>();
  let slowest = 0;
  let running = true;

  const send = async (method: string, { username }: User, date?: string) => {
    const start = performance.now();
    const answer = await exchange(`${server().baseUrl}/hello/${username}`, method, date);
    const took = performance.now() - start;
    slowest = Math.max(slowest, took);
    counts.set(answer.status, (counts.get(answer.status) ?? 0) + 1);
    if (answer.status === 503 && !/^[1-9]\d*$/.test(answer.retryAfter))
      faults.push(`${method}: 503 without Retry-After`);
    if (mayFail) return answer;
    if (answer.status === 0) faults.push(`${method}: ${answer.text}`);
    if (took > limit) faults.push(`${method} took ${Math.round(took)} ms`);
    return answer;
  };

  const put = async (user: User, date: string): Promise<boolean> => {
    user.possible.add(date);
    const { status, text } = await send('PUT', user, date);
    if (status === 204) user.possible = new Set([date]);
    else if (status !== 503 && status !== 0) faults.push(`PUT: ${status} ${text}`);
    return status === 204;
  };

  const get = async (user: User): Promise<boolean> => {
    const { status, text } = await send('GET', user);
    if (status === 503 || status === 0) return false;
    const fault = faultOf(status, text, user);
    if (fault) faults.push(`GET: ${fault}`);
    return true;
  };

  /** After a PUT that failed, half of the users look at what is stored before they replace it. */
  const work = async (user: User, looksFirst: boolean) => {
    for (let index = Math.floor(Math.random() * 10_000); running; index += 37) {
      const start = performance.now();
      if ((await put(user, dateOf(index))) && (await get(user))) user.served = start;
      else await Bun.sleep(PAUSE_WHILE_DOWN_MILLISECONDS);
      while (looksFirst && running && user.served !== start && !(await get(user)))
        await Bun.sleep(PAUSE_WHILE_DOWN_MILLISECONDS);
    }
  };

  const users = Array.from({ length: count }, (): User => {
    return { username: newUsername(), possible: new Set([undefined]), served: 0 };
  });
  const workers = Promise.all(users.map((user, index) => work(user, index % 2 === 0)));
  const untilServed = async (enough: (servedOf: (user: User) => boolean) => boolean) => {
    const start = performance.now();
    while (!enough(({ served }) => served >= start)) {
      if (performance.now() - start > 20_000) throw new Error('not served within 20 s');
      await Bun.sleep(2);
    }
    return performance.now() - start;
  };
  return {
    faults,
    counts,
    slowest: () => slowest,
    untilAllServed: () => untilServed((isServed) => users.every(isServed)),
    untilFirstServed: () => untilServed((isServed) => users.some(isServed)),
    stop: async () => {
      running = false;
      await workers;
    },
    possible: () => new Map(users.map(({ username, possible }) => [username, possible])),
  };
};

/** An answer, or one of status 0 when there is none. */
const exchange = async (url: string, method: string, date?: string) => {
  try {
    const response = await fetch(url, {
      method,
      body: date && JSON.stringify({ dateOfBirth: date }),
      headers: date ? { 'content-type': 'application/json' } : {},
      signal: AbortSignal.timeout(15_000),
    });
    const { status, headers } = response;
    return { status, text: await response.text(), retryAfter: headers.get('retry-after') ?? '' };
  } catch (error) {
    return { status: 0, text: String(error), retryAfter: '' };
  }
};

const faultOf = (status: number, text: string, { possible }: User): string | undefined => {
  if (status === 404 && possible.has(undefined)) return undefined;
  if (status !== 200) return `${status} ${text}, stored may be ${[...possible]}`;
  const birthdays = birthdaysOf(text);
  const isOneOf = [...possible].some((date) => birthdays.includes(date?.slice(5) ?? ''));
  return isOneOf ? undefined : `${text}, stored may be ${[...possible]}`;
};
