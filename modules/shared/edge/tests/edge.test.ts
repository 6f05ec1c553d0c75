import { beforeAll, expect } from 'bun:test';
import { join } from 'node:path';
import type { Resource } from '../../../../tools/aws-simulation/simulation.ts';
import { packFunction } from '../../../../tools/lambda.ts';
import { set, testInterfaces, testLifecycle, testRefusals, without } from '../../../tests/prove.ts';
import { ACCOUNT_ID } from '../../../tests/root.ts';
import { faultsOf } from './promises.ts';

const REGIONS = ['eu-west-1', 'eu-central-1'];
const INPUTS = {
  name: 'hello-test',
  account_id: ACCOUNT_ID,
  domains: ['hello.example.com'],
  certificate_arn: `arn:aws:acm:us-east-1:${ACCOUNT_ID}:certificate/1`,
  web_acl_arn: `arn:aws:wafv2:us-east-1:${ACCOUNT_ID}:global/webacl/hello-test/1`,
  origins: Object.fromEntries(
    REGIONS.map((region) => [region, `${region}.origin.hello.example.com`]),
  ),
  serving_region: 'eu-west-1',
  active_regions: ['eu-central-1'],
  health_path: '/openapi/json',
};
const CALL = { module: 'shared/edge', region: 'us-east-1', inputs: INPUTS };

/** With the certificate and the web ACL that it names. */
const STANDING = {
  ...CALL,
  inputs: {
    ...INPUTS,
    // biome-ignore-start lint/suspicious/noTemplateCurlyInString: Terraform's.
    certificate_arn: '${aws_acm_certificate.this.arn}',
    web_acl_arn: '${aws_wafv2_web_acl.this.arn}',
    // biome-ignore-end lint/suspicious/noTemplateCurlyInString: Terraform's.
  },
  surroundings: {
    resource: {
      aws_acm_certificate: {
        this: { domain_name: 'hello.example.com', validation_method: 'DNS' },
      },
      aws_wafv2_web_acl: {
        this: {
          name: 'hello-test',
          scope: 'CLOUDFRONT',
          default_action: { allow: {} },
          visibility_config: {
            cloudwatch_metrics_enabled: false,
            metric_name: 'hello-test',
            sampled_requests_enabled: false,
          },
        },
      },
    },
  },
};

beforeAll(async () => {
  for (const name of ['rotation', 'unavailable'])
    await Bun.write(
      join(import.meta.dir, `../${name}.zip`),
      await packFunction(`modules/shared/edge/${name}`),
    );
});

testInterfaces(CALL);

testRefusals(CALL, [
  [{ name: 'Hello' }, 'name is "Hello": set 3 to 32 lower-case letters'],
  [{ region: 'eu-west-1' }, 'region is "eu-west-1": set us-east-1, the only region in which AWS'],
  [{ account_id: '12' }, 'account_id is "12": set the 12 digits'],
  [{ domains: ['Hello'] }, 'domains is ["Hello"]: set at least one name'],
  [
    { certificate_arn: `arn:aws:acm:eu-west-1:${ACCOUNT_ID}:certificate/1` },
    'set the ARN of a certificate of us-east-1; CloudFront takes no other',
  ],
  [
    { web_acl_arn: `arn:aws:wafv2:eu-west-1:${ACCOUNT_ID}:regional/webacl/hello-test/1` },
    'set the ARN of a web ACL of the scope CLOUDFRONT',
  ],
  [{ origins: { Ireland: 'a.example.com' } }, 'origins is {"Ireland":"a.example.com"}: set host'],
  [{ origins: { 'eu-west-1': 'https://a' } }, 'set hostnames in lower case without a dot'],
  [
    { origins: { 'eu-west-1': 'a.example.com', 'eu-west-2': 'a.example.com' } },
    'origins names a hostname twice',
  ],
  [{ origins: { 'eu-west-1': 'hello.example.com' } }, 'which leads to the distribution itself'],
  [{ serving_region: 'eu-north-1' }, 'serving_region is "eu-north-1": set one of the regions'],
  [{ active_regions: ['eu-north-1'] }, 'active_regions is ["eu-north-1"]: set regions of origins'],
  [{ active_regions: ['eu-west-1'] }, 'active_regions names serving_region, "eu-west-1"'],
  [{ health_path: 'health' }, 'health_path is "health": set a path'],
  [{ price_class: 'all' }, 'price_class is "all": set PriceClass_100'],
  [{ unavailable: { body: 'sorry', retry_after_seconds: 1 } }, 'unavailable.body is sorry: set'],
  [{ unavailable: { body: '{}', retry_after_seconds: 0 } }, 'retry_after_seconds is 0: set a'],
  [{ rotation_days: 0 }, 'rotation_days is 0: set a whole number from 1 to 90'],
  [{ log_retention_days: 31 }, 'log_retention_days is 31: set a number that CloudWatch'],
  [{ key_deletion_days: 6 }, 'key_deletion_days is 6: set a whole number from 7 to 30'],
  [{ permissions_boundary_arn: 'boundary' }, 'set the ARN of a policy, or null'],
]);

