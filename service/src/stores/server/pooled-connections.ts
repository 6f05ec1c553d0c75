import type { Connection } from './connection.ts';

export interface PooledConnection {
  readonly connection: Connection;
  readonly openedAt: number;
  /** The call of {@link Pool.replace} that came before it. */
  readonly generation: number;
  /** Its statement under way was given up. */
  givenUp: boolean;
  /** Closed once it is idle. */
  retired: boolean;
}

/** The open connections of a pool, and which of them are idle. */
export class PooledConnections {
  readonly #all = new Set<PooledConnection>();
  readonly #idle: PooledConnection[] = [];

  /** @param onEmpty called when the last connection is gone */
  constructor(private readonly onEmpty: () => void) {}

  get size(): number {
    return this.#all.size;
  }

  get idle(): number {
    return this.#idle.length;
  }

  /** Resolves when every connection that is open now is closed. */
  async closed(): Promise<void> {
    await Promise.all([...this.#all].map(({ connection }) => connection.closed));
  }

  /** Adds a new connection, which is idle. */
  add(connection: Connection, generation: number): void {
    const openedAt = performance.now();
    const pooled = { connection, openedAt, generation, givenUp: false, retired: false };
    this.#all.add(pooled);
    void connection.closed.then(() => this.#forget(pooled));
    this.release(pooled);
  }

  /** An idle connection, which is no longer idle then. */
  take(): PooledConnection | undefined {
    return this.#idle.pop();
  }

  /** Makes a connection idle, or closes it when it isn't wanted any more. */
  release(pooled: PooledConnection): void {
    if (pooled.givenUp) this.discard(pooled);
    else if (pooled.retired) void pooled.connection.close();
    else if (this.#all.has(pooled)) this.#idle.push(pooled);
  }

  discard(pooled: PooledConnection): void {
    pooled.connection.destroy();
    this.#forget(pooled);
  }

  /** Closes the connections that `isOld` selects, as soon as they are idle; whether there were any. */
  retire(isOld: (pooled: PooledConnection) => boolean): boolean {
    const old = [...this.#all].filter(isOld);
    for (const pooled of old) {
      pooled.retired = true;
      if (this.#removeFromIdle(pooled)) void pooled.connection.close();
    }
    return old.length > 0;
  }

  #forget(pooled: PooledConnection): void {
    this.#removeFromIdle(pooled);
    if (this.#all.delete(pooled) && this.#all.size === 0) this.onEmpty();
  }

  #removeFromIdle(pooled: PooledConnection): boolean {
    const index = this.#idle.indexOf(pooled);
    if (index !== -1) this.#idle.splice(index, 1);
    return index !== -1;
  }
}
