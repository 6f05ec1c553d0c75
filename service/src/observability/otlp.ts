import { AsyncLocalStorage } from 'node:async_hooks';
import {
  type Context,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  type TextMapGetter,
  TraceFlags,
  trace,
} from '@opentelemetry/api';
import { ExportResultCode, W3CTraceContextPropagator } from '@opentelemetry/core';
import {
  defaultResource,
  detectResources,
  resourceAttributesEnvDetector,
  resourceFromAttributes,
  serviceNameEnvDetector,
} from '@opentelemetry/resources';
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BatchSpanProcessor,
  ParentBasedSampler,
  type Sampler,
  type SpanExporter,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import type { Log } from './log.ts';
import type { OtelSettings } from './otel-settings.ts';
import type { TracedService, Tracing } from './tracing.ts';

const SHUTDOWN_MILLISECONDS = 2_000;

/** Names of the statements, by the operation of the store. */
const STATEMENTS = { find: 'SELECT', save: 'INSERT' } as const;

const headersGetter: TextMapGetter<Headers> = {
  get: (headers, name) => headers.get(name) ?? undefined,
  keys: (headers) => [...headers.keys()],
};

/**
 * Traces sent over OTLP/HTTP. Names and attributes follow the semantic conventions, without `url.path`, which holds the
 * username: https://opentelemetry.io/docs/specs/semconv/http/http-spans/ and .../database/database-spans/
 */
export const otlpTracing = async (
  settings: OtelSettings,
  service: TracedService,
  log: Log,
): Promise<Tracing> => {
  const provider = new TracerProvider({
    resource: resourceOf(service),
    sampler: samplerOf(settings),
    spanProcessors: [
      new BatchSpanProcessor({
        exporter: logged(await exporterFor(settings), log),
        scheduledDelayMillis: settings.scheduleDelayMilliseconds,
        exportTimeoutMillis: settings.exportTimeoutMilliseconds,
        maxQueueSize: settings.maxQueueSize,
        maxExportBatchSize: settings.maxExportBatchSize,
      }),
    ],
  });
  const tracer = provider.getTracer('hello', service.version);
  const propagator = new W3CTraceContextPropagator();
  const current = new AsyncLocalStorage<Context>();
  return {
    start: (method, route, headers) => {
      const span = tracer.startSpan(
        route ? `${method} ${route}` : method,
        { kind: SpanKind.SERVER, attributes: requestAttributes(method, route) },
        propagator.extract(ROOT_CONTEXT, headers, headersGetter),
      );
      const { traceId, spanId, traceFlags } = span.spanContext();
      const isSampled = (traceFlags & TraceFlags.SAMPLED) !== 0;
      return {
        traceId,
        response: `00-${traceId}-${spanId}-0${traceFlags & TraceFlags.SAMPLED}`,
        run: (step) => (isSampled ? current.run(trace.setSpan(ROOT_CONTEXT, span), step) : step()),
        end: (status) => endRequest(span, status),
      };
    },
    operation: async (name, step) => {
      const parent = current.getStore();
      if (!parent) return step();
      const attributes = operationAttributes(STATEMENTS[name], service.database);
      const span = tracer.startSpan(
        attributes['db.query.summary'],
        { kind: SpanKind.CLIENT, attributes },
        parent,
      );
      try {
        return await step();
      } catch (error) {
        fail(span, error instanceof Error ? error.name : typeof error);
        throw error;
      } finally {
        span.end();
      }
    },
    shutdown: () => {
      const { promise: late, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, SHUTDOWN_MILLISECONDS);
      const done = provider.shutdown().catch(() => {});
      return Promise.race([done, late]).finally(() => clearTimeout(timer));
    },
  };
};

const requestAttributes = (method: string, route: string | undefined) => ({
  'http.request.method': method === 'other' ? '_OTHER' : method,
  'http.route': route,
  'url.scheme': 'http',
});

const operationAttributes = (statement: string, database: string) => ({
  'db.system.name': database,
  'db.operation.name': statement,
  'db.collection.name': 'birthday',
  'db.query.summary': `${statement} birthday`,
});

const endRequest = (span: Span, status: number): void => {
  span.setAttribute('http.response.status_code', status);
  if (status >= 500) fail(span, String(status));
  span.end();
};

const fail = (span: Span, type: string): void => {
  span.setAttribute('error.type', type);
  span.setStatus({ code: SpanStatusCode.ERROR });
};

/** OTEL_RESOURCE_ATTRIBUTES and OTEL_SERVICE_NAME count before what the program knows. */
const resourceOf = ({ version }: TracedService) =>
  defaultResource()
    .merge(
      resourceFromAttributes({
        'service.name': 'hello',
        'service.version': version,
        'service.instance.id': crypto.randomUUID(),
      }),
    )
    .merge(detectResources({ detectors: [resourceAttributesEnvDetector, serviceNameEnvDetector] }));

const samplerOf = ({ sampler, parentBased, ratio }: OtelSettings): Sampler => {
  const samplers = {
    always_on: () => new AlwaysOnSampler(),
    always_off: () => new AlwaysOffSampler(),
    traceidratio: () => new TraceIdRatioBasedSampler(ratio),
  };
  const root = samplers[sampler]();
  return parentBased ? new ParentBasedSampler({ root }) : root;
};

/** It reads endpoint, headers, time limit, compression and certificates from `OTEL_EXPORTER_OTLP_*` itself. */
const exporterFor = async ({ protocol }: OtelSettings): Promise<SpanExporter> => {
  const { OTLPTraceExporter } =
    protocol === 'http/json'
      ? await import('@opentelemetry/exporter-trace-otlp-http')
      : await import('@opentelemetry/exporter-trace-otlp-proto');
  return new OTLPTraceExporter();
};

/** Logs once when traces can't be sent, and once when they can again. */
const logged = (exporter: SpanExporter, log: Log): SpanExporter => {
  let isFailing = false;
  return {
    export: (spans, done) =>
      exporter.export(spans, (result) => {
        const fails = result.code !== ExportResultCode.SUCCESS;
        if (fails && !isFailing)
          log.warn({ reason: reasonOf(result.error) }, 'traces can not be sent');
        if (!fails && isFailing) log.info('traces are sent again');
        isFailing = fails;
        done(result);
      }),
    forceFlush: async () => exporter.forceFlush?.(),
    shutdown: () => exporter.shutdown(),
  };
};

/** Such as `ECONNREFUSED` or `401`; messages may quote what the collector answered. */
const reasonOf = (error: (Error & { code?: unknown }) | undefined): string =>
  String(error?.code ?? error?.name);
