import type { Resource } from '../../../../tools/aws-simulation/simulation.ts';
import {
  set,
  testInterfaces,
  testLifecycle,
  testRefusals,
  type Weakening,
} from '../../../tests/prove.ts';
import { ACCOUNT_ID } from '../../../tests/root.ts';
import type { Refusal } from '../../../tests/validations.ts';
import { faultsOf } from './promises.ts';

const REGION = 'eu-west-1';
const DNS = { zone_id: 'Z0123456789ABCDEFGHIJ', record_names: [`origin.${REGION}.example.com`] };
/** As the module kms has it in every key. */
const ACCOUNT_DECIDES = JSON.stringify({
  Statement: [
    {
      ...{ Effect: 'Allow', Action: 'kms:*', Resource: '*' },
      Principal: { AWS: `arn:aws:iam::${ACCOUNT_ID}:root` },
    },
  ],
});
const CALL = {
  module: 'app/identity',
  inputs: {
    name: 'hello-test',
    region: REGION,
    account_id: ACCOUNT_ID,
    cluster_name: `\${aws_eks_cluster.this.name}`,
    secret_names: {
      application: 'hello-test/database/application',
      migration: 'hello-test/database/migration',
    },
    secrets_key_alias: 'alias/hello-test-secrets',
    external_dns: DNS,
  },
  surroundings: {
    resource: {
      aws_eks_cluster: {
        this: {
          name: 'hello-test',
          role_arn: `\${aws_iam_role.cluster.arn}`,
          vpc_config: { subnet_ids: [`\${aws_subnet.a.id}`, `\${aws_subnet.b.id}`] },
        },
      },
      aws_vpc: { this: { cidr_block: '10.16.0.0/16' } },
      aws_subnet: Object.fromEntries(
        ['a', 'b'].map((letter, index) => [
          letter,
          {
            vpc_id: `\${aws_vpc.this.id}`,
            availability_zone: `${REGION}${letter}`,
            cidr_block: `10.16.${index}.0/24`,
          },
        ]),
      ),
      aws_iam_role: { cluster: { name: 'cluster', assume_role_policy: '{"Statement":[]}' } },
      aws_kms_key: { secrets: { policy: ACCOUNT_DECIDES } },
      aws_kms_alias: {
        secrets: {
          name: 'alias/hello-test-secrets',
          target_key_id: `\${aws_kms_key.secrets.key_id}`,
        },
      },
    },
  },
};

/** Changes the text of a role's policy or of its trust. */
const rewrite =
  (type: 'aws_iam_policy' | 'aws_iam_role', from: string | RegExp, to: string) =>
  (account: Resource[]): Resource[] =>
    account.map((resource) => {
      const argument = type === 'aws_iam_role' ? 'assume_role_policy' : 'policy';
      if (resource.type !== type) return resource;
      const text = resource.attributes[argument].replaceAll(from, to);
      return { ...resource, attributes: { ...resource.attributes, [argument]: text } };
    });

const WEAKENINGS: readonly Weakening[] = [
  ['no role migration', (account) => account.filter(({ id }) => !id.endsWith('-migration'))],
  ['application is given to no pod', set('aws_eks_pod_identity_association', { namespace: 'x' })],
  [
    'application is trusted to others than its pods',
    rewrite('aws_iam_role', '"aws:SourceArn"', '"aws:PrincipalArn"'),
  ],
  [
    'external-dns is trusted to others than its pods',
    rewrite('aws_iam_role', 'kubernetes-service-account', 'kubernetes-pod-name'),
  ],
  ['application and the secret master', rewrite('aws_iam_policy', 'database/application', '*')],
  ['application and the secret application', rewrite('aws_iam_policy', REGION, 'eu-west-2')],
  [
    'migration and the key for the secret application',
    rewrite('aws_iam_policy', ':secret:hello-test/database/migration', ':secret:*'),
  ],
  ['application and the key for the secret application', set('aws_kms_alias', { name: 'alias/x' })],
  [
    'application uses the key for other services',
    rewrite('aws_iam_policy', 'secretsmanager.eu-west-1.amazonaws', 's3.eu-west-1.amazonaws'),
  ],
  ['application writes its secret', rewrite('aws_iam_policy', ':GetSecretValue', ':*')],
  ['records of origins', rewrite('aws_iam_policy', /"a-origin[^"]*"/g, '"other"')],
  ['External DNS changes other names', rewrite('aws_iam_policy', 'aaaa-origin.eu-west-1.', '')],
  ['External DNS changes other types', rewrite('aws_iam_policy', '"AAAA"', '"NS"')],
  ['External DNS changes what names nothing', rewrite('aws_iam_policy', '"false"', '"true"')],
];

const REFUSALS: readonly Refusal[] = [
  [{ name: 'Hello' }, 'name is "Hello": set 2 to 32 lower-case letters'],
  [{ region: 'Ireland' }, 'region is "Ireland": set the code of a region'],
  [{ account_id: '12' }, 'account_id is "12": set the 12 digits'],
  [{ cluster_name: 'a b' }, 'cluster_name is "a b": set 1 to 100 letters'],
  [{ namespace: 'Hello' }, 'namespace is "Hello": set the name of a namespace'],
  [{ service_accounts: { application: 'A', migration: 'b' } }, 'service_accounts is {"application'],
  [
    { service_accounts: { application: 'hello', migration: 'hello' } },
    'service_accounts names hello twice',
  ],
  [{ secret_names: { application: '*', migration: 'b' } }, 'set names of secrets, without ARN'],
  [{ secret_names: { application: 'b', migration: 'b' } }, 'secret_names names b twice'],
  [{ secrets_key_alias: 'secrets' }, 'secrets_key_alias is "secrets": set an alias such as'],
  [{ external_dns: { ...DNS, zone_id: 'example.com' } }, 'external_dns.zone_id is "example.com"'],
  [{ external_dns: { ...DNS, record_names: [] } }, 'external_dns.record_names is []: set at least'],
  [{ external_dns: { ...DNS, record_names: ['*.example.com'] } }, 'is ["*.example.com"]: set at'],
  [{ permissions_boundary_arn: 'bounds' }, 'permissions_boundary_arn is "bounds": set the ARN'],
];

const ALONE = {
  module: CALL.module,
  inputs: { ...CALL.inputs, cluster_name: 'hello-test' },
};

testInterfaces(ALONE);
testRefusals(ALONE, REFUSALS);

testLifecycle(CALL, {
  faultsOf: (account) => {
    const key = account.find(({ type }) => type === 'aws_kms_key');
    return faultsOf(account, { region: REGION, key: key?.attributes.arn });
  },
  weakenings: WEAKENINGS,
  change: [
    { external_dns: null, permissions_boundary_arn: `arn:aws:iam::${ACCOUNT_ID}:policy/bounds` },
    {
      'module.role["application"].aws_iam_role.this[0]': 'update',
      'module.role["migration"].aws_iam_role.this[0]': 'update',
      'module.role["external-dns"].aws_iam_role.this[0]': 'delete',
      'module.role["external-dns"].aws_iam_policy.custom[0]': 'delete',
      'module.role["external-dns"].aws_iam_role_policy_attachment.custom[0]': 'delete',
      'module.role["external-dns"].aws_eks_pod_identity_association.this["pods"]': 'delete',
    },
  ],
});
