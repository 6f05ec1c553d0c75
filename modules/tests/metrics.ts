import { join } from 'node:path';
import { YAML } from 'bun';

/** A metric as an alarm or a dashboard names it. */
export interface Metric {
  readonly region: string;
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
}

interface Row {
  readonly namespace: string;
  readonly emitter: string;
  readonly region?: string;
  readonly metrics: readonly string[];
  readonly dimensions: readonly (readonly string[])[];
  readonly values?: Readonly<Record<string, string>>;
  readonly unproven?: string;
}

const rows = YAML.parse(await Bun.file(join(import.meta.dir, 'metrics.yaml')).text()) as Row[];

const rowOf = ({ region, namespace, name, dimensions }: Metric): Row | undefined =>
  rows.find(
    (row) =>
      row.namespace === namespace &&
      row.metrics.includes(name) &&
      (row.region ?? region) === region &&
      row.dimensions.some((names) =>
        Bun.deepEquals([...names].sort(), Object.keys(dimensions).sort()),
      ) &&
      Object.entries(row.values ?? {}).every(([key, value]) => dimensions[key] === value),
  );

/** Who emits a metric in a region by these dimensions, by the table; undefined when nobody does. */
export const emitterOf = (metric: Metric): string | undefined => rowOf(metric)?.emitter;

/** Whether AWS leaves open that the metric is emitted where it is needed. */
export const isUnproven = (metric: Metric): boolean => rowOf(metric)?.unproven !== undefined;

type Graphed = readonly (string | object)[];

/** The metrics of a dashboard; expressions are none. */
export const metricsOfDashboard = (body: string): Metric[] =>
  JSON.parse(body)
    .widgets.flatMap(({ properties }: { properties: { region: string; metrics?: Graphed[] } }) =>
      (properties.metrics ?? []).map((metric) => [properties.region, metric] as const),
    )
    .filter(([, [namespace]]: readonly [string, Graphed]) => typeof namespace === 'string')
    .map(([region, [namespace, name, ...rest]]: readonly [string, Graphed]) => {
      const texts = rest.filter((part) => typeof part === 'string');
      const dimensions = Object.fromEntries(
        texts.flatMap((text, index) => (index % 2 === 0 ? [[text, texts[index + 1]]] : [])),
      );
      return { region, namespace, name, dimensions } as Metric;
    });
