/** Requests that Schemathesis makes of the OpenAPI document: each response must be as described. */
import { describe, expect, test } from 'bun:test';
import { join } from 'node:path';
import { seed } from './random.ts';
import { useServices } from './services.ts';
import { guard } from './support/guardian.ts';
import { findPythonEnvironment } from './support/python-environment.ts';

const FOLDER = join(import.meta.dir, 'schemathesis');

/** Requests of each operation in each phase at most, and of all together at least. */
const { examples, cases, minutes } = process.env.LONG
  ? { examples: 1_500, cases: 10_000, minutes: 45 }
  : { examples: 40, cases: 300, minutes: 5 };

const { python, missing } = await findPythonEnvironment(
  'schemathesis',
  join(FOLDER, 'requirements.txt'),
);

const services = useServices();

/** What Schemathesis prints, and whether every check of every response passed. */
const check = async (python: string, url: string) => {
  const child = Bun.spawn(
    [
      ...[python, '-m', 'schemathesis.cli', 'run', url, '--checks=all', '--no-color'],
      ...[`--max-examples=${examples}`, `--seed=${seed}`, '--generation-database=none'],
    ],
    {
      // It leaves files behind.
      cwd: services.folder,
      env: {
        ...process.env,
        SCHEMATHESIS_HOOKS: 'hooks',
        PYTHONPATH: FOLDER,
        PYTHONDONTWRITEBYTECODE: '1',
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  const release = guard(child.pid);
  const [output, errors, status] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  release();
  return { output: output + errors, status };
};

if (!python) test.skip(`Schemathesis: ${missing}`, () => {});
else
  describe.each(['bun', 'deno'] as const)('on %s', (runtime) => {
    test(
      `more than ${cases} requests get the responses that the document describes`,
      async () => {
        const server = await services.start({ runtime });
        const { output, status } = await check(python, `${server.baseUrl}/openapi.json`);
        expect([status, output]).toEqual([0, expect.stringContaining('No issues found')]);
        expect(Number(/(\d+) generated/.exec(output)?.[1])).toBeGreaterThan(cases);
        expect(server.output()).not.toMatch(/"level":"(error|fatal)"/);
      },
      minutes * 60_000,
    );
  });
