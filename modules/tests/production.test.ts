import { afterAll, beforeAll, expect, test } from 'bun:test';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Resource } from '../../tools/aws-simulation/simulation.ts';
import { codeHash } from '../../tools/aws-simulation/sources.ts';
import { readPlan } from '../../tools/plan/plan.ts';
import { violations } from '../../tools/plan/policy.ts';
import { withSection } from '../../tools/section.ts';
import { cutOff, unappliable, unknownTypes } from './appliable.ts';
import { unexplained, withoutCheckov } from './checkov.ts';
import { drawKeys, drawStored, unencrypted } from './encryption.ts';
import { EXCEPTIONS, KEYS_OF_AWS, UNENCRYPTED } from './exceptions.ts';
import { drawAccount, listResources } from './picture.ts';
import { podsMay } from './pods.ts';
import { drawResourcePolicies, drawRoles, drawTrust, widePolicies } from './policies.ts';
import {
  DOMAIN,
  FOLDERS,
  GLOBAL,
  ORIGINS,
  type Production,
  REGIONS,
  startProduction,
} from './production.ts';
import { LIMIT, set, without } from './prove.ts';
import { wideWays } from './reachability/promises.ts';
import { drawWays, waysOf } from './reachability/ways.ts';
import { ACCOUNT_ID } from './root.ts';
import { testWithSources, WITHOUT_SOURCES } from './sources.ts';

const ROOT = join(import.meta.dir, '../..');
const DOCS = join(ROOT, 'docs');
const HASH = /(<!-- computed from code )\w*( -->)/;

let production: Production;

beforeAll(async () => {
  if (!WITHOUT_SOURCES) production = await startProduction();
}, LIMIT);

afterAll(() => production?.stop(), LIMIT);

const changed = (...changes: ((account: Resource[]) => Resource[])[]): Resource[] =>
  changes.reduce((account, change) => change(account), structuredClone([...production.account]));

// Where the sources of the modules are out of reach, this is all that tells.
test('docs/aws.md was computed from the code that is here', async () => {
  const { 0: mark } = HASH.exec(await Bun.file(join(DOCS, 'aws.md')).text()) ?? [];
  if (process.env.PICTURE !== 'write')
    expect(
      mark,
      'stale: where the module sources are, PICTURE=write bun test modules/tests/production',
    ).toBe(`<!-- computed from code ${await codeHash()} -->`);
});

test('docs/aws.md names what is there', async () => {
  const page = await Bun.file(join(DOCS, 'aws.md')).text();
  const paths = [...page.matchAll(/`((?:helm|kustomize|modules|tools)\/[\w./-]+)`/g)];
  expect(paths.length).toBeGreaterThan(20);
  for (const [, path = ''] of paths) expect(existsSync(join(ROOT, path)), path).toBe(true);
});

testWithSources(
  'the pages show what the modules make (PICTURE=write writes them)',
  async () => {
    const { account } = production;
    const pages: Readonly<Record<string, Readonly<Record<string, string>>>> = {
      'aws.md': {
        picture: `\`\`\`mermaid\n${drawAccount(account, REGIONS)}\n\`\`\``,
        resources: listResources(account, REGIONS),
      },
      'aws-reachability.md': { ways: drawWays(account, REGIONS, GLOBAL) },
      'aws-permissions.md': {
        trust: drawTrust(account, REGIONS),
        roles: drawRoles(account, REGIONS),
        'policies on resources': drawResourcePolicies(account, REGIONS),
        exceptions: drawReasons(Object.entries(EXCEPTIONS)),
      },
      'aws-encryption.md': {
        stored: drawStored(account, REGIONS),
        keys: await drawKeys(account, REGIONS),
        'keys of AWS': drawReasons([...Object.values(KEYS_OF_AWS), ...Object.entries(UNENCRYPTED)]),
      },
    };
    for (const [name, parts] of Object.entries(pages)) {
      const page = await Bun.file(join(DOCS, name)).text();
      const right = Object.entries(parts)
        .reduce((text, [part, content]) => withSection(text, part, content), page)
        .replace(HASH, `$1${await codeHash()}$2`);
      if (process.env.PICTURE === 'write') await Bun.write(join(DOCS, name), right);
      else expect(page).toBe(right);
    }
  },
  LIMIT,
);

