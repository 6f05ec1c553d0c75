import { expect, test } from 'bun:test';
import { join } from 'node:path';
import { YAML } from 'bun';
import type { Resource } from '../../aws-simulation/simulation.ts';
import { collect } from '../../collect.ts';
import { billOf, drawBill, total } from '../bill.ts';
import { countBilled } from '../billed.ts';
import { monthly, type Prices, readPrices } from '../prices.ts';
import { recorded } from '../recorded.ts';
import { composed, stepsOf, timeToServe } from '../trade-offs.ts';

const COST = join(import.meta.dir, '..');
const prices = await readPrices();

const resource = (
  type: string,
  attributes: Resource['attributes'] = {},
  region = 'eu-west-1',
): Resource => ({ type, id: attributes.id ?? type, region, account: '1', attributes, file: '' });

/** A part of an account as the simulation lists it. */
const ACCOUNT = [
  resource('aws_vpc'),
  resource('aws_eip'),
  resource('aws_nat_gateway'),
  resource('aws_nat_gateway', {}, 'eu-central-1'),
  resource('aws_vpc_endpoint', { vpc_endpoint_type: 'Gateway', subnet_ids: null }),
  resource('aws_rds_cluster', {
    id: 'small',
    serverlessv2_scaling_configuration: [{ min_capacity: 0.5, max_capacity: 2 }],
  }),
  resource('aws_rds_cluster_instance', {
    cluster_identifier: 'small',
    instance_class: 'db.serverless',
  }),
  resource('aws_rds_cluster_instance', { instance_class: 'db.r8g.large' }),
  resource('aws_cloudwatch_metric_alarm', { metric_query: [] }),
  resource('aws_cloudwatch_metric_alarm', {
    metric_query: [{ metric: [] }, { metric: [{}] }, { metric: [{}] }],
  }),
  resource('aws_wafv2_web_acl', { rule: [{}, {}, {}] }),
  resource(
    'aws_route53_health_check',
    { type: 'HTTPS', request_interval: 10, search_string: '', measure_latency: false },
    'global',
  ),
];

test('counts what is billed, in the words of the table', () => {
  expect(countBilled(ACCOUNT, prices)).toEqual({
    'eu-central-1': { aws_nat_gateway: 1 },
    'eu-west-1': {
      'Aurora capacity unit': 0.5,
      aws_nat_gateway: 1,
      'aws_rds_cluster_instance db.r8g.large': 1,
      aws_wafv2_web_acl: 1,
      'metric of an alarm': 3,
      'public IPv4 address': 1,
      'rule of a web ACL': 3,
    },
    global: { aws_route53_health_check: 1, 'option of a health check': 2 },
  });
});

test('refuses what has no price, naming each and its region', () => {
  const counts = countBilled(
    [
      ...ACCOUNT,
      resource('aws_elasticache_cluster'),
      resource('aws_rds_cluster_instance', { instance_class: 'db.r8g.xlarge' }),
      resource('aws_rds_cluster', { database_insights_mode: 'advanced' }),
      resource('aws_vpc_endpoint', { vpc_endpoint_type: 'Interface', subnet_ids: ['a', 'b'] }),
      resource('aws_rds_cluster_instance', { instance_class: 'db.r8g.large' }, 'us-west-2'),
    ],
    prices,
  );
  const refusal = () => billOf({ clusters: {}, counts }, prices);
  for (const missing of [
    'aws_elasticache_cluster in eu-west-1',
    'aws_rds_cluster_instance db.r8g.xlarge in eu-west-1',
    'advanced Database Insights in eu-west-1',
    'interface endpoint in a zone in eu-west-1',
    'aws_rds_cluster_instance db.r8g.large in us-west-2',
    'Add a row to tools/cost/prices.yaml',
  ])
    expect(refusal).toThrow(missing);
  expect(refusal).not.toThrow('aws_nat_gateway');
});

const SMALL: Prices = {
  prices: [
    { item: 'gateway', per: 'hour', usd: { here: 0.5 }, date: '', source: '' },
    { item: 'key', per: 'month', usd: { all: 3 }, date: '', source: '', estimate: 'a guess' },
    { item: 'node large', per: 'hour', usd: { all: 0.1 }, date: '', source: '' },
    { item: 'node large, Auto Mode', per: 'hour', usd: { all: 0.01 }, date: '', source: '' },
  ],
  clusters: { some: { 'node large': 2, key: 1 } },
  idle: [],
};

