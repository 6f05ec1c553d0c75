import { afterAll, expect, test } from 'bun:test';
import { useServices } from './services.ts';
import { changedProgram } from './support/changed-program.ts';
import { until } from './support/until.ts';

const services = useServices();

/** A greeting that its schema doesn't have, a handler that throws, and an error outside of the framework. */
const { commands, remove } = changedProgram({
  'greeting/service.ts': (source) => source.replaceAll('Hello, ', 'Good morning, '),
  'greeting/routes.ts': (source) =>
    source.replace(
      `({ message: "I'm alive!" as const })`,
      "{ throw Object.assign(new TypeError('x'), { code: 'ERR_Y' }); }",
    ),
  'observability/observe.ts': (source) =>
    source.replace(
      'return (request) => {',
      "$& if (request.url.endsWith('/outside')) throw new Error(request.url);",
    ),
});

afterAll(remove);

for (const runtime of ['bun', 'deno'] as const)
  test(`on ${runtime}, the log has the cause of each 500, and the client nothing of it`, async () => {
    const { baseUrl, output } = await services.start({ command: commands[runtime] });
    const errors = () =>
      output()
        .split('\n')
        .filter((line) => line.includes('"level":"error"'))
        .map((line) => JSON.parse(line));
    const causeOf500 = async (path: string) => {
      const before = errors().length;
      const response = await fetch(baseUrl + path);
      expect([response.status, await response.text()]).toEqual([
        500,
        '{"detail":"Internal Server Error"}',
      ]);
      await until(() => errors().length > before);
      const [{ level, time, requestId, message, ...others }] = errors().slice(before);
      expect([level, message, requestId]).toEqual([
        'error',
        'unexpected error',
        response.headers.get('x-request-id') ?? undefined,
      ]);
      return others;
    };
    const put = await fetch(`${baseUrl}/hello/Casey`, {
      method: 'PUT',
      body: '{"dateOfBirth":"1990-10-30"}',
    });
    expect(put.status).toBe(204);

    const broken =
      "the response breaks its schema: /message: Expected string to match '^Hello, [A-Za-z]{1,64}!";
    expect(await causeOf500('/hello/Casey')).toEqual({
      route: '/hello/:username',
      error: {
        type: 'Error',
        code: 'VALIDATION',
        message: expect.stringContaining(broken),
        stack: expect.stringContaining(broken),
      },
    });
    expect(await causeOf500('/')).toEqual({
      route: '/',
      error: {
        type: 'TypeError',
        code: 'ERR_Y',
        message: 'x',
        stack: expect.stringMatching(/^TypeError: x\n\s+at [^\n]*greeting\/routes\.ts:\d+/),
      },
    });
    expect(await causeOf500('/hello/Casey/outside')).toEqual({
      error: {
        type: 'Error',
        stack: expect.stringMatching(/^Error\n\s+at [^\n]*observability\/observe\.ts:\d+/),
      },
    });
    expect(output()).not.toMatch(/Casey|1990-10-30/);
  }, 60_000);
