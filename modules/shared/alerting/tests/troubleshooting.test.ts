import { afterAll, beforeAll, beforeEach, expect, test } from 'bun:test';
import { join } from 'node:path';
import type { MetricDataQuery } from '@aws-sdk/client-cloudwatch';
import { packFunction } from '../../../../tools/lambda.ts';
import { type PackedFunction, unpackFunction } from '../../../tests/function.ts';
import { emitterOf } from '../../../tests/metrics.ts';
import { COMPOSITE_ALARM, METRIC_ALARM, SINCE } from './answers.ts';
import { type Aws, type AwsCall, startAws } from './aws.ts';

const FOLDER = 'modules/shared/alerting/troubleshooting';
const LIMIT_MILLISECONDS = 60_000;

/** SNS's own limit of a message. */
const SNS_BYTES = 262_144;

let aws: Aws;
let environment: Record<string, string>;
let troubleshooting: PackedFunction;

beforeAll(async () => {
  aws = await startAws();
  const region = { cluster_name: 'hello-test', database_cluster_identifier: 'hello-test' };
  environment = {
    AWS_ENDPOINT_URL: aws.url,
    ALARM_NAME_PREFIX: 'hello-test-',
    DEADLINE_MILLISECONDS: '15000',
    RUNBOOK_URL: 'https://example.com/docs/runbooks',
    SUBJECTS: JSON.stringify({
      regions: { 'eu-central-1': region, 'eu-west-1': region },
      global_database_identifier: 'hello-test',
      distribution_id: 'E2EXAMPLE',
      deployment: { namespace: 'hello', name: 'hello' },
      log_queries: { errors: { log_group_name: '/app', query: 'filter level = "error"' } },
    }),
    TOPIC_ARN: 'arn:aws:sns:eu-west-1:123456789012:hello-test-reports',
  };
  troubleshooting = await unpackFunction(FOLDER, environment);
}, LIMIT_MILLISECONDS);

beforeEach(() => aws.reset());

afterAll(async () => {
  troubleshooting?.remove();
  await aws?.stop();
});

/** Runs the function and returns the one report that it posted. */
const report = async (event: object, run = troubleshooting) => {
  await run.invoke(event);
  expect(aws.messages).toHaveLength(1);
  return aws.messages[0] as Aws['messages'][number];
};

const changed = (event: typeof METRIC_ALARM | typeof COMPOSITE_ALARM, detail: object) => ({
  ...event,
  detail: { ...event.detail, ...detail },
});

/** Runs it with another environment, as long as it takes. */
const withEnvironment = async <Result>(
  changes: Record<string, string>,
  use: (run: PackedFunction) => Promise<Result>,
): Promise<Result> => {
  const run = await unpackFunction(FOLDER, { ...environment, ...changes });
  try {
    return await use(run);
  } finally {
    run.remove();
  }
};

const sectionOf = (message: string, title: string): string =>
  message.split('\n\n').find((section) => section.startsWith(`== ${title}`)) ?? 'no such section';

test(
  'it reports on a composite alarm what the person on call would look at first',
  async () => {
    const { Subject, Message } = await report(COMPOSITE_ALARM);
    expect(Subject).toBe('Report: hello-test-resources in eu-west-1');
    expect(`${Message}\n`).toBe(await Bun.file(join(import.meta.dir, 'report.txt')).text());
    expect(Message).not.toContain('casey');
    expect(Message).not.toContain('Not known');
  },
  LIMIT_MILLISECONDS,
);

test(
  'it only reads, and asks each region for its own',
  async () => {
    await report(COMPOSITE_ALARM);
    const made = (call: AwsCall) => `${call.region} ${call.operation}`;
    const calls = [...new Set(aws.calls.map(made))].sort();
    const inRegions = ['DescribeCluster', 'DescribeDBClusters', 'DescribeEvents', 'StartQuery'];
    for (const region of ['eu-central-1', 'eu-west-1'])
      for (const operation of inRegions) expect(calls).toContain(`${region} ${operation}`);
    for (const operation of ['DescribeAlarms', 'GetMetricData', 'LookupEvents'])
      expect(calls).toContain(`us-east-1 ${operation}`);
    const others = calls.filter((call) => !/ (Describe|Get|Lookup|StartQuery)/.test(call));
    expect(others).toEqual(['eu-west-1 Publish']);
    const looked = aws.calls.filter(
      ({ operation, region }) => operation === 'LookupEvents' && region === 'eu-west-1',
    );
    const by = looked.flatMap(({ input }) => input.LookupAttributes as { AttributeKey: string }[]);
    expect(by.map(({ AttributeKey }) => AttributeKey).sort()).toEqual(['EventName', 'ReadOnly']);
  },
  LIMIT_MILLISECONDS,
);

