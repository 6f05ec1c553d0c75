import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'bun:test';
import { type PackedFunction, unpackFunction } from '../../../tests/function.ts';
import { GROUP, type Services, startServices } from './origin-check-services.ts';

const REGIONS = ['eu-central-1', 'eu-west-1'];
const CREATE = { regions: REGIONS, tf: { action: 'create' } };

/** Between two rotations. */
const REST_MILLISECONDS = 5 * 60_000;

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
  const ask = () => rotation.invoke({ regions: REGIONS });
  /** So long after the last rotation that another one may be. */
  const rest = () =>
    services.values.set('rotated', new Date(Date.now() - REST_MILLISECONDS).toISOString());
  const rotate = () => {
    rest();
    return ask();
  };
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

  test('of runs at once or soon after each other, one rotates and nobody is blocked', async () => {
    await rotation.invoke(CREATE);
    for (let round = 0; round < 2; round++) {
      const before = current();
      rest();
      const ends = await Promise.allSettled([ask(), ask(), ask()]);
      expect(ends.some(({ status }) => status === 'fulfilled')).toBe(true);
      const sent = current();
      expect(sent).not.toBe(before);
      // Lambda delivers an event twice, and calls again what the store refused.
      expect(await ask()).toContain('not rotated');
      expect(current()).toBe(sent);
      for (const value of [before, sent, services.values.get('next')])
        expect(blocked(value)).toEqual([]);
    }
  }, 60_000);

  test('a new store rests, too', async () => {
    await rotation.invoke(CREATE);
    const before = new Map(services.values);
    expect(await ask()).toContain('not rotated');
    expect(services.values).toEqual(before);
  }, 60_000);

  // In the midst of reading the store; and when it was read, before a rule group is.
  for (const moment of ['next', 'ListRuleGroups'])
    test(`a rotation while a run of Terraform asks for ${moment} blocks nobody`, async () => {
      await rotation.invoke(CREATE);
      const before = current();
      rest();
      const faults = new Set<string>();
      services.written.mockImplementation(() => {
        for (const value of [before, current()])
          if (blocked(value).length > 0) faults.add('a value that is or was just sent is blocked');
      });
      services.asked.mockImplementation(async (what) => {
        if (what !== moment) return;
        services.asked.mockReset();
        await ask();
      });
      await rotation.invoke({ regions: REGIONS, tf: { action: 'update' } });
      services.written.mockReset();
      expect([...faults]).toEqual([]);
      expect(current()).not.toBe(before);
      expect(blocked(services.values.get('next'))).toEqual([]);
    }, 60_000);

  test('Terraform adds and gives up regions without a rotation, and removes all', async () => {
    await rotation.invoke(CREATE);
    const before = current();
    await rotate();
    const values = new Map(services.values);
    const regions = ['eu-north-1', 'eu-west-1'];
    const output = await rotation.invoke({ regions, tf: { action: 'update' } });
    expect(services.values).toEqual(values.set('regions', regions.join(' ')));
    expect(services.groups('eu-central-1')).toEqual(['another']);
    for (const region of regions)
      for (const value of [before, current()]) expect(services.blocks(region, value)).toBe(false);

    await rotation.invoke({ regions, tf: { action: 'delete' } });
    for (const region of [...REGIONS, ...regions])
      expect(services.groups(region)).toEqual(['another']);
    for (const value of values.values())
      if (value.length === 43) expect(output).not.toContain(value);
  }, 60_000);

  test('a lost region stops the rotation, and neither the others nor its own removal', async () => {
    await rotation.invoke(CREATE);
    const before = current();
    services.lost.add('eu-west-1');
    await expect(rotate()).rejects.toThrow('ServiceUnavailable');
    expect(current()).toBe(before);
    expect(blocked(before)).toEqual([]);

    // After a leak: twice, with the regions that are left.
    const regions = ['eu-central-1'];
    for (let time = 0; time < 2; time++) {
      rest();
      await rotation.invoke({ regions });
    }
    expect(services.blocks('eu-central-1', before)).toBe(true);
    expect(services.blocks('eu-central-1', current())).toBe(false);

    const output = await rotation.invoke({ regions, tf: { action: 'update' } });
    expect(output).toContain('not removed');
    services.lost.clear();
    expect(services.groups('eu-west-1')).toEqual(['another', GROUP]);
    // By the next change, whatever the one that failed was.
    await rotation.invoke({ regions, tf: { action: 'create' } });
    expect(services.groups('eu-west-1')).toEqual(['another']);
  }, 60_000);

  test('no value is in what it writes or returns', async () => {
    const output = (await rotation.invoke(CREATE)) + (await rotate());
    expect(output).toContain("message: 'rotated'");
    const secrets = [...services.values.values()].filter((value) => value.length === 43);
    expect(secrets).toHaveLength(3);
    for (const value of secrets) expect(output).not.toContain(value);
  }, 60_000);
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
