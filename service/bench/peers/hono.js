/** Hono on Bun, with its own access log, request id and Prometheus metrics. */
import { prometheus } from '@hono/prometheus';
import { zValidator } from '@hono/zod-validator';
import { Hono } from 'hono';
import { logger } from 'hono/logger';
import { requestId } from 'hono/request-id';
import { z } from 'zod';
import { greet, save } from './greeting.js';

const params = zValidator('param', z.object({ username: z.string().regex(/^[A-Za-z]{1,64}$/) }));
const body = zValidator('json', z.object({ dateOfBirth: z.iso.date() }));
const { printMetrics, registerMetrics } = prometheus();

const app = new Hono()
  .use(requestId())
  .use(logger())
  .use(registerMetrics)
  .get('/metrics', printMetrics)
  .get('/hello/:username', params, (c) => {
    const greeting = greet(c.req.valid('param').username);
    return greeting ? c.json(greeting) : c.json({ detail: 'not found' }, 404);
  })
  .put('/hello/:username', params, body, (c) => {
    save(c.req.valid('param').username, c.req.valid('json').dateOfBirth);
    return c.body(null, 204);
  });

Bun.serve({ hostname: '127.0.0.1', port: Number(process.env.PORT), fetch: app.fetch });
