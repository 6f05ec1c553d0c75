import type { Resource } from '../../../../tools/aws-simulation/simulation.ts';

interface Statement {
  readonly Sid?: string;
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly Principal?: unknown;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** What the function may do beside telling: to read, whatever it reads. */
const READS = /:(Describe|Get|Lookup|StartQuery)/;
const TELLS = /^(sns:Publish|kms:(Decrypt|GenerateDataKey)|logs:(CreateLogStream|PutLogEvents))$/;

/** What is wrong with the alerting of a region in an account, a line each. */
export const faultsOf = (account: readonly Resource[], subscribed: readonly string[]): string[] => {
  const faults: string[] = [];
  const promise = (holds: boolean, fault: string) => void (holds || faults.push(fault));
  const all = (type: string) =>
    account.filter((resource) => resource.type === type).map(({ attributes }) => attributes);
  const ours = new Set(
    all('aws_kms_key')
      .filter(({ enable_key_rotation }) => enable_key_rotation)
      .map(({ arn }) => arn),
  );
  const statementsOf = (policy: string): Statement[] => JSON.parse(policy).Statement;
  const listOf = (value: string | readonly string[] | undefined) => [value ?? []].flat();

  const topics = all('aws_sns_topic');
  promise(
    ['critical', 'warning', 'reports'].every((severity) =>
      topics.some(({ name }) => name.endsWith(`-${severity}`)),
    ),
    'a topic is missing',
  );
  promise(
    topics.every(({ kms_master_key_id }) => ours.has(kms_master_key_id)),
    'a topic has no key of ours',
  );
  for (const { policy, arn } of all('aws_sns_topic_policy')) {
    const statements = statementsOf(policy);
    const allowed = statements.filter(({ Effect }) => Effect === 'Allow');
    promise(
      allowed.every(
        ({ Principal, Condition }) =>
          JSON.stringify(Principal) === '{"Service":"cloudwatch.amazonaws.com"}' &&
          Condition?.ArnLike !== undefined &&
          Condition.StringEquals !== undefined,
      ),
      'others than our alarms may publish',
    );
    promise(allowed.length === (arn.endsWith('-reports') ? 0 : 1), 'an alarm can not ring');
    promise(
      statements.some(({ Effect, Condition }) => Effect === 'Deny' && Condition?.Bool),
      'messages go without TLS',
    );
  }
  promise(
    all('aws_kms_key').every(({ policy }) =>
      statementsOf(policy).some(({ Sid, Action }) =>
        [Sid === 'Alarms', listOf(Action).includes('kms:Decrypt')].every(Boolean),
      ),
    ),
    'alarms may not use the key of the topics, and ring nobody',
  );
  promise(
    Bun.deepEquals(
      all('aws_sns_topic_subscription')
        .map(({ topic_arn, endpoint }) => `${topic_arn.split('-').at(-1)} ${endpoint}`)
        .sort(),
      [...subscribed].sort(),
    ),
    'not those hear who subscribed',
  );

  const [rule] = all('aws_cloudwatch_event_rule');
  const pattern = JSON.parse(rule?.event_pattern ?? '{}');
  promise(
    pattern['detail-type']?.[0] === 'CloudWatch Alarm State Change' &&
      pattern.detail?.state?.value?.join() === 'ALARM',
    'the function is called for more or less than alarms that go off',
  );
  const [target] = all('aws_cloudwatch_event_target');
  const [lambda] = all('aws_lambda_function');
  promise(target?.arn === lambda?.arn && target?.rule === rule?.name, 'the rule calls nothing');
  promise(
    all('aws_lambda_permission').every(
      ({ principal, source_arn }) =>
        principal === 'events.amazonaws.com' && source_arn === rule?.arn,
    ),
    'others may call the function',
  );
  promise(ours.has(lambda?.kms_key_arn), 'the environment of the function has no key of ours');
  promise(
    all('aws_cloudwatch_log_group').every(({ kms_key_id }) => ours.has(kms_key_id)),
    'a log has no key of ours',
  );
  promise(
    all('aws_lambda_function_event_invoke_config').some(({ destination_config: [to] }) =>
      to?.on_failure?.[0]?.destination.endsWith('-reports'),
    ),
    'a report that failed is noticed by nobody',
  );

  promise(
    all('aws_iam_role').every(
      ({ permissions_boundary, assume_role_policy }) =>
        permissions_boundary &&
        statementsOf(assume_role_policy).every(
          ({ Condition }) => Condition?.StringEquals?.['aws:SourceAccount'],
        ),
    ),
    'the role is not bounded, or another account may take it',
  );
  for (const { policy } of all('aws_iam_role_policy'))
    for (const { Action, Resource: resource, Condition } of statementsOf(policy)) {
      promise(
        listOf(Action).every((action) => READS.test(action) || TELLS.test(action)),
        'the function may change something',
      );
      promise(
        !listOf(resource).includes('*') ||
          Condition?.StringEquals?.['aws:RequestedRegion'] !== undefined,
        'the function may look everywhere',
      );
    }
  return [...new Set(faults)];
};