test('reckons 730 hours a month, and what clusters make beside what was counted', () => {
  const bill = billOf(
    { clusters: { here: 'some' }, counts: { here: { gateway: 2, key: 4 }, there: { key: 1 } } },
    SMALL,
  );
  expect(bill.map(({ usd, ...line }) => [...Object.values(line), Number(usd.toFixed(6))])).toEqual([
    ['here', 'gateway', 2, false, 730],
    ['here', 'key', 5, true, 15],
    ['here', 'node large', 2, false, 146],
    ['here', 'node large, Auto Mode', 2, false, 14.6],
    ['there', 'key', 1, true, 3],
  ]);
  expect(total(bill)).toBeCloseTo(908.6, 6);
  const drawn = drawBill(bill);
  expect(drawn).toContain('| here | key | 5 | ~ 15.00 |');
  expect(drawn).toContain('| here | gateway | 2 | 730.00 |');
  expect(drawn).toContain('| here | **all** | | 905.60 |');
  expect(drawn).toContain('| | **all** | | **908.60** |');
  expect(() => billOf({ clusters: { here: 'none' }, counts: {} }, SMALL)).toThrow(
    'no cluster none',
  );
});

test('every price has a date and a source, is the only one of its kind, and is needed', () => {
  const seen = new Set<string>();
  for (const { item, per, usd, date, source } of prices.prices) {
    expect([item, date]).toEqual([item, expect.stringMatching(/^\d{4}-\d\d-\d\d$/)]);
    expect([item, source]).toEqual([item, expect.stringMatching(/^https:\/\/\S+$/)]);
    expect(['hour', 'month']).toContain(per);
    for (const [region, price] of Object.entries(usd)) {
      expect(price).toBeGreaterThan(0);
      expect([...seen]).not.toContain(`${item} ${region}`);
      seen.add(`${item} ${region}`);
    }
  }
  const needed = new Set(
    Object.values(recorded).flatMap((environment) =>
      billOf(environment, prices).map(({ item }) => item),
    ),
  );
  expect(prices.prices.map(({ item }) => item).filter((item) => !needed.has(item))).toEqual([]);
  expect(prices.idle).toEqual([...new Set(prices.idle)].sort());
  for (const type of prices.idle) expect(monthly(prices, type, 'eu-west-1')).toBeUndefined();
});

test('service levels have a date and a source, and multiply', async () => {
  const parts = YAML.parse(await Bun.file(join(COST, 'levels.yaml')).text()) as Record<
    string,
    { level: number; date: string; source: string }[]
  >;
  for (const { level, date, source } of Object.values(parts).flat()) {
    expect(level).toBeWithin(0.99, 1.000001);
    expect(date).toMatch(/^\d{4}-\d\d-\d\d$/);
    expect(source).toMatch(/^https:\/\/\S+$/);
  }
  expect(composed([{ level: 0.9 }, { level: 0.5 }])).toBeCloseTo(0.45, 9);
});

const RUNBOOK = `## How long it takes

| step | at best | at worst | from |
|---|---|---|---|
| the alarm rings | 5 | 5 | somewhere |
| 2, an instance | 10 | 20 | somewhere |
| **served** | **15** | **25** | |
`;

test('the time to serve is that of the runbook, without the steps that are spared', () => {
  const steps = stepsOf(RUNBOOK);
  expect(timeToServe(steps, [])).toEqual({ best: 15, worst: 25 });
  expect(timeToServe(steps, ['2, an instance'])).toEqual({ best: 5, worst: 5 });
  expect(() => timeToServe(steps, ['3, nothing'])).toThrow('the runbook has no step 3, nothing');
  expect(() => stepsOf(RUNBOOK.replace('**25**', '**24**'))).toThrow('add up to 15 and 25 minutes');
});

const cost = async (...words: string[]) => {
  const { status, output, errors } = await collect([
    process.execPath,
    join(COST, 'cost.ts'),
    ...words,
  ]);
  return { status, said: output, errors };
};

test('the command prints an environment, all of them, or which there are', async () => {
  const page = await Bun.file(join(COST, '../../docs/trade-offs.md')).text();
  const [all, prod, none] = await Promise.all([cost(), cost('prod'), cost('nowhere')]);
  expect(all.status).toBe(0);
  expect(page).toContain(all.said);
  expect(prod.said).toContain('| eu-west-1 | aws_nat_gateway | 3 |');
  const [, sum] = /\*\*all\*\* \| \| \*\*([\d.]+)\*\*/.exec(prod.said) ?? [];
  expect(page).toMatch(
    new RegExp(`^\\| prod \\|.* ${Math.round(Number(sum)).toLocaleString('en')} \\|`, 'm'),
  );
  expect(none).toEqual({
    status: 2,
    said: '',
    errors: `environment nowhere is not one of ${Object.keys(recorded).join(', ')}\n`,
  });
});
