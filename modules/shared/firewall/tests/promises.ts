import type { Resource } from '../../../../tools/aws-simulation/simulation.ts';
import { type Decision, decide, type Request } from './evaluate.ts';

const GROUPS = ['Common', 'KnownBadInputs', 'SQLi'].map((name) => `AWSManagedRules${name}RuleSet`);
const PRIVATE_HEADERS = ['authorization', 'cookie', 'referer', 'x-origin-check'];

/** What each web ACL does with what it sees. */
const DECISIONS: Readonly<Record<string, readonly (readonly [Request, Decision])[]>> = {
  CLOUDFRONT: [
    [{ bodyBytes: 30 }, 'allowed'],
    [{ bodyBytes: 8_192 }, 'allowed'],
    [{ bodyBytes: 10_240 }, '413 body-size'],
    [{ bodyBytes: 20_000 }, '413 body-size'],
    [{ bodyBytes: 30, rate: 2_000 }, 'allowed'],
    [{ bodyBytes: 30, rate: 2_001 }, '429 rate'],
  ],
  REGIONAL: [
    [{ bodyBytes: 30 }, 'allowed'],
    [{ bodyBytes: 8_192 }, 'allowed'],
    [{ bodyBytes: 10_240 }, '413 body-size'],
    [{ bodyBytes: 30, throughUs: false }, '403 origin-check'],
    [{ bodyBytes: 30, rate: 1_000_000 }, 'allowed'],
  ],
};

/** The same while they only count: nobody is blocked but who did not come through us. */
const COUNTING = Object.fromEntries(
  Object.entries(DECISIONS).map(([scope, decisions]) => [
    scope,
    decisions.map(
      ([request, decision]) =>
        [request, decision.endsWith('origin-check') ? decision : 'allowed'] as const,
    ),
  ]),
);

/** What is wrong with the web ACLs of an account, a line each. */
export const faultsOf = (account: readonly Resource[], countOnly = false) => {
  const faults: string[] = [];
  const promise = (holds: boolean, fault: string) => void (holds || faults.push(fault));
  const all = (type: string) => account.filter((resource) => resource.type === type);

  for (const acl of all('aws_wafv2_web_acl')) {
    const { scope, rule, arn, data_protection_config, visibility_config } = acl.attributes;
    const names: string[] = rule.map(({ name }: { name: string }) => name);
    promise(
      GROUPS.every((name) => names.includes(name)),
      `${scope}: a group of AWS is missing`,
    );
    promise(
      names.some((name) => /IpReputation|^rate$/.test(name)) === (scope === 'CLOUDFRONT'),
      `${scope}: rules by source address stand in the wrong place`,
    );
    for (const [request, decision] of (countOnly ? COUNTING : DECISIONS)[scope] ?? [])
      promise(
        decide(acl, request) === decision,
        `${scope}: ${JSON.stringify(request)} is not ${decision}`,
      );

    const logging = all('aws_wafv2_web_acl_logging_configuration').find(
      ({ attributes }) => attributes.resource_arn === arn,
    )?.attributes;
    const headers = (logging?.redacted_fields ?? []).flatMap(
      ({ single_header }: { single_header: { name: string }[] }) =>
        single_header.map(({ name }) => name),
    );
    /** The keys that are taken out of all output, by field; none are all of a field. */
    const substituted = new Map<string, string[]>(
      data_protection_config[0]?.data_protection
        .filter(({ action }: Resource['attributes']) => action === 'SUBSTITUTION')
        .map(({ field: [{ field_type, field_keys }] }: Resource['attributes']) => [
          field_type,
          field_keys ?? [],
        ]),
    );
    promise(
      PRIVATE_HEADERS.every(
        (name) => headers.includes(name) && substituted.get('SINGLE_HEADER')?.includes(name),
      ),
      `${scope}: credentials are in the log`,
    );
    promise(
      ['uri_path', 'query_string'].every((field) =>
        logging?.redacted_fields.some((each: Record<string, unknown[]>) => each[field]?.length),
      ) &&
        [
          visibility_config,
          ...rule.map((each: Resource['attributes']) => each.visibility_config),
        ].every(([{ sampled_requests_enabled }]) => !sampled_requests_enabled),
      `${scope}: names are in the log or in samples`,
    );
    promise(
      ['BODY', 'QUERY_STRING'].every((field) => substituted.get(field)?.length === 0),
      `${scope}: what a rule matched in a body or query is in the log`,
    );
    const group = all('aws_cloudwatch_log_group').find(({ attributes }) =>
      logging?.log_destination_configs.includes(attributes.arn),
    );
    promise(
      all('aws_kms_key').some(
        ({ attributes, region }) =>
          attributes.arn === group?.attributes.kms_key_id &&
          attributes.enable_key_rotation &&
          region === group?.region,
      ),
      `${scope}: the log has no key that is rotated`,
    );
  }
  return faults;
};
