import type { Resource } from '../../../../tools/aws-simulation/simulation.ts';
import {
  type Call,
  set,
  testInterfaces,
  testLifecycle,
  testRefusals,
} from '../../../tests/prove.ts';
import { ACCOUNT_ID } from '../../../tests/root.ts';
import { faultsOf } from './promises.ts';

const REGIONAL: Call = {
  module: 'shared/firewall',
  inputs: {
    name: 'hello-test',
    region: 'eu-west-1',
    account_id: ACCOUNT_ID,
    scope: 'REGIONAL',
    origin_check_rule_group_arn: `arn:aws:wafv2:eu-west-1:${ACCOUNT_ID}:regional/rulegroup/hello-test/1`,
  },
};

const AT_EDGE: Call = {
  module: 'shared/firewall',
  region: 'us-east-1',
  inputs: { name: 'hello-test', region: 'us-east-1', account_id: ACCOUNT_ID, scope: 'CLOUDFRONT' },
};

testInterfaces(REGIONAL);

testRefusals(REGIONAL, [
  [{ name: 'Hello' }, 'name is "Hello": set 3 to 32 lower-case letters'],
  [{ region: 'Ireland' }, 'region is "Ireland": set the code of a region'],
  [{ account_id: '12' }, 'account_id is "12": set the 12 digits'],
  [{ scope: 'GLOBAL' }, 'scope is "GLOBAL": set CLOUDFRONT or REGIONAL'],
  [
    { scope: 'CLOUDFRONT', origin_check_rule_group_arn: null },
    'scope is CLOUDFRONT, but region is eu-west-1: call the module with us-east-1',
  ],
  [{ rate_limit: 5 }, 'rate_limit is 5: set a whole number from 10'],
  [{ origin_check_rule_group_arn: 'mine' }, 'origin_check_rule_group_arn is "mine": set the ARN'],
  [
    { scope: 'CLOUDFRONT', region: 'us-east-1' },
    'origin_check_rule_group_arn is set, but scope is CLOUDFRONT',
  ],
  [{ redacted_headers: ['Cookie'] }, 'redacted_headers is ["Cookie"]: set names of headers'],
  [
    { redacted_headers: ['cookie'] },
    'redacted_headers is ["cookie"]: keep authorization, cookie, referer',
  ],
  [{ log_retention_days: 31 }, 'log_retention_days is 31: set a number that CloudWatch'],
  [{ key_deletion_days: 6 }, 'key_deletion_days is 6: set a whole number from 7 to 30'],
]);

/** A weakening of each rule of the web ACLs. */
const rules =
  (change: (rule: Resource['attributes']) => object | undefined) =>
  (account: Resource[]): Resource[] =>
    account.map(({ attributes, ...resource }) => ({
      ...resource,
      attributes:
        resource.type === 'aws_wafv2_web_acl'
          ? {
              ...attributes,
              rule: attributes.rule.flatMap((rule: Resource['attributes']) => change(rule) ?? []),
            }
          : attributes,
    }));

/** A weakening: what is in a field stays in the log. */
const unprotected =
  (field_type: string) =>
  (account: Resource[]): Resource[] =>
    account.map(({ attributes, ...resource }) => ({
      ...resource,
      attributes: attributes.data_protection_config
        ? {
            ...attributes,
            data_protection_config: attributes.data_protection_config.map(
              ({ data_protection }: Resource['attributes']) => ({
                data_protection: data_protection.filter(
                  ({ field: [field] }: Resource['attributes']) => field.field_type !== field_type,
                ),
              }),
            ),
          }
        : attributes,
    }));

const weakenings = (scope: string) =>
  [
    [
      `${scope}: a group of AWS is missing`,
      rules((rule) => (rule.name.endsWith('SQLiRuleSet') ? undefined : rule)),
    ],
    // The common group would answer 403.
    [
      `${scope}: {"bodyBytes":10240} is not 413 body-size`,
      rules((rule) => (rule.name === 'body-size' ? undefined : rule)),
    ],
    [
      `${scope}: credentials are in the log`,
      set('aws_wafv2_web_acl', { data_protection_config: [] }),
    ],
    ...['SINGLE_HEADER', 'BODY', 'QUERY_STRING'].map(
      (field) =>
        [
          field === 'SINGLE_HEADER'
            ? `${scope}: credentials are in the log`
            : `${scope}: what a rule matched in a body or query is in the log`,
          unprotected(field),
        ] as const,
    ),
    [
      `${scope}: credentials are in the log`,
      set('aws_wafv2_web_acl_logging_configuration', { redacted_fields: [] }),
    ],
    [
      `${scope}: names are in the log or in samples`,
      set('aws_wafv2_web_acl_logging_configuration', { redacted_fields: [] }),
    ],
    [
      `${scope}: names are in the log or in samples`,
      rules((rule) => ({ ...rule, visibility_config: [{ sampled_requests_enabled: true }] })),
    ],
    [
      `${scope}: the log has no key that is rotated`,
      set('aws_cloudwatch_log_group', { kms_key_id: '' }),
    ],
  ] as const;

testLifecycle(REGIONAL, {
  faultsOf: (account) => faultsOf(account),
  faultsAfter: (account) => faultsOf(account, true),
  weakenings: [
    ...weakenings('REGIONAL'),
    [
      'REGIONAL: {"bodyBytes":30,"throughUs":false} is not 403 origin-check',
      rules((rule) => (rule.name === 'origin-check' ? undefined : rule)),
    ],
    [
      'REGIONAL: rules by source address stand in the wrong place',
      rules((rule) => (rule.name === 'body-size' ? { ...rule, name: 'rate' } : rule)),
    ],
    // Without the setting, a larger body would pass as far as it is inspected.
    [
      'REGIONAL: {"bodyBytes":10240} is not 413 body-size',
      rules((rule) => JSON.parse(JSON.stringify(rule).replace('"MATCH"', '"CONTINUE"'))),
    ],
  ],
  change: [
    { count_only: true, log_retention_days: 30 },
    { 'aws_wafv2_web_acl.this': 'update', 'aws_cloudwatch_log_group.this': 'update' },
  ],
});

testLifecycle(AT_EDGE, {
  faultsOf: (account) => faultsOf(account),
  faultsAfter: (account) => faultsOf(account, true),
  weakenings: [
    ...weakenings('CLOUDFRONT'),
    [
      'CLOUDFRONT: {"bodyBytes":30,"rate":2001} is not 429 rate',
      rules((rule) => (rule.name === 'rate' ? undefined : rule)),
    ],
    [
      'CLOUDFRONT: rules by source address stand in the wrong place',
      rules((rule) => (/rate|Reputation/.test(rule.name) ? undefined : rule)),
    ],
  ],
  change: [{ count_only: true }, { 'aws_wafv2_web_acl.this': 'update' }],
});
