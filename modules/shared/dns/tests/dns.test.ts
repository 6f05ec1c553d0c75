import { set, testInterfaces, testLifecycle, testRefusals, without } from '../../../tests/prove.ts';
import { ACCOUNT_ID } from '../../../tests/root.ts';
import { faultsOf } from './promises.ts';

const CALL = {
  module: 'shared/dns',
  region: 'us-east-1',
  inputs: {
    name: 'hello-test',
    account_id: ACCOUNT_ID,
    domain: 'hello.example.com',
    incident_email: 'security@example.com',
    dnssec: true,
  },
};

testInterfaces(CALL);

testRefusals(CALL, [
  [{ name: 'Hello' }, 'name is "Hello": set 3 to 32 lower-case letters'],
  [{ region: 'eu-west-1' }, 'region is "eu-west-1": set us-east-1, the only region in which AWS'],
  [{ account_id: '12' }, 'account_id is "12": set the 12 digits'],
  [{ domain: 'Example.com.' }, 'domain is "Example.com.": set a domain in lower case'],
  [{ certificate_authorities: [] }, 'certificate_authorities is []: set at least one domain'],
  [{ incident_email: 'nobody' }, 'incident_email is "nobody": set an address'],
  [{ key_deletion_days: 6 }, 'key_deletion_days is 6: set a whole number from 7 to 30'],
]);

testLifecycle(CALL, {
  faultsOf,
  weakenings: [
    ['records of others go with the zone', set('aws_route53_zone', { force_destroy: true })],
    [
      'CAA does not name Amazon, or is not there',
      set('aws_route53_record', { records: ['0 issue "example.net"'] }),
    ],
    ['CAA does not name Amazon, or is not there', set('aws_route53_record', { name: 'other' })],
    [
      'a CAA record is not one of issue or iodef',
      set('aws_route53_record', { records: ['0 issue "amazon.com"', '0 issue ";"'] }),
    ],
    [
      'a name that is new is not found for more than a minute',
      set('aws_route53_record', {
        records: ['ns-1.awsdns-00.com. awsdns-hostmaster.amazon.com. 1 7200 900 1209600 86400'],
      }),
    ],
    [
      'a name that is new is not found for more than a minute',
      without(({ attributes }) => attributes.type === 'SOA'),
    ],
    [
      'the zone is not signed',
      set('aws_route53_hosted_zone_dnssec', { signing_status: 'NOT_SIGNING' }),
    ],
    ['the zone is not signed', set('aws_route53_key_signing_key', { status: 'INACTIVE' })],
    [
      'the key may be used by others than Route 53 for this account',
      set('aws_kms_key', {
        policy: JSON.stringify({
          Statement: [{ Principal: { Service: 'dnssec-route53.amazonaws.com' } }],
        }),
      }),
    ],
  ],
  change: [
    { dnssec: false, incident_email: null },
    {
      'aws_route53_record.authorities': 'update',
      'aws_route53_key_signing_key.this[0]': 'delete',
      'aws_route53_hosted_zone_dnssec.this[0]': 'delete',
      'module.key.aws_kms_alias.this["hello-test-dns"]': 'delete',
      'module.key.aws_kms_key.this[0]': 'delete',
    },
  ],
});
