import { Elysia } from 'elysia';
import { Alive, DateOfBirth, Greeting, UsernameParams } from './model.ts';
import { greet, saveDateOfBirth } from './service.ts';
import type { Store } from './store.ts';

export interface GreetingDependencies {
  readonly store: Store;
  /** Today's calendar date, `YYYY-MM-DD`; called once a request. */
  readonly today: () => string;
  /** Reads a request body as JSON. */
  readonly readBody: (request: Request) => Promise<unknown>;
}

/** The greeting API: `/` and `/hello/{username}`. Errors become answers in `http/errors.ts`. */
export const greetingRoutes = ({ store, today, readBody }: GreetingDependencies) =>
  new Elysia({ name: 'greeting', normalize: false })
    .get('/', () => ({ message: "I'm alive!" as const }), { response: { 200: Alive } })
    .get('/hello/:username', ({ params }) => greet(store, params.username, today()), {
      params: UsernameParams,
      response: { 200: Greeting },
    })
    .put(
      '/hello/:username',
      async ({ params, body, request }) => {
        await saveDateOfBirth(store, params.username, body.dateOfBirth, today(), request.signal);
        return new Response(null, { status: 204 });
      },
      { parse: ({ request }) => readBody(request), params: UsernameParams, body: DateOfBirth },
    );