const drawReasons = (reasons: readonly (readonly [what: string, reason: string])[]): string =>
  ['| what | why |', '|---|---|', ...reasons.map((row) => `| ${row.join(' | ')} |`)].join('\n');

testWithSources(
  'no pipeline would refuse to make it',
  async () => {
    const plan = await readPlan(production.plan);
    const made = plan.resource_changes?.map((resource) => ({
      ...resource,
      change: { ...resource.change, actions: ['create'] },
    }));
    expect(made?.length).toBeGreaterThan(100);
    expect(violations({ ...plan, resource_changes: made })).toEqual([]);
  },
  LIMIT,
);

testWithSources(
  'applied again, nothing changes',
  async () => {
    expect(production.changes).toEqual({});
  },
  LIMIT,
);

testWithSources(
  'a request comes by CloudFront, load balancer and pod to the database, and nothing else reaches anything',
  async () => {
    for (const region of REGIONS) expect(wideWays(production.account, region)).toEqual([]);
    expect(waysOf(production.account, GLOBAL).filter(({ from }) => from === 'Internet')).toEqual([
      { from: 'Internet', to: 'CloudFront', ports: 'tcp 443, udp 443', by: '' },
    ]);
    const before = drawWays(production.account, REGIONS);
    for (const [fault, open] of OPENINGS) {
      const open_ = changed(open);
      expect(REGIONS.flatMap((region) => wideWays(open_, region))).toContain(fault);
      expect(drawWays(open_, REGIONS)).not.toBe(before);
    }
  },
  LIMIT,
);

/** Each opens a way, or closes the one. */
const OPENINGS: readonly (readonly [fault: string, open: (account: Resource[]) => Resource[]])[] = [
  [
    'Internet reaches load balancers on tcp 443',
    set('aws_vpc_security_group_ingress_rule', { prefix_list_id: '', cidr_ipv4: '0.0.0.0/0' }),
  ],
  [
    'pods reach database on tcp 22-5432',
    (account) =>
      set('aws_network_acl_rule', { from_port: 22 })(
        set('aws_vpc_security_group_ingress_rule', { from_port: 22 })(account),
      ),
  ],
  [
    'nodes, API server reach database on tcp 5432',
    (account) => {
      const nodes = account.find(
        ({ type, made_by, attributes }) =>
          type === 'aws_security_group' && made_by && attributes.name.startsWith('eks-cluster-sg'),
      );
      return set('aws_vpc_security_group_ingress_rule', {
        referenced_security_group_id: nodes?.id,
      })(account);
    },
  ],
  [
    'pods do not reach database',
    without(({ type, attributes }) => type === 'aws_network_acl_rule' && attributes.egress),
  ],
  [
    'pods leave by NAT gateway of eu-west-1a (2 of 3 subnets)',
    (account) => {
      const one = account.find(
        ({ type, attributes }) =>
          type === 'aws_nat_gateway' && attributes.tags.Name.endsWith('eu-west-1a'),
      );
      return set('aws_nat_gateway', { subnet_id: one?.attributes.subnet_id })(account);
    },
  ],
  [
    'database leaves by NAT gateway of eu-west-1a (2 of 3 subnets)',
    (account) => {
      const tables = account.filter(
        ({ type, attributes }) =>
          type === 'aws_route_table' &&
          attributes.tags?.Name === 'hello-prod-application-eu-west-1a',
      );
      const rule = account.find(({ type }) => type === 'aws_vpc_security_group_egress_rule');
      const group = account.find(
        ({ type, attributes }) =>
          type === 'aws_security_group' &&
          attributes.name === 'hello-prod-database' &&
          attributes.region === 'eu-west-1',
      );
      const outward: Resource = {
        ...(rule as Resource),
        region: 'eu-west-1',
        attributes: { security_group_id: group?.id, ip_protocol: '-1', cidr_ipv4: '0.0.0.0/0' },
      };
      const here = tables.find(({ region }) => region === 'eu-west-1');
      return set('aws_route_table_association', { route_table_id: here?.id })(
        set('aws_network_acl_rule', { cidr_block: '0.0.0.0/0' })([...account, outward]),
      );
    },
  ],
];

