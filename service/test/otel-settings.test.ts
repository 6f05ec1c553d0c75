import { expect, test } from 'bun:test';
import { otelSettings } from '../src/observability/otel-settings.ts';

const ENDPOINT = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' };

const read = (environment: Record<string, string>) => {
  const faults: string[] = [];
  return { settings: otelSettings(environment, (fault) => faults.push(fault)), faults };
};

test('an endpoint alone turns traces on, with the defaults of the specification', () => {
  const defaults = {
    protocol: 'http/protobuf',
    sampler: 'always_on',
    parentBased: true,
    ratio: 1,
    timeoutMilliseconds: 10_000,
    scheduleDelayMilliseconds: 5_000,
    exportTimeoutMilliseconds: 30_000,
    maxQueueSize: 2_048,
    maxExportBatchSize: 512,
  } as const;
  expect(read(ENDPOINT)).toEqual({ settings: defaults, faults: [] });
  expect(read({ OTEL_TRACES_EXPORTER: 'otlp' })).toEqual({ settings: defaults, faults: [] });
  expect(read({ ...ENDPOINT, OTEL_TRACES_SAMPLER: '', OTEL_BSP_SCHEDULE_DELAY: '' })).toEqual({
    settings: defaults,
    faults: [],
  });
});

test('every variable counts', () => {
  const { settings, faults } = read({
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'https://collector/v1/traces',
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf',
    OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'http/json',
    OTEL_TRACES_SAMPLER: 'traceidratio',
    OTEL_TRACES_SAMPLER_ARG: '0.25',
    OTEL_EXPORTER_OTLP_TIMEOUT: '5',
    OTEL_EXPORTER_OTLP_TRACES_TIMEOUT: '6',
    OTEL_BSP_SCHEDULE_DELAY: '1',
    OTEL_BSP_EXPORT_TIMEOUT: '2',
    OTEL_BSP_MAX_QUEUE_SIZE: '4',
    OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '3',
  });
  expect(faults).toEqual([]);
  expect(settings).toEqual({
    protocol: 'http/json',
    sampler: 'traceidratio',
    parentBased: false,
    ratio: 0.25,
    timeoutMilliseconds: 6,
    scheduleDelayMilliseconds: 1,
    exportTimeoutMilliseconds: 2,
    maxQueueSize: 4,
    maxExportBatchSize: 3,
  });
});

for (const [variables, fault] of [
  [{ OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }, 'OTEL_EXPORTER_OTLP_PROTOCOL is neither'],
  [{ OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'x' }, 'OTEL_EXPORTER_OTLP_TRACES_PROTOCOL is neither'],
  [{ OTEL_TRACES_SAMPLER: 'xray' }, 'OTEL_TRACES_SAMPLER is not known'],
  [
    { OTEL_TRACES_SAMPLER_ARG: '1.5' },
    'OTEL_TRACES_SAMPLER_ARG can not be used: set a ratio from 0 to 1; it counts as 1',
  ],
  [
    { OTEL_TRACES_SAMPLER_ARG: 'half' },
    'OTEL_TRACES_SAMPLER_ARG can not be used: set a ratio from 0 to 1; it counts as 1',
  ],
  [
    { OTEL_BSP_SCHEDULE_DELAY: '-1' },
    'OTEL_BSP_SCHEDULE_DELAY can not be used: set milliseconds from 1 to 2147483647, as an integer; it counts as 5000',
  ],
  [
    { OTEL_EXPORTER_OTLP_TIMEOUT: '1s' },
    'OTEL_EXPORTER_OTLP_TIMEOUT can not be used: set milliseconds from 1 to',
  ],
  [
    { OTEL_EXPORTER_OTLP_TIMEOUT: '0.5' },
    'OTEL_EXPORTER_OTLP_TIMEOUT can not be used: set milliseconds from 1 to',
  ],
  // setTimeout takes no more, and a longer one would be over at once.
  [
    { OTEL_BSP_SCHEDULE_DELAY: '2147483648' },
    'OTEL_BSP_SCHEDULE_DELAY can not be used: set milliseconds from 1',
  ],
  [
    { OTEL_BSP_EXPORT_TIMEOUT: '2147483648' },
    'OTEL_BSP_EXPORT_TIMEOUT can not be used: set milliseconds from 1',
  ],
  [
    { OTEL_BSP_EXPORT_TIMEOUT: '0' },
    'OTEL_BSP_EXPORT_TIMEOUT can not be used: set milliseconds from 1',
  ],
  [
    { OTEL_BSP_MAX_QUEUE_SIZE: '1e9' },
    'OTEL_BSP_MAX_QUEUE_SIZE can not be used: set spans from 1 to 1000000',
  ],
  [
    { OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '1.5' },
    'OTEL_BSP_MAX_EXPORT_BATCH_SIZE can not be used: set spans from 1 to 2048, as an integer; it counts as 512',
  ],
  [
    { OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '2049' },
    'OTEL_BSP_MAX_EXPORT_BATCH_SIZE can not be used: set spans from 1 to 2048',
  ],
  [{ OTEL_EXPORTER_OTLP_COMPRESSION: 'br' }, 'OTEL_EXPORTER_OTLP_COMPRESSION is neither'],
  [{ OTEL_SDK_DISABLED: 'yes' }, 'OTEL_SDK_DISABLED is neither true nor false'],
] as const)
  test(`${Object.entries(variables).join().replace(',', '=')} is told and counts as unset`, () => {
    const { settings, faults } = read({ ...ENDPOINT, ...variables });
    expect(settings).toEqual(read(ENDPOINT).settings);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toStartWith(fault);
  });

for (const [name, variables] of Object.entries({
  OTEL_EXPORTER_OTLP_ENDPOINT: { OTEL_EXPORTER_OTLP_ENDPOINT: 'user:secret@collector' },
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: {
    ...ENDPOINT,
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'ftp://user:secret@collector',
  },
  OTEL_TRACES_EXPORTER: { ...ENDPOINT, OTEL_TRACES_EXPORTER: 'zipkin' },
}))
  test(`${name} that can't be used is told, without its value, and no traces are sent`, () => {
    const { settings, faults } = read(variables);
    expect(settings).toBeUndefined();
    expect(faults).toHaveLength(1);
    expect(faults[0]).toStartWith(name);
    expect(faults[0]).not.toContain('secret');
  });

test('a batch is no larger than the queue', () => {
  const sizes = (variables: Record<string, string>) => {
    const { settings, faults } = read({
      ...ENDPOINT,
      OTEL_BSP_MAX_QUEUE_SIZE: '100',
      ...variables,
    });
    return [settings?.maxQueueSize, settings?.maxExportBatchSize, faults.length];
  };
  expect(sizes({})).toEqual([100, 100, 0]);
  expect(sizes({ OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '100' })).toEqual([100, 100, 0]);
  expect(sizes({ OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '101' })).toEqual([100, 100, 1]);
});