test(
  'each figure that it asks for is one that somebody emits there',
  async () => {
    await report(COMPOSITE_ALARM);
    const asked = aws.calls
      .filter(({ operation }) => operation === 'GetMetricData')
      .flatMap(({ region, input }) =>
        (input.MetricDataQueries as MetricDataQuery[]).map(({ MetricStat }) => {
          const { Namespace = '', MetricName = '', Dimensions = [] } = MetricStat?.Metric ?? {};
          return {
            ...{ region, namespace: Namespace, name: MetricName },
            dimensions: Object.fromEntries(Dimensions.map(({ Name, Value }) => [Name, Value])),
          };
        }),
      );
    expect(asked.length).toBeGreaterThan(15);
    expect(asked.filter((metric) => emitterOf(metric) === undefined)).toEqual([]);
  },
  LIMIT_MILLISECONDS,
);

test(
  'with the region of the alarm gone, another tells of the global database, and only its own instances’ events count',
  async () => {
    aws.reply = ({ operation, region, input }) => {
      if (region === 'eu-west-1' && operation === 'DescribeGlobalClusters') return 'silence';
      if (operation !== 'DescribeEvents' || input.SourceType !== 'db-instance') return undefined;
      return `<Events><Event><SourceIdentifier>other-1</SourceIdentifier><Message>restarted</Message>
        <Date>2026-11-22T09:58:00.000Z</Date></Event><Event><SourceIdentifier>hello-test-eu-west-1b</SourceIdentifier>
        <Message>deleted</Message><Date>2026-11-22T09:59:00.000Z</Date></Event></Events>`;
    };
    const { Message } = await report(COMPOSITE_ALARM);
    expect(sectionOf(Message, 'Global database hello-test')).toContain('eu-west-1 writes');
    expect(sectionOf(Message, 'Events of database hello-test in eu-west-1').split('\n')[1]).toBe(
      '2026-11-22 09:59 hello-test-eu-west-1b: deleted',
    );
    expect(Message).not.toContain('other-1');
  },
  LIMIT_MILLISECONDS,
);

test(
  'it reports on an alarm of a metric with its own figures, and on one that CloudWatch no longer knows',
  async () => {
    const { Message } = await report(METRIC_ALARM);
    expect(sectionOf(Message, 'Its figures')).toContain(
      'DaysToExpiry (Minimum of 5 min): 97.12 days at last, 11.25 days to 97.12 days since 2026-11-22 10:02',
    );
    const [own] = aws.calls.filter(({ operation }) => operation === 'GetMetricData');
    expect(own?.input.StartTime).toBe(SINCE.getTime() / 1000 - 86_400);
    expect(Message).toContain('Runbook: https://example.com/docs/runbooks/aws-certificate.md');
    expect(Message).not.toContain('Runbooks:');
    aws.reset();
    const unknown = changed(METRIC_ALARM, {
      alarmName: 'hello-test-unheard-of',
      configuration: {},
    });
    const second = await report(unknown);
    expect(second.Message).toStartWith('hello-test-unheard-of in eu-west-1 is in ALARM since');
    expect(second.Message).toContain('Runbooks: https://example.com/docs/runbooks\n');
  },
  LIMIT_MILLISECONDS,
);

test(
  'what rings nobody is not reported',
  async () => {
    const now = METRIC_ALARM.detail.state;
    for (const [event, why] of [
      [changed(METRIC_ALARM, { state: { ...now, value: 'OK' } }), 'nothing to report'],
      [changed(METRIC_ALARM, { previousState: now }), 'nothing to report'],
      [
        changed(COMPOSITE_ALARM, { state: { ...now, actionsSuppressedBy: 'WaitPeriod' } }),
        'nothing to report',
      ],
      [changed(METRIC_ALARM, { alarmName: 'hello-test-database-processor' }), 'a composite alarm'],
    ] as const)
      expect(await troubleshooting.invoke(event)).toContain(why);
    expect(aws.messages).toEqual([]);
    // Let go after it was held back, it rings.
    const heldBack = { ...now, actionsSuppressedBy: 'WaitPeriod' };
    await report(changed(COMPOSITE_ALARM, { previousState: heldBack }));
  },
  LIMIT_MILLISECONDS,
);

test(
  'an event that comes twice is reported twice, under the same id',
  async () => {
    await troubleshooting.invoke(METRIC_ALARM);
    await troubleshooting.invoke(METRIC_ALARM);
    expect(aws.messages).toHaveLength(2);
    for (const { Message } of aws.messages) expect(Message).toContain(`Report ${METRIC_ALARM.id},`);
  },
  LIMIT_MILLISECONDS,
);

const QUESTIONS: readonly (readonly [operation: string, title: string])[] = [
  ['DescribeAlarms', 'Alarms that are on in eu-west-1'],
  ['GetMetricData', 'Requests through CloudFront (E2EXAMPLE)'],
  ['LookupEvents', 'Changes in eu-west-1, by CloudTrail'],
  ['DescribeDBClusters', 'Database hello-test in eu-west-1'],
  ['DescribeEvents', 'Events of database hello-test in eu-west-1'],
  ['DescribeGlobalClusters', 'Global database hello-test'],
  ['DescribeCluster', 'Cluster hello-test in eu-west-1'],
  ['StartQuery', 'Log in eu-west-1: errors'],
  ['GetQueryResults', 'Log in eu-west-1: errors'],
];