testWithSources(
  'no policy is wider than the rule without a reason, and no reason is left over',
  async () => {
    expect(await widePolicies(production.account, REGIONS)).toEqual(Object.keys(EXCEPTIONS).sort());
    for (const [fault, widen] of WIDENINGS)
      expect(await widePolicies(changed(widen), REGIONS)).toContain(fault);
  },
  LIMIT,
);

const statement = (rest: object) =>
  JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', ...rest }] });
const trusting = (rest: object) =>
  set('aws_iam_role', { assume_role_policy: statement({ Action: 'sts:AssumeRole', ...rest }) });

/** Each makes a policy too wide. */
const WIDENINGS: readonly (readonly [fault: string, widen: (account: Resource[]) => Resource[]])[] =
  [
    [
      'hello-prod-REGION-rotation: rotation: s3:* on *',
      set('aws_iam_role_policy', { policy: statement({ Action: 's3:*', Resource: '*' }) }),
    ],
    [
      'hello-prod-REGION-rotation: rotation: s3:GetObject on *, though AWS knows narrower',
      set('aws_iam_role_policy', { policy: statement({ Action: 's3:GetObject', Resource: '*' }) }),
    ],
    [
      'hello-prod-REGION-rotation: rotation: all but what is named',
      set('aws_iam_role_policy', { policy: statement({ NotAction: 'iam:*', Resource: '*' }) }),
    ],
    [
      'hello-prod-REGION-rotation: trusts lambda.amazonaws.com without a condition',
      trusting({ Principal: { Service: 'lambda.amazonaws.com' } }),
    ],
    [
      'hello-prod-REGION-rotation: trusts not one principal',
      trusting({ Principal: { Service: ['lambda.amazonaws.com', 'ec2.amazonaws.com'] } }),
    ],
    [
      'arn:aws:sns:REGION:ACCOUNT:hello-prod-critical: anybody may',
      set('aws_sns_topic_policy', {
        policy: statement({ Principal: '*', Action: 'sns:Publish', Resource: '*' }),
      }),
    ],
  ];

testWithSources(
  'pods may read their own secret with its key, External DNS keep its records, and nothing of all else that is tried',
  async () => {
    const allowed = REGIONS.flatMap((region) => [
      ...['application', 'migration'].flatMap((purpose) => {
        const secret = `hello-prod/database/${purpose}`;
        return [
          `${purpose} kms:Decrypt ${region} Secrets of the database hello-prod for ${secret}`,
          `${purpose} secretsmanager:DescribeSecret ${region} ${secret}`,
          `${purpose} secretsmanager:GetSecretValue ${region} ${secret}`,
        ].map((line) => `hello-prod-${region}-${line}`);
      }),
      `hello-prod-${region}-external-dns route53:ChangeResourceRecordSets global ${DOMAIN} for ${ORIGINS[region]}`,
      ...[DOMAIN, ...Object.values(ORIGINS)].map(
        (name) =>
          `hello-prod-${region}-external-dns route53:ListResourceRecordSets global ${DOMAIN} for ${name}`,
      ),
    ]);
    expect(await podsMay(production.account)).toEqual(allowed.sort());
    const widened = changed((account) =>
      account
        .filter(({ type }) => /^aws_(iam_|secretsmanager_secret$)/.test(type))
        .map((each) => {
          const text = JSON.stringify(each.attributes);
          const attributes = JSON.parse(text.replaceAll('database/application-', 'database/*-'));
          return each.type === 'aws_iam_policy' ? { ...each, attributes } : each;
        }),
    );
    expect(await podsMay(widened)).toContain(
      'hello-prod-eu-west-1-application secretsmanager:GetSecretValue eu-west-1 hello-prod/database/migration',
    );
  },
  LIMIT,
);

