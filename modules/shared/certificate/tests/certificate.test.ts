import { set, testInterfaces, testLifecycle, testRefusals, without } from '../../../tests/prove.ts';
import { ACCOUNT_ID } from '../../../tests/root.ts';
import { faultsOf } from './promises.ts';

const NAMES = ['hello.example.com', 'eu-west-1.origin.hello.example.com'];
const INPUTS = {
  region: 'eu-west-1',
  account_id: ACCOUNT_ID,
  domain: NAMES[0],
  alternative_names: [NAMES[1]],
};
const ZONED = {
  module: 'shared/certificate',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: Terraform's.
  inputs: { ...INPUTS, zone_id: '${aws_route53_zone.this.zone_id}' },
  surroundings: { resource: { aws_route53_zone: { this: { name: 'hello.example.com' } } } },
};
const CALL = {
  module: 'shared/certificate',
  inputs: { ...INPUTS, zone_id: 'Z0123456789ABCDEFGHIJ' },
};

testInterfaces(CALL);

testRefusals(CALL, [
  [{ region: 'Ireland' }, 'region is "Ireland": set the code of a region'],
  [{ account_id: '12' }, 'account_id is "12": set the 12 digits'],
  [{ domain: 'hello.example.com.' }, 'domain is "hello.example.com.": set a name in lower case'],
  [{ domain: `${'a.'.repeat(32)}com` }, 'domain has 67 characters: set at most 64'],
  [{ alternative_names: ['*'] }, 'alternative_names is ["*"]: set names in lower case'],
  [
    { alternative_names: [...'abcdefghij'].map((label) => `${label}.example.com`) },
    'alternative_names has 10 entries: set at most 9',
  ],
  [{ alternative_names: [NAMES[0]] }, 'alternative_names names hello.example.com, which domain'],
  [{ zone_id: 'hello.example.com' }, 'zone_id is "hello.example.com": set the ID of a zone'],
]);

testLifecycle(ZONED, {
  faultsOf: (account) => faultsOf(account, NAMES),
  weakenings: [
    ['a name is not covered', set('aws_acm_certificate', { subject_alternative_names: [] })],
    ['it is not renewed by DNS', set('aws_acm_certificate', { validation_method: 'EMAIL' })],
    ['it is in no transparency log', set('aws_acm_certificate', { options: [] })],
    [
      'a name has no record for its validation',
      without(
        ({ type, attributes }) =>
          type === 'aws_route53_record' && attributes.name.includes('origin'),
      ),
    ],
    [
      "a record may be another certificate's, and go with either",
      set('aws_route53_record', { allow_overwrite: true }),
    ],
    [
      'nobody waits until it is issued',
      without(({ type }) => type === 'aws_acm_certificate_validation'),
    ],
  ],
  // A certificate's names are for ever: a new one is made before the old one goes. Until it is, AWS tells no record.
  change: [
    { alternative_names: [NAMES[1], 'eu-central-1.origin.hello.example.com'] },
    {
      'module.certificate.aws_acm_certificate.this[0]': 'replace',
      'module.certificate.aws_acm_certificate_validation.this[0]': 'replace',
      'module.certificate.aws_route53_record.validation[0]': 'replace',
      'module.certificate.aws_route53_record.validation[1]': 'replace',
      'module.certificate.aws_route53_record.validation[2]': 'create',
    },
  ],
});
