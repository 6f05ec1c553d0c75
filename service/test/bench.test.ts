import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { join, resolve } from 'node:path';
import { changesTable, type Round, verdictOf } from '../bench/changes.ts';
import { BARE, type Contender, fill, type Running, service, start } from '../bench/contenders.ts';
import { type Figure, goalsTable, isMet, show } from '../bench/goals.ts';
import { PEERS } from '../bench/install.ts';
import { readH2load, readWrk, username } from '../bench/load.ts';
import { barsOf, costOf } from '../bench/parts.ts';
import { picture } from '../bench/picture.ts';
import { withResults } from '../bench/results.ts';
import { inTurn } from '../bench/rounds.ts';
import { assertSameBytes } from '../bench/same-bytes.ts';
import { differences, percentile, ratios, spreadOf, withHeldBack } from '../bench/statistics.ts';
import { onOneDay } from './support/client.ts';
import { temporaryFolder } from './support/server.ts';

const WRK = `Running 2s test @ http://127.0.0.1:8000
  1 threads and 64 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency     3.50ms    5.53ms  58.16ms   92.88%
    Req/Sec    19.04k     2.12k   22.31k    65.00%
  37893 requests in 2.00s, 6.90MB read
Requests/sec:  18930.51
Transfer/sec:      3.45MB
`;

describe('the output of wrk', () => {
  test('is read', () =>
    expect(readWrk(WRK)).toEqual({ requests: 37_893, requestsPerSecond: 18_930.51 }));

  for (const [name, output] of [
    ['with errors', `${WRK}  Non-2xx or 3xx responses: 12\n`],
    ['with failed connections', `${WRK}  Socket errors: connect 0, read 3, write 0, timeout 0\n`],
    ['without a request', WRK.replace('37893', '0')],
    ['of something else', 'unable to connect'],
  ] as const)
    test(`${name} is refused`, () => expect(() => readWrk(output)).toThrow());
});

describe('the output of h2load', () => {
  const output =
    'requests: 3 total, 3 started, 3 done, 3 succeeded, 0 failed, 0 errored, 0 timeout\n';
  const log = '1795404824864828\t200\t2706\n1795404824864839\t200\t735\n';

  test('is read in milliseconds', () => expect(readH2load(output, log)).toEqual([2.706, 0.735]));

  test('with an error is refused', () => {
    expect(() => readH2load(output, log.replace('\t200\t735', '\t503\t735'))).toThrow('503');
    expect(() => readH2load(output.replace('0 failed', '1 failed'), log)).toThrow('1 failed');
    expect(() => readH2load(output, '')).toThrow();
  });
});

describe('statistics', () => {
  test('the middle of an odd and of an even number', () => {
    expect(spreadOf([10, 9, 100])).toEqual({ minimum: 9, median: 10, maximum: 100 });
    expect(spreadOf([4, 1, 2, 3])).toEqual({ minimum: 1, median: 2.5, maximum: 4 });
    expect(() => spreadOf([])).toThrow('nothing was measured');
  });

  test('ratios and differences are of the same round', () => {
    expect(ratios([2, 9], [1, 3])).toEqual([2, 3]);
    expect(differences([2, 9], [1, 3])).toEqual([1, 6]);
  });

  test('percentiles', () => {
    const values = Array.from({ length: 100 }, (_, index) => 100 - index);
    expect([0, 0.5, 0.99, 1].map((p) => percentile(values, p))).toEqual([1, 50, 99, 100]);
    expect(percentile([7], 0.99)).toBe(7);
  });

  test('requests that were held back count', () => {
    expect(withHeldBack([1, 2, 10], 3)).toEqual([1, 2, 10, 7, 4]);
    expect(withHeldBack([1, 2, 3], 3)).toEqual([1, 2, 3]);
  });
});

test('each is measured in every round but the first, and another begins each time', async () => {
  const calls: string[] = [];
  const results = await inTurn(['a', 'b'], 2, async (subject, round) => {
    calls.push(subject + round);
    return round;
  });
  expect(calls).toEqual(['a0', 'b0', 'b1', 'a1', 'a2', 'b2']);
  expect([...results]).toEqual([
    ['a', [1, 2]],
    ['b', [1, 2]],
  ]);
});

