import { expect, test } from 'bun:test';
import { version } from '../../../package.json' with { type: 'json' };
import { METRICS } from '../../src/observability/metrics.ts';
import { COMMIT } from '../support/binary.ts';
import { newUsername } from '../support/client.ts';
import { type ParsedFamily, parseExposition, sample } from '../support/prometheus.ts';
import { preparePython } from '../support/python.ts';
import type { Target } from '../support/server.ts';

const OPEN_METRICS = 'application/openmetrics-text';
/** What Prometheus 3 sends, shortened. */
const PROMETHEUS_ACCEPTS = `${OPEN_METRICS};version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.3,*/*;q=0.2`;

const scrape = async ({ server }: Target, accept?: string) => {
  const headers = accept === undefined ? undefined : { accept };
  const response = await fetch(`${server.managementUrl}/metrics`, { headers });
  expect(response.status).toBe(200);
  return { type: response.headers.get('content-type'), text: await response.text() };
};

export const metrics = (target: Target): void => {
  const problem = preparePython();
  if (problem) {
    test.skip(`the metrics: ${problem}`, () => {});
    return;
  }
  const hasPool = target.store === 'postgresql' || target.store === 'mysql';
  // Deno lets a program read /proc only with every permission.
  const absent = [
    ...(target.runtime === 'deno' ? ['process_open_fds', 'process_max_fds'] : []),
    ...(hasPool ? [] : Object.keys(METRICS).filter((name) => name.startsWith('hello_database_'))),
  ];

  test('the metrics are what Prometheus and OpenMetrics read, and the same in both', async () => {
    await fetch(target.server.baseUrl);
    const text = await scrape(target);
    expect(text.type).toBe('text/plain; version=0.0.4; charset=utf-8');
    const open = await scrape(target, PROMETHEUS_ACCEPTS);
    expect(open.type).toBe('application/openmetrics-text; version=1.0.0; charset=utf-8');
    const inText = await parseExposition(text.text, 'text');
    const inOpen = await parseExposition(open.text, 'openMetrics');
    // Both readers take the suffix of counters off.
    const names = Object.keys(METRICS).map((name) => name.replace(/_total$/, ''));
    for (const families of [inText, inOpen]) {
      expect(families.map(({ name }) => name)).toEqual(names);
      expect(families.map(({ type }) => type)).toEqual(
        Object.values(METRICS).map(({ type }) => type as string),
      );
      const empty = families.filter(({ samples }) => samples.length === 0);
      expect(empty.map(({ name }) => name).toSorted()).toEqual(
        absent.map((name) => name.replace(/_total$/, '')).toSorted(),
      );
    }
  });

  test('the metrics count requests and operations of the store, and know the process', async () => {
    const read = async () => parseExposition((await scrape(target)).text, 'text');
    const before = await read();
    const username = newUsername();
    const url = `${target.server.baseUrl}/hello/${username}`;
    const body = '{"dateOfBirth":"1990-10-30"}';
    const headers = { 'content-type': 'application/json' };
    for (let count = 0; count < 3; count++)
      expect((await fetch(url, { method: 'PUT', body, headers })).status).toBe(204);
    for (let count = 0; count < 2; count++) expect((await fetch(url)).status).toBe(200);
    expect((await fetch(`${url}/`, { method: 'DELETE' })).status).toBe(405);
    expect((await fetch(`${url}/none`)).status).toBe(404);
    const after = await read();
    const gained = (name: string, labels: Record<string, string>) =>
      (sample(after, name, labels) ?? 0) - (sample(before, name, labels) ?? 0);
    const requests = (method: string, route: string, status: string) =>
      gained('http_request_duration_seconds_count', { method, route, status });
    expect(requests('PUT', '/hello/:username', '2xx')).toBe(3);
    expect(requests('GET', '/hello/:username', '2xx')).toBe(2);
    expect(requests('DELETE', '/hello/:username', '4xx')).toBe(1);
    expect(requests('GET', 'unmatched', '4xx')).toBe(1);
    const operations = (operation: string) =>
      gained('hello_store_operation_duration_seconds_count', { operation });
    expect([operations('save'), operations('find')]).toEqual([3, 2]);
    expect(gained('hello_store_operation_errors_total', { operation: 'save' })).toBe(0);
    expect(JSON.stringify(after)).not.toContain(username);
    expectProcess(after, target);
    if (!hasPool) return;
    expect(sample(after, 'hello_database_connections', { state: 'idle' })).toBeGreaterThan(0);
    expect(sample(after, 'hello_database_connections', { state: 'used' })).toBe(0);
    expect(sample(after, 'hello_database_connections_max')).toBe(5);
    expect(sample(after, 'hello_database_requests_waiting')).toBe(0);
    expect(sample(after, 'hello_database_connections_refused_total')).toBe(0);
  });
};

const expectProcess = (families: readonly ParsedFamily[], { runtime }: Target): void => {
  const commit = runtime === 'binary' ? COMMIT : 'unknown';
  expect(sample(families, 'http_requests_in_flight')).toBe(0);
  expect(sample(families, 'hello_draining')).toBe(0);
  expect(sample(families, 'hello_log_lines_dropped_total')).toBe(0);
  expect(sample(families, 'hello_build_info', { version, commit })).toBe(1);
  expect(sample(families, 'process_cpu_seconds_total')).toBeGreaterThan(0.01);
  expect(sample(families, 'process_resident_memory_bytes')).toBeGreaterThan(10_000_000);
  const started = sample(families, 'process_start_time_seconds') ?? 0;
  expect(started).toBeLessThan(Date.now() / 1_000);
  expect(started).toBeGreaterThan(Date.now() / 1_000 - 3_600);
  const open = sample(families, 'process_open_fds');
  if (open !== undefined) expect(open).toBeLessThan(sample(families, 'process_max_fds') ?? 0);
};
