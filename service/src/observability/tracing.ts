/** The trace of one request. */
export interface RequestTrace {
  readonly traceId: string;
  /** The `traceresponse` header of the answer: https://w3c.github.io/trace-context/#traceresponse-header */
  readonly response: string;
  /** Spans that begin in `step`, and in what it awaits, are children of the request's. */
  run<T>(step: () => T): T;
  end(status: number): void;
}

/** Traces of requests and of what the store does for them. */
export interface Tracing {
  start(method: string, route: string, headers: Headers): RequestTrace;
  /** Runs an operation of the store in a span, when its request is traced. */
  operation<T>(name: 'find' | 'save', step: () => Promise<T>): Promise<T>;
  /** Sends what is left, for a bounded time. */
  shutdown(): Promise<void>;
}