describe('goals', () => {
  const figure = (is: Figure['goal']['is'], median: number): Figure => ({
    name: 'figure',
    goal: { is, limit: 2, unit: ' ms' },
    spread: { minimum: 0.5, median, maximum: 123.4 },
  });

  test('are met or not by the median', () => {
    const met = (is: Figure['goal']['is']) =>
      [1.9, 2, 2.1].map((value) => isMet(figure(is, value)));
    expect(met('at least')).toEqual([false, true, true]);
    expect(met('at most')).toEqual([true, true, false]);
    expect(met('below')).toEqual([true, false, false]);
  });

  test('are told in a table', () => {
    expect(goalsTable([figure('below', 2)]).at(-1)).toBe(
      '| figure | below 2 ms | 0.50 – 2.00 – 123 ms | **no** |',
    );
    expect(show({ minimum: 9.994, median: 10.04, maximum: 99.94 })).toBe('9.99 – 10.0 – 99.9');
  });
});

describe('what changed since another commit', () => {
  test.each([
    ['more of what should be more', [1.1, 1.01, 1.2, 1.3, 1.1, 1.4], 'more', 'better'],
    ['more of what should be less', [1.1, 1.01, 1.2, 1.3, 1.1, 1.4], 'less', 'worse'],
    ['less of what should be less', [0.9, 0.99, 0.5, 0.9, 0.9, 0.9], 'less', 'better'],
    ['less of what should be more', [0.9, 0.99, 0.5, 0.9, 0.9, 0.9], 'more', 'worse'],
    ['rounds that disagree', [1.5, 1.5, 1.5, 1.5, 1.5, 0.99], 'more', 'no change'],
    ['rounds of which one is the same', [1.5, 1.5, 1.5, 1.5, 1.5, 1], 'more', 'no change'],
    ['five rounds that agree', [1.5, 1.5, 1.5, 1.5, 1.5], 'more', 'too few rounds'],
  ] as const)('is told of %s', (_, values, better, verdict) =>
    expect(verdictOf(values, better)).toBe(verdict),
  );

  test('is told in ratios of the same round', () => {
    const rounds = (of: Partial<Round>): Round[] =>
      Array.from({ length: 6 }, (_, round) => ({
        ...{ gets: 100 + round, processor: 2, puts: 10, memory: 50, start: 30 },
        ...of,
      }));
    const table = changesTable({
      bare: rounds({}),
      before: rounds({}),
      now: rounds({ processor: 3, memory: 40 }),
    });
    const same = '1.00 – 1.00 – 1.00';
    expect(table.slice(2)).toEqual([
      `| \`GET\` a second | ${same} | ${same} | ${same} | no change |`,
      `| processor a \`GET\` | ${same} | 1.50 – 1.50 – 1.50 | 1.50 – 1.50 – 1.50 | **worse** |`,
      `| durable \`PUT\` a second | ${same} | ${same} | ${same} | no change |`,
      `| peak memory | ${same} | 0.80 – 0.80 – 0.80 | 0.80 – 0.80 – 0.80 | better |`,
      `| start to first answer | ${same} | ${same} | ${same} | no change |`,
    ]);
  });
});

test('a section of the results is replaced, or added', () => {
  const document = withResults('# Results\n\nBefore.\n', 'speed', ['one']);
  expect(document).toBe('# Results\n\nBefore.\n\n<!-- speed -->\none\n<!-- /speed -->\n');
  expect(withResults(`${document}\nAfter.\n`, 'speed', ['two', 'three'])).toBe(
    '# Results\n\nBefore.\n\n<!-- speed -->\ntwo\nthree\n<!-- /speed -->\n\nAfter.\n',
  );
});

