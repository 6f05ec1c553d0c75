import type { Version } from '../version.ts';

/** The trace of one request. */
export interface RequestTrace {
  readonly traceId: string;
  /** The `traceresponse` header of the answer: https://w3c.github.io/trace-context/#traceresponse-header */
  readonly response: string;
  /** Operations of the store in `step`, and in what it awaits, belong to the request. */
  run<T>(step: () => T): T;
  end(status: number): void;
}

/** Traces of requests and of what the store does for them. */
export interface Tracing {
  start(method: string, route: string | undefined, headers: Headers): RequestTrace;
  /** Runs an operation of the store, in a span when its request is traced. */
  operation<T>(name: 'find' | 'save', step: () => Promise<T>): Promise<T>;
  /** Sends what is left; resolves after two seconds at the latest. */
  shutdown(): Promise<void>;
}

/** What traces tell about the process. */
export interface TracedService extends Version {
  /** Such as `postgresql`. */
  readonly database: string;
}