testWithSources(
  'pipelines may make and delete all of it, and no role without their bound',
  async () => {
    const { account } = production;
    expect(unknownTypes(account)).toEqual([]);
    expect(await unappliable(account, 'hello-prod-apply')).toEqual([]);
    for (const [fault, change] of NOT_OURS) {
      const [type] = fault.split(':');
      // What was told to be right above is left out: the question is one resource.
      const few = changed(change).filter(
        (each) =>
          each.type === type || each.type.startsWith('aws_iam_') || each.type === 'aws_kms_key',
      );
      expect(await unappliable(few, 'hello-prod-apply')).toContain(fault);
    }
  },
  LIMIT,
);

testWithSources(
  'no boundary takes from a role what its own policies allow',
  async () => {
    expect(await cutOff(production.account)).toEqual([]);
    const narrower = (account: Resource[]): Resource[] =>
      account.map((resource) =>
        resource.id.endsWith('-boundary')
          ? {
              ...resource,
              attributes: {
                ...resource.attributes,
                policy: resource.attributes.policy.replace('cloudfront-keyvaluestore:*', 'sqs:*'),
              },
            }
          : resource,
      );
    const faults = await cutOff(changed(narrower));
    expect(faults).toContainEqual(
      expect.stringContaining(
        'hello-prod-edge-rotation-us-east-1: cloudfront-keyvaluestore:GetKey',
      ),
    );
  },
  LIMIT,
);

/** Each has a resource that pipelines may not touch. */
const NOT_OURS: readonly (readonly [fault: string, change: (account: Resource[]) => Resource[]])[] =
  [
    [
      `aws_cloudwatch_log_delivery_source: hello-prod-apply may not logs:PutDeliverySource on arn:aws:logs:us-east-1:${ACCOUNT_ID}:delivery-source:cloudfront-E1`,
      set('aws_cloudwatch_log_delivery_source', {
        arn: `arn:aws:logs:us-east-1:${ACCOUNT_ID}:delivery-source:cloudfront-E1`,
      }),
    ],
    [
      `aws_iam_role: hello-prod-apply may not iam:CreateRole on arn:aws:iam::${ACCOUNT_ID}:role/hello-prod-edge-rotation-us-east-1`,
      set('aws_iam_role', { permissions_boundary: null }),
    ],
    [
      'aws_s3_bucket_server_side_encryption_configuration: hello-prod-apply may not s3:PutObject on arn:aws:s3:::other/prod/x/terraform.tfstate',
      set('aws_s3_bucket_server_side_encryption_configuration', { bucket: 'other' }),
    ],
  ];

testWithSources(
  'everything that stores has a key of ours, which is renewed',
  async () => {
    const { account } = production;
    expect(unencrypted(account).sort()).toEqual(Object.keys(UNENCRYPTED).sort());
    for (const type of Object.keys(KEYS_OF_AWS))
      expect(account.map((resource) => resource.type)).toContain(type);
    for (const [fault, weaken] of KEYS_GONE) expect(unencrypted(changed(weaken))).toContain(fault);
  },
  LIMIT,
);

/** Each takes a key away. */
const KEYS_GONE: readonly (readonly [
  fault: string,
  weaken: (account: Resource[]) => Resource[],
])[] = [
  [
    'messages of topic hello-prod-critical in eu-west-1 has no key',
    set('aws_sns_topic', { kms_master_key_id: null }),
  ],
  [
    'messages of topic hello-prod-critical in eu-west-1 has the key alias/aws/sns, none of ours',
    set('aws_sns_topic', { kms_master_key_id: 'alias/aws/sns' }),
  ],
  [
    'database hello-prod, backups in eu-west-1 has no key',
    set('aws_rds_cluster', { kms_key_id: '' }),
  ],
  [
    'log group /aws/vpc-flow-log/hello-prod in eu-central-1 has a key that is not renewed',
    set('aws_kms_key', { enable_key_rotation: false }),
  ],
  [
    'aws_dynamodb_table may have a key: tell in modules/tests/encryption.ts what it stores',
    (account) => [...account, { ...(account[0] as Resource), type: 'aws_dynamodb_table' }],
  ],
];

const reason = withoutCheckov();
if (reason) console.log(`skipped: checkov: ${reason}`);
(reason ? test.skip : testWithSources)(
  'checkov finds nothing that is not told of beside the line, and what is told of it finds',
  async () => {
    expect(await unexplained(production.plan, FOLDERS)).toEqual([]);
  },
  LIMIT,
);
