import { set, testInterfaces, testLifecycle, testRefusals, without } from '../../../tests/prove.ts';
import { ACCOUNT_ID } from '../../../tests/root.ts';
import { faultsOf } from './promises.ts';

const DOMAIN = 'hello.example.com';
const DISTRIBUTION = 'd111111abcdef8.cloudfront.net';
const INPUTS = {
  name: 'hello-test',
  account_id: ACCOUNT_ID,
  domain: DOMAIN,
  distribution_domain: DISTRIBUTION,
  distribution_zone_id: 'Z2FDTNDATAQYW2',
  health_paths: { 'eu-west-1': '/.origins/eu-west-1' },
};
const CALL = { module: 'app/record', inputs: { ...INPUTS, zone_id: 'Z0123456789ABCDEFGHIJ' } };

testInterfaces(CALL);

testRefusals(CALL, [
  [{ name: 'Hello' }, 'name is "Hello": set 3 to 32 lower-case letters'],
  [{ account_id: '12' }, 'account_id is "12": set the 12 digits'],
  [{ zone_id: DOMAIN }, 'zone_id is "hello.example.com": set the ID of a zone'],
  [{ domain: 'Hello' }, 'domain is "Hello": set a name in lower case'],
  [{ distribution_domain: DOMAIN }, "set the distribution's own name"],
  [
    { distribution_zone_id: 'mine' },
    'distribution_zone_id is "mine": set the distribution_zone_id',
  ],
  [{ health_paths: { 'eu-west-1': 'health' } }, 'health_paths is {"eu-west-1":"health"}: set at'],
]);

testLifecycle(
  {
    ...CALL,
    inputs: {
      ...INPUTS,
      // biome-ignore lint/suspicious/noTemplateCurlyInString: Terraform's.
      zone_id: '${aws_route53_zone.this.zone_id}',
    },
    surroundings: { resource: { aws_route53_zone: { this: { name: DOMAIN } } } },
  },
  {
    faultsOf: (account) => faultsOf(account, DOMAIN, DISTRIBUTION, ['eu-west-1']),
    weakenings: [
      ...(['A', 'AAAA', 'HTTPS'] as const).map(
        (type) =>
          [
            `no ${type} record leads to the distribution`,
            without(({ attributes }) => attributes.type === type),
          ] as const,
      ),
      [
        'no A record leads to the distribution',
        set('aws_route53_record', {
          alias: [{ name: DISTRIBUTION, evaluate_target_health: true }],
        }),
      ],
      ['nobody asks the origin of eu-west-1', set('aws_route53_health_check', { disabled: true })],
      [
        'nobody asks the origin of eu-west-1',
        set('aws_route53_health_check', { resource_path: '/' }),
      ],
      [
        'an origin is asked that serves nothing',
        (account) => [...account, ...account.filter(({ type }) => type.endsWith('health_check'))],
      ],
    ],
    // As after a failover: the other region serves.
    change: [
      { health_paths: { 'eu-central-1': '/.origins/eu-central-1' } },
      {
        'aws_route53_health_check.origin["eu-central-1"]': 'create',
        'aws_route53_health_check.origin["eu-west-1"]': 'delete',
      },
    ],
  },
);
