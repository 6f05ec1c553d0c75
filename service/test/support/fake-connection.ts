import { type Connection, DatabaseError } from '../../src/stores/server/connection.ts';

/** A statement that a fake server was sent; the test answers it. */
export interface Statement {
  readonly connection: FakeConnection;
  /** What is asked for, sorted. */
  readonly find?: readonly string[];
  /** What is saved. */
  readonly save?: Readonly<Record<string, string>>;
  succeed(): Promise<void>;
  fail(error: DatabaseError): Promise<void>;
}

export interface FakeConnection extends Connection {
  readonly id: number;
  /** What happened to it. */
  readonly events: string[];
  /** The server ends it. */
  cut(): Promise<void>;
}

/** Connections to a server that exists only in the test. */
export class FakeServer {
  /** Those without an answer, the oldest first. */
  readonly statements: Statement[] = [];
  readonly connections: FakeConnection[] = [];
  readonly stored = new Map<string, string>();
  /** How often it was connected to, successfully or not. */
  attempts = 0;
  /** What connecting ends in instead. */
  refusal: DatabaseError | undefined;
  pings = 0;
  /** How many of the next attempts to connect end only when they are let go. */
  hanging = 0;
  letGo: (error?: DatabaseError) => void = () => {};

  connect = async (): Promise<Connection> => {
    this.attempts += 1;
    if (this.hanging-- > 0)
      await new Promise<void>((resolve, reject) => {
        this.letGo = (error) => (error ? reject(error) : resolve());
      });
    await settled();
    if (this.refusal) throw this.refusal;
    const connection = this.#newConnection();
    this.connections.push(connection);
    return connection;
  };

  /** The oldest statement without an answer, sent by the end of this turn of the event loop. */
  async take(): Promise<Statement> {
    await settled();
    const statement = this.statements.shift();
    if (!statement) throw new Error('no statement waits');
    return statement;
  }

  /** Answers what waits until nothing does. */
  async answerAll(): Promise<void> {
    for (await settled(); this.statements.length > 0; await settled())
      await this.statements.shift()?.succeed();
  }

  /** Finds that each keep a connection of their own busy. @param find of a pool of at least `count` */
  async occupy(count: number, find: (username: string) => Promise<unknown>) {
    const requests: Promise<unknown>[] = [];
    while (requests.length < count) {
      requests.push(find(`X${requests.length}`));
      while (this.statements.length < requests.length) await settled();
    }
    return requests;
  }

  get open(): readonly FakeConnection[] {
    return this.connections.filter(({ events }) => events.length === 0);
  }

  #newConnection(): FakeConnection {
    const closed = Promise.withResolvers<void>();
    const rejectPending = new Set<(error: DatabaseError) => void>();
    const events: string[] = [];
    const end = (event: string) => {
      if (events.includes(event)) return;
      events.push(event);
      closed.resolve();
      for (const reject of rejectPending) reject(UNREACHABLE);
    };
    const statement = <T>(
      content: Pick<Statement, 'find' | 'save'>,
      answer: () => T,
    ): Promise<T> => {
      const { promise, resolve, reject } = Promise.withResolvers<T>();
      rejectPending.add(reject);
      this.statements.push({
        connection,
        ...content,
        succeed: async () => {
          resolve(answer());
          await settled();
        },
        fail: async (error) => {
          reject(error);
          await settled();
        },
      });
      return promise;
    };
    const connection: FakeConnection = {
      id: this.connections.length,
      events,
      closed: closed.promise,
      longestSave: 500,
      find: (usernames) =>
        statement({ find: [...usernames].sort() }, () => {
          const known = usernames.filter((username) => this.stored.has(username));
          return new Map(known.map((username) => [username, this.stored.get(username) ?? '']));
        }),
      save: (datesOfBirth) =>
        statement({ save: Object.fromEntries(datesOfBirth) }, () => {
          for (const [username, date] of datesOfBirth) this.stored.set(username, date);
        }),
      ping: async () => {
        this.pings += 1;
      },
      query: async () => [],
      cancel: async () => void events.push('cancelled'),
      destroy: () => end('destroyed'),
      close: async () => end('closed'),
      cut: async () => {
        end('cut');
        await settled();
      },
    };
    return connection;
  }
}

export const UNREACHABLE = new DatabaseError('unreachable', 'ECONNRESET');

/** Resolves when everything that waits for no timer has happened. */
export const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
