import { Elysia } from 'elysia';
import type { Metrics } from '../observability/metrics.ts';
import { CONTENT_TYPES } from '../observability/prometheus.ts';

/** `/metrics`, as Prometheus scrapes it: in its text format, or in OpenMetrics when asked. */
export const metricsRoutes = (metrics: Metrics) =>
  new Elysia({ name: 'metrics' }).get('/metrics', ({ request }) => {
    const accept = request.headers.get('accept') ?? '';
    const format = accept.includes('application/openmetrics-text') ? 'openMetrics' : 'text';
    return new Response(metrics.expose(format), {
      headers: { 'content-type': CONTENT_TYPES[format], 'cache-control': 'no-store' },
    });
  });
