import { python } from './python.ts';

/** A family of an exposition as the Python client of Prometheus reads it. */
export interface ParsedFamily {
  readonly name: string;
  readonly type: string;
  readonly documentation: string;
  readonly samples: readonly {
    readonly name: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly value: number;
  }[];
}

/** Reads an exposition in its format; the reader of OpenMetrics is strict about names, order, buckets and the end. */
export const parseExposition = async (
  text: string,
  format: 'text' | 'openMetrics',
): Promise<ParsedFamily[]> => {
  const parser =
    format === 'text' ? 'prometheus_client.parser' : 'prometheus_client.openmetrics.parser';
  const program = `
import json, sys
from ${parser} import text_string_to_metric_families as parse
print(json.dumps([
  dict(name=f.name, type=f.type, documentation=f.documentation,
       samples=[dict(name=s.name, labels=s.labels, value=s.value) for s in f.samples])
  for f in parse(sys.stdin.read())]))
`;
  return JSON.parse(await python(program, text));
};

/** The value of one sample; undefined when there is none, an error when there are several. */
export const sample = (
  families: readonly ParsedFamily[],
  name: string,
  labels: Readonly<Record<string, string>> = {},
): number | undefined => {
  const found = families
    .flatMap(({ samples }) => samples)
    .filter(
      (each) =>
        each.name === name &&
        Object.entries(labels).every(([label, value]) => each.labels[label] === value),
    );
  if (found.length > 1) throw new Error(`${found.length} samples of ${name}`);
  return found[0]?.value;
};
