import type { Resource } from '../../../../tools/aws-simulation/simulation.ts';
import { may, type Role, rolesOf, type Statement } from '../../../tests/permissions.ts';
import { ACCOUNT_ID } from '../../../tests/root.ts';

const ZONE = 'arn:aws:route53:::hostedzone/Z0123456789ABCDEFGHIJ';

/** A region of an application called `hello-test`. */
export interface Expected {
  readonly region: string;
  /** Key of the region's secrets. */
  readonly key: string;
}

/** What is wrong with the identities of a region, a line each. */
export const faultsOf = async (
  account: readonly Resource[],
  { region, key }: Expected,
): Promise<string[]> => {
  const faults: string[] = [];
  const promise = (holds: boolean, fault: string) => void (holds || faults.push(fault));
  const roles = new Map(rolesOf(account).map((role) => [role.name, role]));
  const secret = (purpose: string, where = region) =>
    `arn:aws:secretsmanager:${where}:${ACCOUNT_ID}:secret:hello-test/database/${purpose}-abc123`;
  const decrypting = (arn: string, service = `secretsmanager.${region}.amazonaws.com`) => ({
    'kms:ViaService': service,
    'kms:EncryptionContext:SecretARN': arn,
  });

  for (const [purpose, serviceAccount] of PODS) {
    const role = roles.get(`hello-test-${region}-${purpose}`);
    promise(role !== undefined, `no role ${purpose}`);
    if (!role) continue;
    promise(trusts(role, region, serviceAccount), `${purpose} is trusted to others than its pods`);
    promise(
      account.some(
        ({ type, attributes }) =>
          type === 'aws_eks_pod_identity_association' &&
          attributes.cluster_name === 'hello-test' &&
          attributes.namespace === NAMESPACES[purpose] &&
          attributes.service_account === serviceAccount &&
          attributes.role_arn === role.arn,
      ),
      `${purpose} is given to no pod`,
    );
    const reads = (on: string) => may(account, role, 'secretsmanager:GetSecretValue', on);
    const decrypts = (context: Record<string, string>) =>
      may(account, role, 'kms:Decrypt', key, context);
    for (const other of ['master', 'application', 'migration'] as const) {
      const own = other === purpose;
      promise((await reads(secret(other))) === own, `${purpose} and the secret ${other}`);
      promise(
        (await decrypts(decrypting(secret(other)))) === own,
        `${purpose} and the key for the secret ${other}`,
      );
    }
    promise(
      !(await decrypts(decrypting(secret(purpose), `s3.${region}.amazonaws.com`))),
      `${purpose} uses the key for other services`,
    );
    promise(
      !(await may(account, role, 'secretsmanager:PutSecretValue', secret(purpose))),
      `${purpose} writes its secret`,
    );
    const changes = (names: string[], types: string[]) =>
      may(account, role, 'route53:ChangeResourceRecordSets', ZONE, {
        'route53:ChangeResourceRecordSetsNormalizedRecordNames': names,
        'route53:ChangeResourceRecordSetsRecordTypes': types,
      });
    const keeps = purpose === 'external-dns';
    const origin = `origin.${region}.example.com`;
    promise((await changes([origin, `a-${origin}`], ['A', 'TXT'])) === keeps, 'records of origins');
    promise(!(await changes([origin, 'example.com'], ['A'])), 'External DNS changes other names');
    promise(!(await changes([origin], ['NS'])), 'External DNS changes other types');
    promise(
      !(await may(account, role, 'route53:ChangeResourceRecordSets', ZONE)),
      'External DNS changes what names nothing',
    );
  }
  return faults;
};

const PODS = [
  ['application', 'hello'],
  ['migration', 'hello-migration'],
  ['external-dns', 'external-dns'],
] as const;

const NAMESPACES = { application: 'hello', migration: 'hello', 'external-dns': 'external-dns' };

const trusts = ({ name, trust }: Role, region: string, serviceAccount: string): boolean => {
  const purpose = name.replace(`hello-test-${region}-`, '') as keyof typeof NAMESPACES;
  const expected: Statement = {
    Effect: 'Allow',
    Principal: { Service: 'pods.eks.amazonaws.com' },
    Action: ['sts:AssumeRole', 'sts:TagSession'],
    Condition: {
      StringEquals: {
        'aws:SourceAccount': ACCOUNT_ID,
        'aws:RequestTag/kubernetes-namespace': NAMESPACES[purpose],
        'aws:RequestTag/kubernetes-service-account': serviceAccount,
      },
      ArnEquals: { 'aws:SourceArn': `arn:aws:eks:${region}:${ACCOUNT_ID}:cluster/hello-test` },
    },
  };
  return Bun.deepEquals(trust.statements, [expected]);
};
