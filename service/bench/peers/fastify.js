/** Fastify on Node.js, with its own log (pino), request id and fastify-metrics. */
import { randomUUID } from 'node:crypto';
import Fastify from 'fastify';
import metrics from 'fastify-metrics';
import { greet, save } from './greeting.js';

const params = {
  type: 'object',
  properties: { username: { type: 'string', pattern: '^[A-Za-z]+$', maxLength: 64 } },
  required: ['username'],
};
const body = {
  type: 'object',
  properties: { dateOfBirth: { type: 'string', format: 'date' } },
  required: ['dateOfBirth'],
};
const greeting = { type: 'object', properties: { message: { type: 'string' } } };

const app = Fastify({ logger: true, genReqId: () => randomUUID() });
app.addHook('onRequest', async ({ id }, reply) => void reply.header('x-request-id', id));
await app.register(metrics, { endpoint: '/metrics' });
app.get(
  '/hello/:username',
  { schema: { params, response: { 200: greeting } } },
  async ({ params }, reply) => greet(params.username) ?? reply.code(404).send({ detail: '' }),
);
app.put('/hello/:username', { schema: { params, body } }, async ({ params, body }, reply) => {
  save(params.username, body.dateOfBirth);
  return reply.code(204).send();
});
await app.listen({ host: '127.0.0.1', port: Number(process.env.PORT) });