describe('the picture', () => {
  const bars = [
    { name: 'Bare & <fast>', spread: { minimum: 40, median: 50, maximum: 100 }, isService: false },
    { name: 'Hello', spread: { minimum: 10, median: 1234, maximum: 2000 }, isService: true },
  ];
  const svg = picture('Greetings "a" second', 'subtitle', bars);

  test('is well-formed', () => {
    const open: string[] = [];
    for (const [, close, name = '', alone] of svg.matchAll(/<(\/?)([a-z]+)[^<>]*?(\/?)>/g))
      if (close) expect(open.pop()).toBe(name);
      else if (!alone) open.push(name);
    expect(open).toEqual([]);
    expect(svg.replaceAll(/<\/?[a-z]+( [a-zA-Z:-]+="[^"<]*")*\/?>|&#\d+;/g, '')).not.toMatch(
      /[<>&]/,
    );
  });

  test('shows each median, to scale', () => {
    const widths = [...svg.matchAll(/<rect[^>]* width="([\d.]+)"/g)].map(([, width]) =>
      Number(width),
    );
    expect((widths[1] ?? 0) / (widths[0] ?? 0)).toBeCloseTo(1234 / 50, 0);
    expect(svg).toContain('>1,234</text>');
    expect(svg).toContain('Bare &#38; &#60;fast&#62;');
  });
});

describe('parts of the service', () => {
  const spread = (minimum: number) => ({ minimum, median: 2, maximum: 3 });

  test('have no bar: the service has one, and each peer', () => {
    const names = ['bare', 'Hello, access log off', 'Hello', 'Hello, its API alone', 'Hono on Bun'];
    const bars = barsOf(names.map((name) => ({ name, requestsPerSecond: spread(1) })));
    expect(bars).toEqual([
      { name: 'bare', spread: spread(1), isService: false },
      { name: 'Hello', spread: spread(1), isService: true },
      { name: 'Hono on Bun', spread: spread(1), isService: false },
    ]);
  });

  test('cost something when all rounds agree', () => {
    expect(costOf('the log', spread(1))).toBe(
      'The cost of the log: 1.00 – 2.00 – 3.00 µs of processor a request.',
    );
    for (const minimum of [-1, 0])
      expect(costOf('the log', spread(minimum))).toStartWith(
        'The cost of the log is below the noise: ',
      );
  });
});

// Servers are kept to a core with it.
const hasTaskset = Bun.which('taskset') !== null;

describe.skipIf(!hasTaskset)('what is measured and needs no installation (with taskset)', () => {
  const folder = temporaryFolder();
  const running = new Map<Contender, Running>();
  const bun = process.execPath;
  const contenders = [
    BARE,
    { ...BARE, name: 'Elysia', command: () => [bun, join(PEERS, 'elysia.js')], validates: true },
    service(
      'alone',
      [bun, resolve(import.meta.dir, '../bench/app-alone.ts')],
      `${folder.path}/a.db`,
    ),
    service('Hello', [bun, resolve(import.meta.dir, '../src/main.ts')], `${folder.path}/b.db`),
  ];

  beforeAll(async () => {
    for (const contender of contenders) {
      running.set(contender, await start(contender));
      await fill(running.get(contender) as Running, 24);
    }
  }, 60_000);

  afterAll(async () => {
    for (const { stop } of running.values()) await stop();
    folder.remove();
  });

  test('greets with the same bytes', async () => {
    const asked = Array.from({ length: 24 }, (_, index) => username(index + 1));
    await onOneDay(() => assertSameBytes([...running], ['Casey', ...asked]));
  }, 60_000);

  test('is refused when it does not', async () => {
    using other = Bun.serve({ port: 0, fetch: () => Response.json({ message: 'Hello!' }) });
    const [first] = [...running];
    const wrong = { name: 'wrong', pid: 0, url: other.url.origin, startMilliseconds: 0 };
    const pair = [
      { ...BARE, name: 'wrong' },
      { ...wrong, stop: async () => {} },
    ] as const;
    await expect(assertSameBytes([first as typeof pair, pair], ['Casey'])).rejects.toThrow(
      'wrong answers 200 application/json {"message":"Hello!"}',
    );
  });

  test('is refused when it takes any username', async () => {
    const [[contender, bare] = []] = [...running];
    const pair = [{ ...(contender as Contender), validates: true }, bare as Running] as const;
    await expect(assertSameBytes([pair], ['Casey'])).rejects.toThrow('does not refuse Ca5ey: 404');
  });
});
