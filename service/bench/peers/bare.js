/** Bare `Bun.serve` and a `Map`: no framework, no validation, no log, no metrics. */
import { greet, save } from './greeting.js';

const headers = { 'content-type': 'application/json', 'cache-control': 'no-store' };

Bun.serve({
  hostname: '127.0.0.1',
  port: Number(process.env.PORT),
  fetch: async (request) => {
    const username = request.url.slice(request.url.lastIndexOf('/') + 1);
    if (request.method === 'PUT') {
      save(username, (await request.json()).dateOfBirth);
      return new Response(null, { status: 204 });
    }
    const greeting = greet(username);
    if (!greeting) return new Response(null, { status: 404 });
    return new Response(JSON.stringify(greeting), { headers });
  },
});
