import type { Resource } from '../../../../tools/aws-simulation/simulation.ts';
import { ACCOUNT_ID } from '../../../tests/root.ts';
import { faultsOfCode, prepareFunction } from './viewer-request.ts';

// biome-ignore lint/suspicious/noExplicitAny: the provider's own shapes.
type Block = any;

/** Every code that CloudFront caches: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/HTTPStatusCodes.html */
const CACHED_CODES = [400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504];

/** Where viewers are, beside what they sent. */
const LOCATION = {
  header_behavior: 'allViewerAndWhitelistCloudFront',
  headers: [{ items: ['CloudFront-Viewer-Latitude', 'CloudFront-Viewer-Longitude'] }],
};

/** What is wrong with how origins are chosen from those of active regions, a line each. */
const faultsOfChoice = async (
  account: readonly Resource[],
  behaviour: Block,
  active: readonly string[],
): Promise<string[]> => {
  const faults: string[] = [];
  const find = (type: string) => account.filter((resource) => resource.type === type);
  const chooses = active.length > 0;

  const [code] = find('aws_cloudfront_function');
  const { origins } = await prepareFunction(code?.attributes.code)('/hello/Casey');
  if (!Bun.deepEquals(origins, [behaviour.target_origin_id, ...active]))
    faults.push('the function leads to others than the regions that serve');

  const told = find('aws_cloudfront_origin_request_policy').map(({ id, attributes }) => ({
    used: id === behaviour.origin_request_policy_id,
    headers: attributes.headers_config[0],
  }));
  if (!Bun.deepEquals(told, chooses ? [{ used: true, headers: LOCATION }] : []))
    faults.push('the function is not told where viewers are, or origins more, or in vain');
  return faults;
};

/**
 * What is wrong with the distribution of an account, a line each.
 * @param regions that have an origin
 * @param active those beside the one that serves
 */
