/** Compares this service with the same API as a FastAPI program. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DIFFERENCES } from './fastapi/differences.ts';
import { SAME, STORED } from './fastapi/requests.ts';
import { rawRequest } from './support/client.ts';
import { freePort } from './support/database-server.ts';
import { guard } from './support/guardian.ts';
import { findPythonEnvironment } from './support/python-environment.ts';
import { exchange } from './support/raw.ts';
import { type RunningServer, startServer } from './support/server.ts';
import { until } from './support/until.ts';

const REQUIREMENTS = join(import.meta.dir, '../bench/peers/requirements.txt');
const DOCUMENT = join(import.meta.dir, '../../docs/api.md');

const { python, missing } = await findPythonEnvironment('fastapi', REQUIREMENTS);

/** Of errors in JSON, which this service leaves out of all of them. */
const CONTEXT = /,"ctx":\{(?:[^{}]|\{\})*\}/g;

/** What is compared of a response. */
const gistOf = async (port: number, request: string) => {
  const head = request.startsWith('HEAD ');
  const { responses } = await exchange(port, request, { responses: 1, head });
  const [response] = responses;
  return {
    status: response?.status,
    type: response?.headers.get('content-type'),
    allow: response?.headers.get('allow'),
    body: response?.body.replaceAll(CONTEXT, ''),
  };
};

/** The cells of the table's rows, by the first one. */
const documentedDifferences = (): ReadonlyMap<string, readonly string[]> => {
  const [, table = ''] = readFileSync(DOCUMENT, 'utf8').split(/^## Differences from FastAPI$/m);
  const rows = (table.split(/^## /m)[0] ?? '').match(/^\|.*\|$/gm)?.slice(2) ?? [];
  return new Map(
    rows.map((row) => {
      const [first = '', ...others] = row
        .slice(1, -1)
        .split('|')
        .map((cell) => cell.trim());
      return [first, others];
    }),
  );
};

const statusesIn = (cell = ''): number[] =>
  [...new Set(cell.match(/\b[2-5]\d\d\b/g)?.map(Number))].toSorted();

test('docs/api.md lists each difference, and nothing else', () => {
  expect([...documentedDifferences().keys()].toSorted()).toEqual(
    Object.keys(DIFFERENCES).toSorted(),
  );
});

if (!python) test.skip(`compared with FastAPI: ${missing}`, () => {});
else
  describe.each(['bun', 'deno'] as const)('compared with FastAPI, on %s,', (runtime) => {
    const fastApiPort = freePort();
    let fastApi: Bun.Subprocess;
    let release = () => {};
    let server: RunningServer;

    beforeAll(async () => {
      server = await startServer({ runtime, databaseUrl: 'memory:' });
      const program = ['uvicorn', 'program:app', `--app-dir=${join(import.meta.dir, 'fastapi')}`];
      fastApi = Bun.spawn([python, '-m', ...program, `--port=${fastApiPort}`], {
        env: { ...process.env, TZ: 'UTC', PYTHONDONTWRITEBYTECODE: '1' },
        stdio: ['ignore', 'ignore', 'ignore'],
      });
      release = guard(fastApi.pid);
      await until(async () => (await gistOf(fastApiPort, rawRequest('GET', '/'))).status === 200);
    }, 90_000);

    afterAll(async () => {
      fastApi?.kill('SIGKILL');
      await fastApi?.exited;
      release();
      await server?.stop();
    }, 30_000);

    const bothGists = (request: string) =>
      Promise.all([gistOf(fastApiPort, request), gistOf(server.port, request)]);

    for (const [group, requests] of Object.entries(SAME))
      test(`${group} have the same response`, async () => {
        for (const [name, request] of Object.entries(requests)) {
          const [theirs, ours] = await bothGists(request);
          expect({ name, ...ours }).toEqual({ name, ...theirs });
        }
      }, 30_000);

    for (const [group, requests] of Object.entries(STORED))
      test(`${group} are stored by both`, async () => {
        for (const [name, request] of Object.entries(requests)) {
          const [theirs, ours] = await bothGists(request);
          expect([name, theirs.status, ours.status]).toEqual([name, 204, 204]);
        }
      }, 30_000);

    for (const [row, requests] of Object.entries(DIFFERENCES))
      test(`${row}: the responses differ as docs/api.md says`, async () => {
        const statuses: [unknown[], unknown[]] = [[], []];
        for (const [name, request] of Object.entries(requests)) {
          const [theirs, ours] = await bothGists(request);
          expect({ name, ...ours }).not.toEqual({ name, ...theirs });
          statuses[0].push(theirs.status);
          statuses[1].push(ours.status);
        }
        const documented = documentedDifferences().get(row)?.slice(0, 2).map(statusesIn);
        expect(statuses.map((all) => [...new Set(all)].toSorted())).toEqual(documented ?? []);
      }, 30_000);
  });
