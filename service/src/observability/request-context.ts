/** What the log tells of a request beside its own fields. */
export interface RequestContext {
  readonly requestId: string;
  /** Undefined unless the request is traced. */
  readonly traceId?: string;
}

/** A property of the request, since a WeakMap takes four times as long. */
const CONTEXT = Symbol('request context');

export const setRequestContext = (request: Request, context: RequestContext): void => {
  (request as { [CONTEXT]?: RequestContext })[CONTEXT] = context;
};

/** Undefined for a request that nobody observes, such as one of the management port. */
export const requestContextOf = (request: Request): RequestContext | undefined =>
  (request as { [CONTEXT]?: RequestContext })[CONTEXT];
