/** The function of a distribution whose regions are active, as the module writes it, and run. */
import { beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startSimulation } from '../../../../tools/aws-simulation/simulation.ts';
import operations from '../../../../tools/aws-simulation/stand-in/operations.json';
import { LIMIT } from '../../../tests/prove.ts';
import locations from '../locations.json';
import { faultsOfCode, prepareFunction } from './viewer-request.ts';

setDefaultTimeout(LIMIT);

const MODULE = join(import.meta.dir, '..');
const PLACES: Readonly<Record<string, { latitude: number; longitude: number }>> = locations;
const ALL = Object.keys(PLACES);
const [IRELAND, OHIO, TOKYO] = ['eu-west-1', 'us-east-2', 'ap-northeast-1'];

/** What the module is called with, by a name: the region that serves, and those that are active. */
const CALLS = {
  none: [IRELAND, []],
  'none, of another region': [OHIO, []],
  one: [IRELAND, [OHIO]],
  two: [IRELAND, [OHIO, TOKYO]],
  'two, failed over': [OHIO, [TOKYO]],
  all: [IRELAND, ALL.filter((region) => region !== IRELAND)],
} as const satisfies Record<string, readonly [string, readonly string[]]>;

/** The part of the module that makes the function, alone: nothing else is needed, and no other module's code. */
const PART = Object.fromEntries(
  readdirSync(MODULE)
    .filter((file) => /^(variables|versions|viewer-request)\.tf$|\.tftpl$|\.json$/.test(file))
    .map((file) => [`edge/${file}`, readFileSync(join(MODULE, file), 'utf8')]),
);

const codes = {} as Record<keyof typeof CALLS, string>;
let refusal: string;

beforeAll(async () => {
  const simulation = await startSimulation({ sources: [], registry: '' });
  try {
    const callsOf = (calls: Readonly<Record<string, readonly [string, readonly string[]]>>) => ({
      'main.tf.json': JSON.stringify({
        provider: { aws: { region: 'us-east-1' } },
        module: Object.fromEntries(
          Object.values(calls).map(([serving, active], index) => [
            `call_${index}`,
            {
              source: './edge',
              name: 'hello-test',
              account_id: '123456789012',
              domains: ['hello.example.com'],
              certificate_arn: 'arn:aws:acm:us-east-1:123456789012:certificate/1',
              web_acl_arn: 'arn:aws:wafv2:us-east-1:123456789012:global/webacl/hello-test/1',
              health_path: '/openapi/json',
              origins: Object.fromEntries(
                [...ALL, 'eu-west-9'].map((region) => [region, `${region}.origin.example.com`]),
              ),
              serving_region: serving,
              active_regions: active,
            },
          ]),
        ),
        output: Object.fromEntries(
          Object.keys(calls).map((_, index) => [
            `code_${index}`,
            { value: `\${module.call_${index}.code}` },
          ]),
        ),
      }),
    });
    const part = {
      ...PART,
      'edge/code.tf': 'output "code" {\n  value = local.viewer_request_code\n}',
    };
    const root = simulation.root({ ...part, ...callsOf(CALLS) });
    await simulation.run(root, 'init');
    const { planned_values } = await simulation.plan(root);
    for (const [index, name] of Object.keys(CALLS).entries())
      codes[name as keyof typeof CALLS] = planned_values.outputs[`code_${index}`].value;

    const unplaced = simulation.root({
      ...part,
      ...callsOf({ unplaced: [IRELAND, ['eu-west-9']] }),
    });
    await simulation.run(unplaced, 'init');
    refusal = (await simulation.tofu(unplaced, 'plan')).stderr.replace(/[\s│]+/g, ' ');
  } finally {
    await simulation.stop();
  }
});

/** Which origins the function asks for a viewer at a place. */
const choose = async (
  call: keyof typeof CALLS,
  latitude?: string | number,
  longitude?: string | number,
  method?: string,
) => {
  const headers = Object.fromEntries(
    Object.entries({ latitude, longitude })
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [`cloudfront-viewer-${name}`, { value: String(value) }]),
  );
  return prepareFunction(codes[call])('/hello/Casey', headers, method);
};

