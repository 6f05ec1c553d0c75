import type { Log } from './log.ts';
import { otelSettings } from './otel-settings.ts';
import type { TracedService, Tracing } from './tracing.ts';

/** Traces as the `OTEL_*` variables say; when they are off, undefined, and nothing of OpenTelemetry is loaded. */
export const openTracing = async (
  environment: Readonly<Record<string, string | undefined>>,
  service: TracedService,
  log: Log,
): Promise<Tracing | undefined> => {
  const settings = otelSettings(environment, log.warn);
  return settings && (await import('./otlp.ts')).otlpTracing(settings, service, log);
};
