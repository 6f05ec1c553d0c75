import { Elysia } from 'elysia';
import { noContent, unprocessable } from '../http/answers.ts';
import { readJson } from '../http/body.ts';
import { allowOnly } from '../http/methods.ts';
import { type Fault, faultsOf, Problem } from '../http/problem.ts';
import { Alive, DateOfBirth, Greeting, UsernameParams } from './model.ts';
import { greet, isInFuture, saveDateOfBirth } from './service.ts';
import type { Store } from './store.ts';

export interface GreetingDependencies {
  readonly store: Store;
  /** Today's calendar date, `YYYY-MM-DD`. */
  readonly today: () => string;
}

/** The greeting API: `/` and `/hello/{username}`. */
export const greetingRoutes = ({ store, today }: GreetingDependencies) =>
  new Elysia({ name: 'greeting', normalize: false })
    .get('/', () => ({ message: "I'm alive!" as const }), { response: { 200: Alive } })
    .use(allowOnly('/', ['GET']))
    .get(
      '/hello/:username',
      async ({ params: { username }, status }) =>
        (await greet(store, username, today())) ??
        status(404, { detail: `User ${username} not found` }),
      {
        params: UsernameParams,
        response: { 200: Greeting, 404: Problem },
        error: ({ code, error, request }) =>
          code === 'VALIDATION' && error.type === 'params'
            ? unprocessable(pathFaults(request))
            : undefined,
      },
    )
    .put(
      '/hello/:username',
      async ({ params: { username }, body }) =>
        (await saveDateOfBirth(store, username, body.dateOfBirth, today()))
          ? noContent()
          : unprocessable([futureFault(body)]),
      {
        parse: ({ request }) => readJson(request),
        params: UsernameParams,
        body: DateOfBirth,
        error: ({ code, request, body }) =>
          code === 'VALIDATION'
            ? unprocessable([...pathFaults(request), ...bodyFaults(body, today())])
            : undefined,
      },
    )
    .use(allowOnly('/hello/:username', ['GET', 'PUT']));

/** Elysia stops at the first part of a request that fails; a client is told all faults. */
const pathFaults = (request: Request): Fault[] => {
  const segment = /\/([^/?]+)\/?(?:\?.*)?$/.exec(request.url)?.[1] ?? '';
  return faultsOf('path', UsernameParams, { username: decode(segment) });
};

/** What is no percent-encoded UTF-8 stays as it was sent; it breaks the pattern of usernames. */
const decode = (segment: string): string => {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
};

const bodyFaults = (body: unknown, today: string): Fault[] => {
  const faults = faultsOf('body', DateOfBirth, body);
  if (faults.length > 0) return faults;
  const valid = body as DateOfBirth;
  return isInFuture(valid.dateOfBirth, today) ? [futureFault(valid)] : [];
};

const futureFault = ({ dateOfBirth }: DateOfBirth): Fault => ({
  type: 'value_error',
  loc: ['body', 'dateOfBirth'],
  msg: 'Value error, Date of birth cannot be in the future',
  input: dateOfBirth,
});