describe('without an active region', () => {
  test('the function knows no place', () => {
    expect(codes.none).not.toContain('itude');
    expect(codes.none.match(/\bcf\.\w+/g)).toEqual(['cf.kvs', 'cf.selectRequestOriginById']);
  });

  test.each([
    ['none', IRELAND],
    ['none, of another region', OHIO],
  ] as const)('the serving region is asked, whatever the method: %s', async (call, serving) => {
    for (const method of ['GET', 'PUT']) {
      const { origins, failover } = await choose(call, 40.71, -74.01, method);
      expect([origins, failover]).toEqual([[serving], []]);
    }
  });
});

describe('the nearest region', () => {
  test.each([
    ['Dublin', 53.35, -6.26, IRELAND, OHIO],
    ['Frankfurt', 50.12, 8.68, IRELAND, OHIO],
    ['New York', 40.71, -74.01, OHIO, IRELAND],
    ['Tokyo', 35.69, 139.69, TOKYO, IRELAND],
    ['Honolulu', 21.31, -157.86, TOKYO, OHIO],
    ['Sydney', -33.87, 151.21, TOKYO, OHIO],
    ['Santiago', -33.46, -70.65, OHIO, IRELAND],
    ['Taveuni, west of the 180th meridian', -16.85, 179.98, TOKYO, OHIO],
    ['Taveuni, east of it', -16.85, -179.98, TOKYO, OHIO],
    ['the meridian itself', 0, 180, TOKYO, OHIO],
    ['the meridian itself, by its other name', 0, -180, TOKYO, OHIO],
    ['0 and 0', 0, 0, IRELAND, OHIO],
  ])('of %s', async (_, latitude, longitude, first, second) => {
    const { origins, failover } = await choose('two', latitude, longitude);
    expect(origins).toEqual([first, second]);
    expect(failover).toEqual([502, 503, 504]);
  });

  test('of a pole is the same, whatever the longitude', async () => {
    for (let longitude = -180; longitude <= 180; longitude += 15) {
      expect((await choose('two', 90, longitude)).origins).toEqual([IRELAND, OHIO]);
      expect((await choose('two', -90, longitude)).origins).toEqual([TOKYO, OHIO]);
    }
  });

  test.each(['one', 'two', 'two, failed over', 'all'] as const)(
    'is farther than no other, nor is the second than the rest, from anywhere: %s',
    async (call) => {
      const [serving, active] = CALLS[call];
      const run = prepareFunction(codes[call]);
      for (let latitude = -90; latitude <= 90; latitude += 7.5)
        for (let longitude = -180; longitude <= 180; longitude += 7.5) {
          const { origins } = await run('/hello/Casey', {
            'cloudfront-viewer-latitude': { value: String(latitude) },
            'cloudfront-viewer-longitude': { value: String(longitude) },
          });
          const [first = Number.NaN, second = Number.NaN, ...rest] = [
            ...origins,
            ...[serving, ...active].filter((region) => !origins.includes(region)),
          ].map((region) => chord({ latitude, longitude }, PLACES[region]));
          expect(origins).toHaveLength(2);
          expect(second - first).toBeGreaterThan(-1e-7);
          expect(Math.min(...rest) - second).toBeGreaterThan(-1e-7);
        }
    },
  );
});

/** Length of the straight line between two places, in radii of the Earth: another formula than the function's. */
const chord = (one: Place, other: Place | undefined): number => {
  const [a, b] = [one, other].map((place = { latitude: Number.NaN, longitude: Number.NaN }) => {
    const [up, round] = [place.latitude, place.longitude].map(
      (angle) => (angle * Math.PI) / 180,
    ) as [number, number];
    return [Math.cos(up) * Math.cos(round), Math.cos(up) * Math.sin(round), Math.sin(up)];
  }) as [number[], number[]];
  return Math.hypot(...a.map((value, axis) => value - (b[axis] ?? Number.NaN)));
};
type Place = (typeof PLACES)[string];

