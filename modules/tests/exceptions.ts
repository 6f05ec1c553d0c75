/** Policies that are wider than the rule, by what the rule says of them, with the reason. One that isn't needed fails the test. */
export const EXCEPTIONS: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    ['hello-prod-apply', 'hello-prod-plan', 'hello-prod-pull', 'hello-release-push'].map((role) => [
      `${role}: has no boundary`,
      "A pipeline's own role, made by a person; it makes no role without the boundary.",
    ]),
  ),
  ...Object.fromEntries(
    ['hello-prod-apply', 'hello-prod-plan'].map((role) => [
      `${role}: hello-prod-read: ec2:DescribeVpcAttribute on *, though AWS knows narrower`,
      'It reads how networks are set, whose numbers are not known before.',
    ]),
  ),
  'hello-prod-REGION-node: trusts ec2.amazonaws.com without a condition':
    'EC2 sends no condition key; who may pass the role decides.',
  ...Object.fromEntries(
    [
      'AssignPrivateIpAddresses',
      'CreateNetworkInterface',
      'DeleteNetworkInterface',
      'UnassignPrivateIpAddresses',
    ].map((action) => [
      `hello-prod-REGION-rotation: rotation: ec2:${action} on *, though AWS knows narrower`,
      'Lambda checks the role for it on `*` before the interfaces are there; the code of the function is denied it.',
    ]),
  ),
};

/** What has no key of ours, as the test tells it, with the reason. */
export const UNENCRYPTED: Readonly<Record<string, string>> = Object.fromEntries(
  ['eu-central-1', 'eu-west-1', 'us-east-1'].map((region) => [
    `bucket hello-prod-state-123456789012-${region}-log in ${region} has no key`,
    'S3 writes access logs with its own key only ([S3: server access logs](https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html)).',
  ]),
);

/** What AWS keeps under keys of its own and takes none of ours for, or where ours would guard nothing, by type. */
export const KEYS_OF_AWS: Readonly<Record<string, readonly [what: string, reason: string]>> = {
  aws_acm_certificate: [
    'private keys of certificates',
    'ACM takes no other key than `aws/acm` ([ACM: data protection](https://docs.aws.amazon.com/acm/latest/userguide/data-protection.html)).',
  ],
  aws_cloudfront_distribution: [
    'what CloudFront caches',
    'It takes no key; errors and what the service does not allow are not kept.',
  ],
  aws_cloudfront_key_value_store: [
    'the value of the origin check, at CloudFront and in the rule groups of WAF',
    'Neither takes a key ([record](decisions/0012-origin-check.md)).',
  ],
  aws_lambda_function: [
    'code of functions',
    'It is public, in this repository; the environment has our key.',
  ],
};