export const faultsOf = async (
  account: readonly Resource[],
  regions: readonly string[],
  active: readonly string[],
): Promise<string[]> => {
  const faults: string[] = [];
  const promise = (holds: boolean, fault: string) => void (holds || faults.push(fault));
  const all = (type: string): Block[] =>
    account.filter((resource) => resource.type === type).map(({ attributes }) => attributes);

  const [distribution] = all('aws_cloudfront_distribution');
  if (!distribution) return ['no distribution'];
  const [serving] = distribution.default_cache_behavior;
  const behaviours: Block[] = [serving, ...distribution.ordered_cache_behavior];
  const originOf = (id: string) => distribution.origin.find((each: Block) => each.origin_id === id);

  promise(
    behaviours.every(({ viewer_protocol_policy: policy }) => policy === 'https-only') &&
      distribution.viewer_certificate[0].minimum_protocol_version === 'TLSv1.2_2025',
    'viewers may speak plain HTTP or old TLS',
  );
  promise(distribution.http_version === 'http2and3', 'no HTTP/3');
  promise(
    all('aws_cloudfront_monitoring_subscription').some(
      ({ distribution_id }) => distribution_id === distribution.id,
    ),
    'the latency of the origin is not measured',
  );
  promise(
    distribution.origin.every(
      ({ custom_origin_config: [origin] }: Block) =>
        origin?.origin_protocol_policy === 'https-only' &&
        Bun.deepEquals(origin.origin_ssl_protocols, ['TLSv1.2']),
    ),
    'an origin is asked by plain HTTP or old TLS',
  );
  promise(
    regions.every(
      (region) => originOf(region)?.custom_origin_config[0]?.origin_keepalive_timeout < 60,
    ),
    'a connection is used that a load balancer is about to close',
  );
  promise(
    all('aws_wafv2_web_acl').some(({ arn }) => arn === distribution.web_acl_id),
    'no web ACL',
  );
  promise(distribution.origin_group.length === 0, 'an origin group, which refuses PUT');
  promise(serving.allowed_methods.includes('PUT'), 'PUT is refused');
  for (const region of regions)
    promise(
      distribution.ordered_cache_behavior.some(
        ({ path_pattern, target_origin_id }: Block) =>
          path_pattern === `/.origins/${region}` && target_origin_id === region,
      ),
      `the health of ${region} can't be asked`,
    );

  const functions = all('aws_cloudfront_function');
  const stores = all('aws_cloudfront_key_value_store').map(({ arn }) => arn);
  for (const { target_origin_id, function_association = [] } of behaviours)
    if (regions.includes(target_origin_id))
      promise(
        function_association.some(
          ({ event_type, function_arn }: Block) =>
            event_type === 'viewer-request' &&
            functions.some(
              ({ arn, key_value_store_associations: [store] }) =>
                arn === function_arn && stores.includes(store),
            ),
        ),
        'a request goes to a load balancer without the origin check',
      );
  for (const { code } of functions) faults.push(...(await faultsOfCode(code)));
  faults.push(...(await faultsOfChoice(account, serving, active)));
  promise(
    distribution.origin.every(({ custom_header }: Block) => custom_header.length === 0),
    'an origin has a header that the state knows',
  );
  const [invocation] = all('aws_lambda_invocation');
  promise(
    invocation?.lifecycle_scope === 'CRUD' &&
      Bun.deepEquals(JSON.parse(invocation.input).regions, [...regions].sort()),
    'not one rule group in each region',
  );
  const [schedule] = all('aws_cloudwatch_event_rule');
  promise(
    /^rate\(\d+ days?\)$/.test(schedule?.schedule_expression) &&
      all('aws_cloudwatch_event_target').some(({ rule }) => rule === schedule.name) &&
      all('aws_lambda_permission').some(({ source_arn }) => source_arn === schedule.arn),
    'nothing rotates the origin check',
  );

  const [policy] = all('aws_iam_role_policy').filter(({ name }) => name === 'rotation');
  const allowed = new Map<string, string>(
    JSON.parse(policy?.policy ?? '{"Statement":[]}').Statement.flatMap(
      ({ Action, Resource }: { Action: string | string[]; Resource: string }) =>
        [Action].flat().map((action) => [action, Resource]),
    ),
  );
  const groups = `arn:aws:wafv2:*:${ACCOUNT_ID}:regional/rulegroup/hello-test-origin-check/*`;
  const log = `arn:aws:logs:us-east-1:${ACCOUNT_ID}:log-group:/aws/lambda/hello-test-edge-rotation:*`;
  promise(
    Bun.deepEquals(
      allowed,
      new Map([
        ...['CreateLogStream', 'PutLogEvents'].map((name) => [`logs:${name}`, log] as const),
        ...['DescribeKeyValueStore', 'GetKey', 'UpdateKeys'].map(
          (name) => [`cloudfront-keyvaluestore:${name}`, stores[0]] as const,
        ),
        ...['Create', 'Delete', 'Get', 'Update'].map(
          (name) => [`wafv2:${name}RuleGroup`, groups] as const,
        ),
        ['wafv2:ListRuleGroups', '*'],
      ]),
    ),
    'the rotation may do more or less than it has to',
  );

  const errors: Block[] = distribution.custom_error_response;
  promise(
    CACHED_CODES.every((code) =>
      errors.some(
        ({ error_code, error_caching_min_ttl: seconds }) => error_code === code && seconds === 0,
      ),
    ),
    'an error is cached',
  );
  const [url] = all('aws_lambda_function_url');
  const page = distribution.ordered_cache_behavior.find(
    ({ target_origin_id }: Block) =>
      originOf(target_origin_id)?.domain_name === new URL(url.function_url).host,
  );
  promise(
    [502, 503, 504].every((code) =>
      errors.some(
        ({ error_code, response_code, response_page_path: path }) =>
          error_code === code && response_code === 503 && path === page?.path_pattern,
      ),
    ),
    'an origin that is down is not told by 503',
  );
  promise(
    url?.authorization_type === 'AWS_IAM' &&
      ['lambda:InvokeFunctionUrl', 'lambda:InvokeFunction'].every((action) =>
        all('aws_lambda_permission').some(
          (each) => each.action === action && each.source_arn === distribution.arn,
        ),
      ) &&
      all('aws_cloudfront_origin_access_control').some(
        ({ id, signing_behavior }) =>
          id === originOf(page?.target_origin_id)?.origin_access_control_id &&
          signing_behavior === 'always',
      ),
    'the page of an origin that is down is not for the distribution, or not for it alone',
  );
  const headers = all('aws_cloudfront_response_headers_policy').find(
    ({ id }) => id === serving.response_headers_policy_id,
  );
  promise(
    headers?.security_headers_config[0]?.strict_transport_security[0]?.access_control_max_age_sec >=
      31_536_000,
    'browsers are not told to stay with HTTPS',
  );

  const [delivery] = all('aws_cloudwatch_log_delivery');
  const [source] = all('aws_cloudwatch_log_delivery_source');
  promise(
    source?.resource_arn === distribution.arn &&
      source?.name.startsWith('hello-test') &&
      delivery?.delivery_source_name === source.name,
    'the log is of another distribution, or by a name that is not ours',
  );
  promise(
    delivery?.record_fields.includes('sc-status') &&
      !delivery.record_fields.some((field: string) => /uri|query|cookie|referer/i.test(field)),
    'no access log, or one with paths',
  );
  promise(
    all('aws_cloudwatch_log_group').length === 3 &&
      [...all('aws_cloudwatch_log_group'), ...all('aws_lambda_function')].every((each) =>
        all('aws_kms_key').some(
          ({ arn, enable_key_rotation }) =>
            enable_key_rotation && arn === (each.kms_key_id ?? each.kms_key_arn),
        ),
      ),
    'a log or function has no key that is rotated',
  );
  return faults;
};
