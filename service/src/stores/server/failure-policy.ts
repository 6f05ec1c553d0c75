import type { Log } from '../../observability/log.ts';
import { DatabaseError, type DatabaseErrorKind } from './connection.ts';

const LOG_AGAIN_MILLISECONDS = 60_000;

export const kindOf = (error: unknown): DatabaseErrorKind =>
  error instanceof DatabaseError ? error.kind : 'other';

export const reasonOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);

/** Whether a statement can be sent once more: it changed nothing, or changes the same when it is executed twice. */
export const isWorthRetrying = (kind: DatabaseErrorKind): boolean =>
  isOfConnection(kind) ||
  ['unreachable', 'late', 'time-out', 'conflict', 'read-only'].includes(kind);

/**
 * Whether connections that were just opened may succeed where older ones fail: those have an old reading of the server's
 * clock, lead to a server that was replaced, hold statements that it has forgotten, or the error concerns all of them.
 */
export const concernsOldConnections = (kind: DatabaseErrorKind): boolean =>
  isOfConnection(kind) || ['read-only', 'missing table', 'denied'].includes(kind);

/** Whether the error is the connection's own: a later one has another reading of the clock, and statements of its own. */
export const isOfConnection = (kind: DatabaseErrorKind): boolean =>
  kind === 'stale clock' || kind === 'stale statement';

/** Whether rows that others lock may be the reason, so that a statement for other rows would succeed. */
export const isOfData = (kind: DatabaseErrorKind): boolean =>
  kind === 'time-out' || kind === 'conflict';

/** What an operator has to do, where waiting for the server or the network doesn't help. */
export const REMEDIES: Partial<Record<DatabaseErrorKind, string>> = {
  'missing table': 'run hello migrate, or set MIGRATE=true',
  denied: 'grant select, insert and update on the table birthday to the user',
};

/** Logs statements that failed, each kind of error once a minute: an error may concern every request, or a single one. */
export class StatementFailureLog {
  /** When each kind was logged last. */
  readonly #loggedAt = new Map<DatabaseErrorKind, number>();

  constructor(private readonly log: Log) {}

  add(error: unknown): void {
    const now = performance.now();
    const kind = kindOf(error);
    if (now - (this.#loggedAt.get(kind) ?? Number.NEGATIVE_INFINITY) < LOG_AGAIN_MILLISECONDS)
      return;
    this.#loggedAt.set(kind, now);
    this.log.warn({ kind, reason: reasonOf(error) }, 'the database did not execute a statement');
  }
}
