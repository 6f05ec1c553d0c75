/** Elysia with the two routes and their schemas, and nothing else. */
import { Elysia, t } from 'elysia';
import { greet, save } from './greeting.js';

const params = t.Object({ username: t.String({ pattern: '^[A-Za-z]+$', maxLength: 64 }) });

new Elysia()
  .get('/hello/:username', ({ params, status }) => greet(params.username) ?? status(404), {
    params,
    response: { 200: t.Object({ message: t.String() }), 404: t.String() },
  })
  .put(
    '/hello/:username',
    ({ params, body }) => {
      save(params.username, body.dateOfBirth);
      return new Response(null, { status: 204 });
    },
    { params, body: t.Object({ dateOfBirth: t.String({ format: 'date' }) }) },
  )
  .listen({ hostname: '127.0.0.1', port: Number(process.env.PORT) });
