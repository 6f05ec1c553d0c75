/** How traces are made and sent, as the `OTEL_*` variables say that the packages of OpenTelemetry don't read themselves. */
export interface OtelSettings {
  readonly protocol: 'http/protobuf' | 'http/json';
  readonly sampler: 'always_on' | 'always_off' | 'traceidratio';
  /** Whether a caller's decision counts before the sampler's. */
  readonly parentBased: boolean;
  /** The share of traces that `traceidratio` takes. */
  readonly ratio: number;
  /** Of one request to the collector; `exportTimeoutMilliseconds` is that of a batch, with every try. */
  readonly timeoutMilliseconds: number;
  readonly scheduleDelayMilliseconds: number;
  readonly exportTimeoutMilliseconds: number;
  readonly maxQueueSize: number;
  readonly maxExportBatchSize: number;
}

/** The values that a variable may have. */
interface Range {
  /** What the values count. */
  readonly unit: string;
  readonly from: number;
  readonly to: number;
  /** Whether they are integers. */
  readonly whole: boolean;
}

/** `setTimeout` takes no more: a longer delay would be none. */
const MILLISECONDS: Range = { unit: 'milliseconds', from: 1, to: 2 ** 31 - 1, whole: true };

/** A span takes some kilobyte. */
const QUEUE_SIZE: Range = { unit: 'spans', from: 1, to: 1_000_000, whole: true };

const RATIO: Range = { unit: 'a ratio', from: 0, to: 1, whole: false };

type Environment = Readonly<Record<string, string | undefined>>;

const PREFIX = 'OTEL_EXPORTER_OTLP_';

/**
 * Reads the variables. What can't be used is reported and counts as unset, as the specification wants:
 * https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
 * @param warn is told the faults, never a value: some hold credentials
 * @returns undefined when traces are off: without an endpoint or OTEL_TRACES_EXPORTER=otlp, or when they are disabled
 */
export const otelSettings = (
  environment: Environment,
  warn: (fault: string) => void,
): OtelSettings | undefined => {
  if (environment.OTEL_SDK_DISABLED?.toLowerCase() === 'true') return undefined;
  const endpoints = ['TRACES_ENDPOINT', 'ENDPOINT'].map((name) => PREFIX + name);
  const wrong = endpoints.filter((name) => environment[name] && !isHttpUrl(environment[name]));
  for (const name of wrong) warn(`${name} is not an http or https URL: no traces are sent`);
  const exporter = environment.OTEL_TRACES_EXPORTER;
  if (exporter && !['otlp', 'none'].includes(exporter))
    warn('OTEL_TRACES_EXPORTER is neither otlp nor none: no traces are sent');
  const isNamed = endpoints.some((name) => environment[name]);
  if (wrong.length > 0 || !(exporter ? exporter === 'otlp' : isNamed)) return undefined;

  /** A number of a variable; one that is out of range counts as unset. */
  const number = (name: string, fallback: number, range: Range): number => {
    const text = environment[name]?.trim();
    if (!text) return fallback;
    const value = Number(text);
    if (value >= range.from && value <= range.to && (!range.whole || Number.isInteger(value)))
      return value;
    const expected = `${range.unit} from ${range.from} to ${range.to}${range.whole ? ', as an integer' : ''}`;
    warn(`${name} can not be used: set ${expected}; it counts as ${fallback}`);
    return fallback;
  };
  const sdkDisabled = environment.OTEL_SDK_DISABLED?.toLowerCase();
  if (sdkDisabled && sdkDisabled !== 'false')
    warn('OTEL_SDK_DISABLED is neither true nor false: it counts as false');
  for (const name of ['COMPRESSION', 'TRACES_COMPRESSION'].map((each) => PREFIX + each))
    if (environment[name] && !['gzip', 'none'].includes(environment[name]))
      warn(`${name} is neither gzip nor none: it counts as unset`);
  const timeoutMilliseconds = number(`${PREFIX}TIMEOUT`, 10_000, MILLISECONDS);
  const maxQueueSize = number('OTEL_BSP_MAX_QUEUE_SIZE', 2_048, QUEUE_SIZE);
  const batchSize = { ...QUEUE_SIZE, to: maxQueueSize };
  return {
    protocol: protocolOf(environment, warn),
    ...samplerOf(environment, warn),
    ratio: number('OTEL_TRACES_SAMPLER_ARG', 1, RATIO),
    timeoutMilliseconds: number(`${PREFIX}TRACES_TIMEOUT`, timeoutMilliseconds, MILLISECONDS),
    scheduleDelayMilliseconds: number('OTEL_BSP_SCHEDULE_DELAY', 5_000, MILLISECONDS),
    exportTimeoutMilliseconds: number('OTEL_BSP_EXPORT_TIMEOUT', 30_000, MILLISECONDS),
    maxQueueSize,
    maxExportBatchSize: number(
      'OTEL_BSP_MAX_EXPORT_BATCH_SIZE',
      Math.min(512, maxQueueSize),
      batchSize,
    ),
  };
};

const isHttpUrl = (text = ''): boolean => /^https?:$/.test(URL.parse(text)?.protocol ?? '');

const protocolOf = (
  environment: Environment,
  warn: (fault: string) => void,
): OtelSettings['protocol'] => {
  const name = environment[`${PREFIX}TRACES_PROTOCOL`]
    ? `${PREFIX}TRACES_PROTOCOL`
    : `${PREFIX}PROTOCOL`;
  const value = environment[name] || 'http/protobuf';
  if (value === 'http/protobuf' || value === 'http/json') return value;
  warn(`${name} is neither http/protobuf nor http/json: it counts as http/protobuf`);
  return 'http/protobuf';
};

const samplerOf = (
  environment: Environment,
  warn: (fault: string) => void,
): Pick<OtelSettings, 'sampler' | 'parentBased'> => {
  const name = environment.OTEL_TRACES_SAMPLER || 'parentbased_always_on';
  const [, parent, sampler] =
    /^(parentbased_)?(always_on|always_off|traceidratio)$/.exec(name) ?? [];
  if (sampler) return { sampler: sampler as OtelSettings['sampler'], parentBased: !!parent };
  warn('OTEL_TRACES_SAMPLER is not known: it counts as parentbased_always_on');
  return { sampler: 'always_on', parentBased: true };
};
