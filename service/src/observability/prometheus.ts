/** A metric as Prometheus knows it: every sample of a name. */
export interface Family {
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  /** One sentence, no line feed. */
  readonly help: string;
  readonly samples: Iterable<Sample>;
}

/** The labels of a sample and its value. */
export type Sample = readonly [labels: Readonly<Record<string, string>>, value: number | Histogram];

/** Counts values by size. */
export class Histogram {
  readonly #counts: number[];
  #sum = 0;

  /** @param bounds upper bounds of the buckets, ascending; a last one has no bound */
  constructor(readonly bounds: readonly number[]) {
    this.#counts = Array(bounds.length + 1).fill(0);
  }

  observe(value: number): void {
    const { bounds } = this;
    let bucket = 0;
    while (bucket < bounds.length && value > (bounds[bucket] as number)) bucket++;
    (this.#counts[bucket] as number)++;
    this.#sum += value;
  }

  get sum(): number {
    return this.#sum;
  }

  /** How many values were at most as large as each bound; all of them last. */
  cumulative(): number[] {
    let total = 0;
    return this.#counts.map((count) => (total += count));
  }
}

/** The formats of an exposition. */
export const CONTENT_TYPES = {
  text: 'text/plain; version=0.0.4; charset=utf-8',
  openMetrics: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
} as const;

export type Format = keyof typeof CONTENT_TYPES;

/**
 * What a scrape reads.
 * Formats: https://prometheus.io/docs/instrumenting/exposition_formats/ and https://prometheus.io/docs/specs/om/open_metrics_spec/
 */
export const expose = (families: Iterable<Family>, format: Format): string => {
  let text = '';
  for (const family of families) {
    // OpenMetrics names a counter without the suffix of its samples.
    const name = format === 'openMetrics' ? family.name.replace(/_total$/, '') : family.name;
    text += `# HELP ${name} ${family.help}\n# TYPE ${name} ${family.type}\n`;
    for (const [labels, value] of family.samples)
      text +=
        typeof value === 'number'
          ? line(family.name, labels, value)
          : histogramLines(family.name, labels, value);
  }
  return format === 'openMetrics' ? `${text}# EOF\n` : text;
};

const histogramLines = (name: string, labels: Sample[0], histogram: Histogram): string => {
  const counts = histogram.cumulative();
  const bounds = [...histogram.bounds.map(canonical), '+Inf'];
  return [
    ...counts.map((count, index) =>
      line(`${name}_bucket`, { ...labels, le: bounds[index] ?? '' }, count),
    ),
    line(`${name}_sum`, labels, histogram.sum),
    line(`${name}_count`, labels, counts.at(-1) ?? 0),
  ].join('');
};

/** OpenMetrics wants whole bounds with a fraction, since the text of `le` is what identifies a bucket. */
const canonical = (bound: number): string =>
  Number.isInteger(bound) ? bound.toFixed(1) : String(bound);

const line = (name: string, labels: Sample[0], value: number): string => {
  const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escaped(text)}"`);
  return `${name}${pairs.length > 0 ? `{${pairs.join(',')}}` : ''} ${value}\n`;
};

const escaped = (text: string): string =>
  text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
