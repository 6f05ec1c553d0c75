import { beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parser } from '@prometheus-io/lezer-promql';
import { metricsTable } from '../../service/src/observability/metrics.ts';
import {
  type Fields,
  type KubernetesObject,
  leaves,
  ofKind,
} from '../../tools/kubernetes/objects.ts';
import { renderChart, TIMEOUT_MILLISECONDS, valuesFiles } from '../../tools/kubernetes/render.ts';

setDefaultTimeout(TIMEOUT_MILLISECONDS);

const RUNBOOKS = join(import.meta.dir, '../../docs/runbooks');

/** Variables of a dashboard, which Grafana puts in. */
const filledIn = (expression: string): string => expression.replaceAll(/\$__\w+|\$\{\w+\}/g, '5m');

/** Whether an expression is PromQL. */
const parses = (expression: string): boolean => {
  let faults = 0;
  parser.parse(filledIn(expression)).iterate({
    enter: ({ type }) => {
      if (type.isError) faults += 1;
    },
  });
  return faults === 0;
};

let objects: KubernetesObject[] = [];
beforeAll(async () => {
  objects = await renderChart({ files: valuesFiles('prod') });
});

const rules = (): Fields[] =>
  ofKind(objects, 'PrometheusRule').flatMap(({ spec }) =>
    spec.groups.flatMap(({ rules: own }: Fields) => own),
  );

const dashboards = (): Fields[] =>
  ofKind(objects, 'ConfigMap')
    .flatMap(({ data }) => Object.entries<string>(data))
    .filter(([name]) => name.endsWith('.json'))
    .map(([, text]) => JSON.parse(text));

test('every expression is PromQL', () => {
  const expressions = [...rules(), ...dashboards()]
    .flatMap((object) => leaves(object))
    .filter(({ path }) => path.endsWith('.expr'))
    .map(({ value }) => value);
  expect(expressions.length).toBeGreaterThan(15);
  expect(expressions.filter((expression) => !parses(expression))).toEqual([]);
});

describe('what is no PromQL', () => {
  test.each(['rate(requests[5m)', 'sum by (', 'a >', ''])('is seen: %s', (expression) =>
    expect(parses(expression)).toBe(false),
  );
});

test('every metric of the service that is asked for is one that it has', () => {
  const known = new Set(metricsTable().match(/(?<=`)\w+(?=` \| (counter|gauge|histogram))/g));
  const asked = [...rules(), ...dashboards()]
    .flatMap((object) => leaves(object))
    .filter(({ path }) => path.endsWith('.expr'))
    .flatMap(({ value }) => [...value.matchAll(/\b((?:hello|http|process)_[a-z_]+)\b/g)])
    .map(([, name = '']) => name.replace(/_(bucket|sum|count)$/, ''));
  expect(asked.length).toBeGreaterThan(10);
  expect(asked.filter((name) => !known.has(name))).toEqual([]);
});

test('every alert has a runbook, and every runbook of the application an alert', () => {
  const named = rules().map(({ annotations }) => basename(annotations.runbook_url));
  const runbooks = readdirSync(RUNBOOKS).filter((file) => file.startsWith('hello-'));
  expect([...new Set(named)].toSorted()).toEqual(runbooks.toSorted());
});

test('every panel of the dashboard asks for something', () => {
  const panels = dashboards().flatMap((dashboard) => dashboard.panels);
  expect(panels.length).toBeGreaterThan(3);
  expect(
    panels.filter(({ type, targets }: Fields) => type !== 'row' && !targets?.[0]?.expr),
  ).toEqual([]);
});
