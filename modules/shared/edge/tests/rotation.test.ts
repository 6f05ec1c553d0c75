import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'bun:test';
import { type PackedFunction, unpackFunction } from '../../../tests/function.ts';
import { GROUP, type Services, startServices } from './origin-check-services.ts';

const REGIONS = ['eu-central-1', 'eu-west-1'];
const CREATE = { regions: REGIONS, tf: { action: 'create', prev_input: null } };

/** Writes of one rotation: the store, a rule group in each region, and the store. */
const WRITES = REGIONS.length + 2;

describe('rotation', () => {
  let services: Services;
  let rotation: PackedFunction;

  beforeEach(async () => {
    services = startServices();
    rotation = await unpackFunction('modules/shared/edge/rotation', services.environment);
  }, 60_000);

  afterEach(async () => {
    rotation?.remove();
    await services?.stop();
  });

  const current = () => services.values.get('current') ?? '';
  const rotate = () => rotation.invoke({ regions: REGIONS });
  const blocked = (value: string | undefined) =>
    REGIONS.filter((region) => services.blocks(region, value));

  test('the first run makes the values and a rule group in each region', async () => {
    const output = await rotation.invoke(CREATE);
    const arns = JSON.parse(output.trim().split('\n').at(-1) ?? '');
    expect(Object.keys(arns)).toEqual(REGIONS);
    for (const region of REGIONS)
      expect(arns[region]).toMatch(
        `arn:aws:wafv2:${region}:123456789012:regional/rulegroup/${GROUP}/`,
      );
    expect(current()).toHaveLength(43);
    expect(blocked(current())).toEqual([]);
    expect(blocked(undefined)).toEqual(REGIONS);
    expect(blocked('')).toEqual(REGIONS);
    expect(blocked(`${current()}x`)).toEqual(REGIONS);

    const before = new Map(services.values);
    await rotation.invoke(CREATE);
    expect(services.values).toEqual(before);
  }, 60_000);

  test('at no moment is a value sent, or was it just sent, that a region blocks or has only just learnt', async () => {
    await rotation.invoke(CREATE);
    const seen = [current()];
    for (let round = 0; round < 4; round++) {
      // What every region accepts before the run, which has spread by then.
      const sentBefore = current();
      const accepted = [...services.values.values()].filter((value) => blocked(value).length === 0);
      services.written.mockImplementation(() => {
        expect(accepted).toContain(current());
        expect(blocked(current())).toEqual([]);
        expect(blocked(sentBefore)).toEqual([]);
      });
      await rotate();
      services.written.mockReset();
      seen.push(current());
    }
    expect(new Set(seen).size).toBe(5);
    // One that got out is accepted one rotation more, then no longer.
    expect(blocked(seen[3])).toEqual([]);
    expect(blocked(seen[2])).toEqual(REGIONS);
  }, 60_000);

  test('a run that breaks off anywhere blocks nobody, and the next one goes on', async () => {
    await rotation.invoke(CREATE);
    for (let write = 1; write <= WRITES; write++) {
      const before = current();
      services.failAfter = write;
      await expect(rotate()).rejects.toThrow('AccessDenied');
      expect(current()).toBe(before);
      expect(blocked(before)).toEqual([]);
      await rotate();
      expect(current()).not.toBe(before);
      expect(blocked(current())).toEqual([]);
      expect(blocked(before)).toEqual([]);
    }
  }, 120_000);

  test('of two runs at once, one gives way and the regions accept what is sent', async () => {
    await rotation.invoke(CREATE);
    const before = current();
    const ends = await Promise.allSettled([rotate(), rotate(), rotate()]);
    expect(ends.some(({ status }) => status === 'fulfilled')).toBe(true);
    expect(current()).not.toBe(before);
    for (const value of services.values.values()) expect(blocked(value)).toEqual([]);
  }, 60_000);

  test('Terraform adds and gives up regions without a rotation, and removes all', async () => {
    await rotation.invoke(CREATE);
    const before = new Map(services.values);
    const regions = ['eu-north-1', 'eu-west-1'];
    const output = await rotation.invoke({
      regions,
      tf: { action: 'update', prev_input: { regions: REGIONS } },
    });
    expect(services.values).toEqual(before);
    expect(services.groups('eu-central-1')).toEqual(['another']);
    for (const region of regions) expect(services.blocks(region, current())).toBe(false);

    await rotation.invoke({ regions, tf: { action: 'delete', prev_input: { regions } } });
    for (const region of [...REGIONS, ...regions])
      expect(services.groups(region)).toEqual(['another']);
    for (const value of before.values()) expect(output).not.toContain(value);
  }, 60_000);

  test('no value is in what it writes or returns', async () => {
    const output = (await rotation.invoke(CREATE)) + (await rotate());
    expect(output).toContain('rotated');
    for (const value of services.values.values()) expect(output).not.toContain(value);
  }, 60_000);
});

describe('viewer-request', () => {
  const read = () => Bun.file(`${import.meta.dir}/../viewer-request.js.tftpl`).text();
  let code: string;

  /** The function as CloudFront runs it, on a store. */
  const run = (values: Map<string, string>, uri: string, headers: object = {}) => {
    const cf = {
      kvs: () => ({
        get: async (key: string) => {
          const value = values.get(key);
          if (value === undefined) throw new Error('KeyNotFound');
          return value;
        },
      }),
    };
    return new Function('cf', `${code}; return handler;`)(cf)({ request: { uri, headers } });
  };

  beforeAll(async () => {
    const values: Record<string, string> = {
      health_path: '"/openapi/json"',
      body: '"{}"',
      retry_after_seconds: '10',
    };
    code = (await read())
      .replace("import cf from 'cloudfront';\n", '')
      .replace(/\$\{(\w+)\}/g, (_, name) => values[name] ?? '');
  });

  const VALUES = new Map([['current', 'ours']]);

  test('it sets the header, whatever the viewer sent', async () => {
    const headers = { 'x-origin-check': { value: 'theirs' }, accept: { value: '*/*' } };
    expect(await run(VALUES, '/hello/Casey', headers)).toEqual({
      uri: '/hello/Casey',
      headers: { 'x-origin-check': { value: 'ours' }, accept: { value: '*/*' } },
    });
  });

  test('it asks an origin by its health path', async () => {
    expect((await run(VALUES, '/.origins/eu-west-1')).uri).toBe('/openapi/json');
  });

  test('without a value it answers 503 and asks no origin', async () => {
    expect(await run(new Map(), '/hello/Casey')).toMatchObject({
      statusCode: 503,
      headers: { 'retry-after': { value: '10' }, 'cache-control': { value: 'no-store' } },
    });
  });
});

describe('unavailable', () => {
  let unavailable: PackedFunction;

  beforeAll(async () => {
    unavailable = await unpackFunction('modules/shared/edge/unavailable', {
      BODY: '{"detail":"Service Unavailable"}',
      RETRY_AFTER_SECONDS: '10',
    });
  });

  afterAll(() => unavailable.remove());

  test('it says when to come back, and is kept by no browser', async () => {
    expect(JSON.parse(await unavailable.invoke({}))).toEqual({
      statusCode: 200,
      headers: {
        'content-type': 'application/json',
        'cache-control': 'no-store',
        'retry-after': '10',
      },
      body: '{"detail":"Service Unavailable"}',
    });
  });
});