/** A weakening of the distribution. */
const distribution =
  (change: (attributes: Resource['attributes']) => object) =>
  (account: Resource[]): Resource[] =>
    account.map((resource) =>
      resource.type === 'aws_cloudfront_distribution'
        ? { ...resource, attributes: { ...resource.attributes, ...change(resource.attributes) } }
        : resource,
    );

/** A weakening of the distribution, in each element of one of its lists. */
const each = (list: string, change: object) =>
  distribution((attributes) => ({
    [list]: attributes[list].map((element: object) => ({ ...element, ...change })),
  }));

/** A weakening of the function that CloudFront runs. */
const code =
  (from: string, to: string) =>
  (account: Resource[]): Resource[] =>
    account.map(({ attributes, ...resource }) => ({
      ...resource,
      attributes:
        resource.type === 'aws_cloudfront_function'
          ? { ...attributes, code: attributes.code.replace(from, to) }
          : attributes,
    }));

testLifecycle(STANDING, {
  faultsOf: (account) => faultsOf(account, REGIONS, ['eu-central-1']),
  faultsAfter: async (account) => {
    const elsewhere = code(
      'selectRequestOriginById("eu-central-1")',
      'selectRequestOriginById("eu-west-1")',
    );
    expect(await faultsOf(elsewhere([...account]), REGIONS, [])).toEqual([
      'the function leads to others than the regions that serve',
    ]);
    return account.some(
      ({ attributes }) =>
        attributes.default_cache_behavior?.[0].target_origin_id === 'eu-central-1',
    )
      ? faultsOf(account, REGIONS, [])
      : ['the other region does not serve'];
  },
  weakenings: [
    ['no distribution', without(({ type }) => type === 'aws_cloudfront_distribution')],
    [
      'the latency of the origin is not measured',
      without(({ type }) => type === 'aws_cloudfront_monitoring_subscription'),
    ],
    [
      'viewers may speak plain HTTP or old TLS',
      each('default_cache_behavior', { viewer_protocol_policy: 'allow-all' }),
    ],
    [
      'viewers may speak plain HTTP or old TLS',
      each('viewer_certificate', { minimum_protocol_version: 'TLSv1' }),
    ],
    ['no HTTP/3', distribution(() => ({ http_version: 'http2' }))],
    [
      'an origin is asked by plain HTTP or old TLS',
      each('origin', { custom_origin_config: [{ origin_protocol_policy: 'match-viewer' }] }),
    ],
    [
      'a connection is used that a load balancer is about to close',
      each('origin', { custom_origin_config: [{ origin_keepalive_timeout: 60 }] }),
    ],
    [
      'the log is of another distribution, or by a name that is not ours',
      set('aws_cloudwatch_log_delivery_source', { name: 'cloudfront-E1' }),
    ],
    [
      'the log is of another distribution, or by a name that is not ours',
      set('aws_cloudwatch_log_delivery', { delivery_source_name: 'other' }),
    ],
    ['no web ACL', distribution(() => ({ web_acl_id: '' }))],
    ['an origin group, which refuses PUT', distribution(() => ({ origin_group: [{}] }))],
    ['PUT is refused', each('default_cache_behavior', { allowed_methods: ['GET', 'HEAD'] })],
    [
      "the health of eu-central-1 can't be asked",
      each('ordered_cache_behavior', { target_origin_id: 'eu-west-1' }),
    ],
    [
      'a request goes to a load balancer without the origin check',
      each('default_cache_behavior', { function_association: [] }),
    ],
    [
      'a request goes to a load balancer without the origin check',
      set('aws_cloudfront_function', { key_value_store_associations: [] }),
    ],
    [
      'a request has not our value in its header, or is changed otherwise',
      code('{ value: value }', "request.headers['x-origin-check']"),
    ],
    [
      'the function leads to others than the regions that serve',
      code('chooseOrigin(request);', 'null;'),
    ],
    [
      'the function is not told where viewers are, or origins more, or in vain',
      set('aws_cloudfront_origin_request_policy', {
        headers_config: [{ header_behavior: 'allViewer', headers: [] }],
      }),
    ],
    [
      'the function is not told where viewers are, or origins more, or in vain',
      each('default_cache_behavior', { origin_request_policy_id: 'another' }),
    ],
    ['an origin is not asked by its health path', code("'/.origins/'", "'/origins/'")],
    [
      'without a value an origin is asked, or the answer is not the one for an origin that is down',
      code('503', '500'),
    ],
    [
      'an origin has a header that the state knows',
      each('origin', { custom_header: [{ name: 'x-origin-check', value: 'secret' }] }),
    ],
    [
      'not one rule group in each region',
      set('aws_lambda_invocation', { input: '{"regions":["eu-west-1"]}' }),
    ],
    [
      'not one rule group in each region',
      set('aws_lambda_invocation', { lifecycle_scope: 'CREATE_ONLY' }),
    ],
    [
      'nothing rotates the origin check',
      without(({ type }) => type === 'aws_cloudwatch_event_target'),
    ],
    [
      'the rotation may do more or less than it has to',
      set('aws_iam_role_policy', { policy: '{"Statement":[]}' }),
    ],
    [
      'the rotation may do more or less than it has to',
      set('aws_iam_role_policy', {
        policy: '{"Statement":[{"Effect":"Allow","Action":"wafv2:*","Resource":"*"}]}',
      }),
    ],
    [
      'an error is cached',
      distribution(({ custom_error_response }) => ({
        custom_error_response: custom_error_response.filter(
          (each: { error_code: number }) => each.error_code !== 403,
        ),
      })),
    ],
    [
      'an origin that is down is not told by 503',
      each('custom_error_response', { response_code: 200 }),
    ],
    [
      'the page of an origin that is down is not for the distribution, or not for it alone',
      set('aws_lambda_function_url', { authorization_type: 'NONE' }),
    ],
    [
      'the page of an origin that is down is not for the distribution, or not for it alone',
      without(({ attributes }) => attributes.action === 'lambda:InvokeFunctionUrl'),
    ],
    [
      'browsers are not told to stay with HTTPS',
      set('aws_cloudfront_response_headers_policy', { security_headers_config: [] }),
    ],
    [
      'no access log, or one with paths',
      set('aws_cloudwatch_log_delivery', { record_fields: ['sc-status', 'cs-uri-stem'] }),
    ],
    [
      'a log or function has no key that is rotated',
      set('aws_lambda_function', { kms_key_arn: '' }),
    ],
  ],
  // The failover to the active region; to a standby there is no policy to delete.
  change: [
    { serving_region: 'eu-central-1', active_regions: [] },
    {
      'aws_cloudfront_origin_request_policy.viewer_location["this"]': 'delete',
      'module.distribution.aws_cloudfront_distribution.this[0]': 'update',
      'module.distribution.aws_cloudfront_function.this["viewer-request"]': 'update',
    },
  ],
});