test(
  'each question that fails says why, and the others are answered',
  async () => {
    // Every other one, then the rest: starting a query and fetching its result are of one question.
    for (const turn of [0, 1]) {
      const denied = new Set(QUESTIONS.filter((_, index) => index % 2 === turn));
      aws.reset();
      aws.reply = ({ operation }) =>
        [...denied].some(([name]) => name === operation) ? { error: 'AccessDenied' } : undefined;
      const { Message } = await report(COMPOSITE_ALARM);
      const failures = sectionOf(Message, 'Not known');
      for (const [operation, title] of denied) {
        expect(failures).toContain(`${title}: not allowed: nobody is not authorized to perform`);
        expect(failures).toContain(`:${operation}`);
      }
      for (const question of QUESTIONS)
        if (!denied.has(question) && !failures.includes(question[1]))
          expect(sectionOf(Message, question[1])).not.toBe('no such section');
    }
  },
  2 * LIMIT_MILLISECONDS,
);

test(
  'AWS that is silent, throttles or is gone leaves a report of the rest',
  async () => {
    aws.reply = ({ operation, region }) => {
      if (operation === 'Publish') return undefined;
      if (region === 'eu-west-1' && operation === 'DescribeCluster') return 'silence';
      if (operation === 'GetQueryResults') return { status: 'Running' };
      if (operation === 'LookupEvents') return { error: 'ThrottlingException' };
      return region === 'eu-central-1' ? 'reset' : undefined;
    };
    const { Message } = await withEnvironment({ DEADLINE_MILLISECONDS: '3000' }, (run) =>
      report(COMPOSITE_ALARM, run),
    );
    const failures = sectionOf(Message, 'Not known');
    expect(failures).toContain('Cluster hello-test in eu-west-1: no answer within 3 s');
    expect(failures).toContain('Log in eu-west-1: errors: no answer within 3 s');
    expect(failures).toContain('Changes in eu-west-1, by CloudTrail: throttled: ');
    expect(failures).toContain('Database hello-test in eu-central-1: unreachable: ');
    expect(sectionOf(Message, 'Database hello-test in eu-west-1')).toContain('writes');
  },
  LIMIT_MILLISECONDS,
);

test(
  'with nothing to be had, the alarm itself is reported',
  async () => {
    aws.reply = ({ operation }) => (operation === 'Publish' ? undefined : 'silence');
    const { Message } = await withEnvironment({ DEADLINE_MILLISECONDS: '1000' }, (run) =>
      report(METRIC_ALARM, run),
    );
    expect(Message).toStartWith('hello-test-certificate in eu-west-1 is in ALARM since 2026-11-23');
    expect(sectionOf(Message, 'Not known').split('\n').length).toBeGreaterThan(QUESTIONS.length);
  },
  LIMIT_MILLISECONDS,
);

test(
  'whatever is found, the report is one that SNS takes',
  async () => {
    const value = '☃'.repeat(20_000);
    aws.reply = ({ operation }) => {
      if (operation !== 'GetQueryResults') return undefined;
      return {
        status: 'Complete',
        results: Array(200).fill([{ field: 'message', value: '☃\n'.repeat(400) }]),
      };
    };
    const queries = Object.fromEntries(
      Array.from({ length: 60 }, (_, index) => [
        `query ${index}`,
        { log_group_name: '/app', query: '' },
      ]),
    );
    const subjects = { ...JSON.parse(environment.SUBJECTS as string), log_queries: queries };
    const event = changed(METRIC_ALARM, {
      alarmName: `hello-test-${'ü'.repeat(200)}`,
      state: { ...METRIC_ALARM.detail.state, reason: value },
    });
    const { Subject, Message } = await withEnvironment(
      { SUBJECTS: JSON.stringify(subjects) },
      (run) => report(event, run),
    );
    expect(Buffer.byteLength(Message)).toBeLessThan(SNS_BYTES);
    expect(Message).toContain('… and 180 more');
    expect(Message).toMatch(/… cut: the report has \d+ bytes$/);
    expect(Subject).toMatch(/^Report: hello-test-\?+$/);
    expect(Subject.length).toBeLessThan(100);
  },
  2 * LIMIT_MILLISECONDS,
);

test(
  'a report that can not be posted, or an event of something else, fails for Lambda to see',
  async () => {
    aws.reply = ({ operation }) =>
      operation === 'Publish' ? { error: 'AuthorizationError' } : undefined;
    await expect(troubleshooting.invoke(METRIC_ALARM)).rejects.toThrow('not authorized to perform');
    await expect(troubleshooting.invoke({ id: '1', detail: {} })).rejects.toThrow(
      'event 1 is no CloudWatch Alarm State Change',
    );
    const { TOPIC_ARN: _, ...incomplete } = environment;
    const run = await unpackFunction(FOLDER, incomplete);
    try {
      await expect(run.invoke(METRIC_ALARM)).rejects.toThrow('variable TOPIC_ARN is not set');
    } finally {
      run.remove();
    }
  },
  LIMIT_MILLISECONDS,
);

test('the same sources make the same archive', async () => {
  expect(Bun.hash(await packFunction(FOLDER))).toBe(Bun.hash(await packFunction(FOLDER)));
});