describe('what may be repeated', () => {
  test.each(['GET', 'HEAD', 'OPTIONS'])('%s has a second origin', async (method) => {
    expect((await choose('one', 40.71, -74.01, method)).origins).toEqual([OHIO, IRELAND]);
  });

  test.each(['PUT', 'POST', 'PATCH', 'DELETE'])('%s has none', async (method) => {
    const { origins, failover } = await choose('two', 40.71, -74.01, method);
    expect([origins, failover]).toEqual([[OHIO], []]);
  });
});

describe('a viewer who is nowhere', () => {
  test.each([
    [undefined, undefined],
    [undefined, '-74'],
    ['40.7', undefined],
    ['', ''],
    ['NaN', '0'],
    ['north', 'west'],
    ['90.1', '0'],
    ['0', '-180.5'],
    ['4e1', '-74'],
    ['40.7, 40.7', '-74'],
    [' ', '-74'],
    ['0x28', '-74'],
    ['40.7', '-74;'],
  ])(
    'by the headers %p and %p is taken to be at the serving region',
    async (latitude, longitude) => {
      expect((await choose('two', latitude, longitude)).origins).toEqual([IRELAND, OHIO]);
      expect((await choose('two', latitude, longitude, 'PUT')).origins).toEqual([IRELAND]);
      expect((await choose('two, failed over', latitude, longitude)).origins).toEqual([
        OHIO,
        TOKYO,
      ]);
    },
  );
});

test('what it did without a choice it does with one: the check, health paths, the answer without a value', async () => {
  for (const code of Object.values(codes)) expect(await faultsOfCode(code)).toEqual([]);
});

test('a region that serves no more is asked for nothing', async () => {
  expect(codes['two, failed over']).not.toContain(IRELAND);
  for (const method of ['GET', 'PUT']) {
    const { origins } = await choose('two, failed over', 53.35, -6.26, method);
    expect(origins).not.toContain(IRELAND);
    expect(origins[0]).toBe(OHIO);
  }
});

test('with every region active, the function is not too large for CloudFront', () => {
  expect(codes.all.length).toBeLessThan(10_240);
});

// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-javascript-runtime-20.html
test.each([
  ['destructuring', /(const|let|var)\s*[[{]/],
  ['destructured arguments', /[(,]\s*[[{][^(){}]*[}\]]\s*\)\s*(=>|\{)/],
  ['spread or rest', /\.\.\./],
  ['for … of', /\bfor\b.*\bof\b/],
  ['?. or ??', /\?\.|\?\?/],
  ['classes', /\bclass\b/],
  ['commas after the last argument', /,\s*\)/],
])('the function needs none of what the runtime lacks: %s', (_, syntax) => {
  expect(codes.all).not.toMatch(syntax);
});

describe('the places of regions', () => {
  test('are those of all that Route 53 knows, but of other partitions', () => {
    const { members } = operations.calls['route53.ListResourceRecordSets'].output;
    const regions = members.ResourceRecordSets.member.members.Region.enum;
    expect(ALL).toEqual(regions.filter((region) => !/^(cn|eusc|us-gov)-/.test(region)).sort());
  });

  test('are on the side of the Earth that their names say', () => {
    const sides: Readonly<Record<string, (place: Place) => boolean>> = {
      af: ({ longitude }) => longitude > -20 && longitude < 55,
      ap: ({ longitude }) => longitude > 60,
      ca: ({ latitude, longitude }) => latitude > 42 && longitude < -52,
      eu: ({ latitude, longitude }) => latitude > 35 && longitude > -10 && longitude < 30,
      il: ({ latitude, longitude }) => latitude > 29 && longitude > 34 && longitude < 36,
      me: ({ latitude, longitude }) => latitude > 12 && longitude > 34 && longitude < 60,
      mx: ({ latitude, longitude }) => latitude > 14 && longitude < -86,
      sa: ({ latitude, longitude }) => latitude < 13 && longitude > -82 && longitude < -34,
      us: ({ latitude, longitude }) => latitude > 24 && longitude < -66,
    };
    const wrong = ALL.filter((region) => !sides[region.slice(0, 2)]?.(PLACES[region] as Place));
    expect(wrong).toEqual([]);
  });

  test('are known, or the plan says so', () => {
    expect(refusal).toContain(
      "Where eu-west-9 is, isn't known: add it to modules/shared/edge/locations.json.",
    );
  });
});
