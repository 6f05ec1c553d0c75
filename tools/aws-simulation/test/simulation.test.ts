/** What the simulated account does and refuses, seen through OpenTofu. Each test has an account of its own. */
import { afterEach, beforeEach, expect, setDefaultTimeout, test } from 'bun:test';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Simulation, startSimulation } from '../simulation.ts';

// OpenTofu takes its time on a machine that others use too.
setDefaultTimeout(180_000);

let simulation: Simulation;
beforeEach(async () => {
  simulation = await startSimulation();
});
afterEach(() => simulation.stop());

const provider = (more = '', region = 'eu-west-1') => `
terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 6.28"
    }
  }
}
provider "aws" {
  region = "${region}"
  ${more}
}
`;

const root = async (code: string, more = '') => {
  const folder = simulation.root({ 'main.tf': provider(more) + code });
  await simulation.run(folder, 'init');
  return folder;
};

const rewrite = (folder: string, code: string, more = '') =>
  writeFileSync(join(folder, 'main.tf'), provider(more) + code);

/** What a plan does, as `address: action,action`. */
const actions = async (folder: string): Promise<string[]> =>
  (await simulation.plan(folder)).resource_changes
    .map(
      (c: { address: string; change: { actions: string[] } }) =>
        `${c.address}: ${c.change.actions}`,
    )
    .filter((line: string) => !line.endsWith('no-op'));

/** The errors of a command that must fail, on one line. */
const refusal = async (folder: string, command = 'apply'): Promise<string> => {
  const { exitCode, stderr } = await simulation.tofu(folder, command);
  expect(exitCode).not.toBe(0);
  return stderr.replace(/\s+/g, ' ');
};

const NETWORK = `
resource "aws_vpc" "this" {
  cidr_block = "10.0.0.0/16"
}
resource "aws_subnet" "this" {
  count             = 2
  vpc_id            = aws_vpc.this.id
  cidr_block        = cidrsubnet(aws_vpc.this.cidr_block, 8, count.index)
  availability_zone = "eu-west-1\${element(["a", "b"], count.index)}"
}
`;

test('applies, finds nothing to do, and leaves an empty account', async () => {
  const folder = await root(NETWORK);
  await simulation.run(folder, 'apply');
  expect(await actions(folder)).toEqual([]);
  const types = (await simulation.resources()).map(({ type }) => type);
  expect(types.filter((type) => type === 'aws_subnet')).toHaveLength(2);
  // Made by AWS along with the VPC.
  expect(types).toContain('aws_security_group');
  await simulation.run(folder, 'destroy');
  expect(await simulation.resources()).toEqual([]);
});

test('what AWS made along with something stays when one of the same name in another region goes', async () => {
  const region = (name: string) => `
    resource "aws_vpc" "${name}" {
      region     = "${name}"
      cidr_block = "10.0.0.0/16"
    }
    resource "aws_subnet" "${name}" {
      count             = 2
      region            = "${name}"
      vpc_id            = aws_vpc.${name}.id
      cidr_block        = "10.0.\${count.index}.0/24"
      availability_zone = "${name}\${element(["a", "b"], count.index)}"
    }
    resource "aws_eks_cluster" "${name}" {
      region   = "${name}"
      name     = "hello"
      role_arn = aws_iam_role.this.arn
      vpc_config { subnet_ids = aws_subnet.${name}[*].id }
    }`;
  const role = `
    resource "aws_iam_role" "this" {
      name               = "cluster"
      assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [] })
    }`;
  const folder = await root(role + region('eu-west-1') + region('eu-central-1'));
  await simulation.run(folder, 'apply');
  rewrite(folder, role + region('eu-west-1'));
  await simulation.run(folder, 'apply');
  const groups = (await simulation.resources()).filter(
    ({ attributes }) => attributes.name === 'eks-cluster-sg-hello',
  );
  expect(groups.map((group) => group.region)).toEqual(['eu-west-1']);
});

test('computed values are unknown in a plan, then keep their identity; some arguments replace', async () => {
  const bucket = (name: string, destroy: boolean) =>
    `resource "aws_s3_bucket" "this" {\n  bucket = "${name}"\n  force_destroy = ${destroy}\n}`;
  const folder = await root(bucket('first-bucket', false));
  const plan = await simulation.plan(folder);
  expect(plan.resource_changes[0].change.after_unknown).toMatchObject({ arn: true, id: true });
  await simulation.run(folder, 'apply', 'plan');
  rewrite(folder, bucket('first-bucket', true));
  expect(await actions(folder)).toEqual(['aws_s3_bucket.this: update']);
  rewrite(folder, bucket('second-bucket', true));
  expect(await actions(folder)).toEqual(['aws_s3_bucket.this: delete,create']);
});

test('what no configuration names any more is destroyed, also where it is gone already', async () => {
  const folder = await root(`${NETWORK} resource "aws_eip" "this" {}`);
  await simulation.run(folder, 'apply');
  for (const { type, file } of await simulation.resources())
    if (type === 'aws_subnet') rmSync(file);
  rewrite(folder, '');
  expect(await actions(folder)).toEqual(['aws_eip.this: delete', 'aws_vpc.this: delete']);
  await simulation.run(folder, 'apply', 'plan');
  expect(await simulation.resources()).toEqual([]);
});

test('default tags are part of tags_all, and their change is a change', async () => {
  const tags = (value: string) => `default_tags {\n tags = { environment = "${value}" }\n}`;
  const topic = 'resource "aws_sns_topic" "this" {\n  name = "t"\n  tags = { own = "yes" }\n}';
  const folder = await root(topic, tags('dev'));
  await simulation.run(folder, 'apply');
  const [made] = await simulation.resources();
  expect(made?.attributes.tags_all).toEqual({ environment: 'dev', own: 'yes' });
  rewrite(folder, topic, tags('prod'));
  expect(await actions(folder)).toEqual(['aws_sns_topic.this: update']);
});

test('what is changed or removed by hand is drift', async () => {
  const folder = await root(NETWORK);
  await simulation.run(folder, 'apply');
  const [subnet, other] = (await simulation.resources()).filter(
    ({ type }) => type === 'aws_subnet',
  );
  if (!subnet || !other) throw new Error('no subnets');
  const { file, account, ...resource } = subnet;
  resource.attributes.map_public_ip_on_launch = true;
  writeFileSync(file, JSON.stringify(resource));
  rmSync(other.file);
  const changed = await actions(folder);
  expect(changed.map((line) => line.split(': ')[1]).sort()).toEqual(['create', 'update']);
});

test('write-only values reach the account, but neither plan nor state', async () => {
  const secret = (version: number) => `
    ephemeral "aws_secretsmanager_random_password" "this" {
      password_length = 40
    }
    resource "aws_secretsmanager_secret" "this" {
      name = "s"
    }
    resource "aws_secretsmanager_secret_version" "this" {
      secret_id                = aws_secretsmanager_secret.this.id
      secret_string_wo         = "canary-\${ephemeral.aws_secretsmanager_random_password.this.random_password}"
      secret_string_wo_version = ${version}
    }`;
  const folder = await root(secret(1));
  const plan = await simulation.plan(folder);
  await simulation.run(folder, 'apply', 'plan');
  const value = async () =>
    String(
      (await simulation.resources()).find(
        ({ type }) => type === 'aws_secretsmanager_secret_version',
      )?.write_only?.secret_string_wo,
    );
  const first = await value();
  expect(first).toMatch(/^canary-.{40}$/);
  expect(JSON.stringify(plan)).not.toContain(first);
  expect(await Bun.file(join(folder, 'terraform.tfstate')).text()).not.toContain('canary-');
  // Without a new version nothing is sent.
  await simulation.run(folder, 'apply');
  expect(await value()).toBe(first);
  rewrite(folder, secret(2));
  await simulation.run(folder, 'apply');
  const versions = (await simulation.resources()).filter(({ type }) => type.endsWith('_version'));
  expect(versions.map(({ attributes }) => attributes.version_stages)).toEqual([['AWSCURRENT']]);
  expect(await value()).not.toBe(first);
});

test('a new version of a secret takes the label from the one before', async () => {
  const version = (name: string, after: string) => `
    resource "aws_secretsmanager_secret_version" "${name}" {
      secret_id     = aws_secretsmanager_secret.this.id
      secret_string = "${name}"
      depends_on    = [${after}]
    }`;
  const folder = await root(`
    resource "aws_secretsmanager_secret" "this" {
      name = "s"
    }
    ${version('first', '')}${version('second', 'aws_secretsmanager_secret_version.first')}`);
  await simulation.run(folder, 'apply');
  const labels = (await simulation.resources())
    .filter(({ type }) => type === 'aws_secretsmanager_secret_version')
    .map(({ attributes }) => `${attributes.secret_string} ${attributes.version_stages}`);
  expect(labels.sort()).toEqual(['first AWSPREVIOUS', 'second AWSCURRENT']);
  expect(await actions(folder)).toEqual([]);
});

test('a data source sees what another unit made', async () => {
  const network = await root(NETWORK);
  await simulation.run(network, 'apply');
  const reader = await root(`
    data "aws_vpc" "this" {
      cidr_block = "10.0.0.0/16"
    }
    data "aws_subnets" "this" {
      filter {
        name   = "vpc-id"
        values = [data.aws_vpc.this.id]
      }
    }
    output "subnets" {
      value = length(data.aws_subnets.this.ids)
    }`);
  await simulation.run(reader, 'apply');
  expect((await simulation.run(reader, 'output', 'subnets')).trim()).toBe('2');
});

test('a data source finds by tags, given as such or as filters', async () => {
  const network = await root(`
    resource "aws_vpc" "this" {
      for_each   = { a = "10.0.0.0/16", b = "10.1.0.0/16" }
      cidr_block = each.value
      tags       = { cost-centre = each.key }
    }`);
  await simulation.run(network, 'apply');
  const reader = await root(`
    data "aws_vpc" "tagged" {
      tags = { cost-centre = "a" }
    }
    data "aws_vpc" "filtered" {
      filter {
        name   = "tag:cost-centre"
        values = ["b", "c"]
      }
    }
    output "ranges" {
      value = "\${data.aws_vpc.tagged.cidr_block} \${data.aws_vpc.filtered.cidr_block}"
    }`);
  await simulation.run(reader, 'apply');
  const ranges = await simulation.run(reader, 'output', '-raw', 'ranges');
  expect(ranges).toBe('10.0.0.0/16 10.1.0.0/16');
  const nothing = 'data "aws_vpc" "this" {\n  tags = { cost-centre = "c" }\n}';
  expect(await refusal(await root(nothing))).toContain('0 matching aws_vpc found');
});

test('a resource can be imported', async () => {
  const topic = 'resource "aws_sns_topic" "this" {\n  name = "t"\n}';
  await simulation.run(await root(topic), 'apply');
  const folder = await root(topic);
  await simulation.run(
    folder,
    'import',
    'aws_sns_topic.this',
    'arn:aws:sns:eu-west-1:123456789012:t',
  );
  expect(await actions(folder)).toEqual([]);
  expect(await refusal(await root(topic), 'apply')).toContain('AlreadyExistsException');
});

test('an account that is not allowed is refused', async () => {
  const folder = await root(NETWORK, 'allowed_account_ids = ["999999999999"]');
  expect(await refusal(folder, 'plan')).toContain('AWS account ID not allowed: 123456789012');
});

const KEY_ELSEWHERE = `
resource "aws_kms_key" "this" {
  region = "eu-central-1"
}
resource "aws_cloudwatch_log_group" "this" {
  name       = "l"
  kms_key_id = aws_kms_key.this.arn
}
`;

test.each([
  [
    'a subnet of no VPC',
    'resource "aws_subnet" "this" {\n vpc_id = "vpc-none"\n cidr_block = "10.0.0.0/24"\n}',
    'there is no aws_vpc "vpc-none"',
  ],
  ['a key in another region', KEY_ELSEWHERE, 'is in another region than eu-west-1'],
  [
    'a subnet outside of its VPC',
    `${NETWORK}resource "aws_subnet" "out" {\n vpc_id = aws_vpc.this.id\n cidr_block = "10.9.0.0/24"\n}`,
    'InvalidSubnet.Range',
  ],
  [
    'a role that does not exist',
    'resource "aws_iam_role_policy_attachment" "this" {\n role = "none"\n policy_arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"\n}',
    'there is no aws_iam_role "none"',
  ],
  [
    'a value that the API does not know',
    'resource "aws_cloudwatch_log_group" "this" {\n name = "l"\n log_group_class = "CHEAP"\n}',
    'must be one of STANDARD, INFREQUENT_ACCESS',
  ],
  [
    'a name that the API does not take',
    'resource "aws_iam_role" "this" {\n name = "a b"\n assume_role_policy = "{}"\n}',
    'must match',
  ],
  [
    'a retention that AWS does not offer',
    'resource "aws_cloudwatch_log_group" "this" {\n name = "l"\n retention_in_days = 8\n}',
    'retention_in_days is one of',
  ],
])('refuses %s', async (_, code, message) => {
  expect(await refusal(await root(code))).toContain(message);
});

const DISTRIBUTION = `
resource "aws_acm_certificate" "this" {
  domain_name       = "example.com"
  validation_method = "DNS"
}
resource "aws_cloudfront_distribution" "this" {
  enabled = true
  origin {
    domain_name = "origin.example.com"
    origin_id   = "o"
  }
  default_cache_behavior {
    allowed_methods        = ["GET", "HEAD"]
    cached_methods         = ["GET", "HEAD"]
    target_origin_id       = "o"
    viewer_protocol_policy = "https-only"
  }
  restrictions {
    geo_restriction {
      restriction_type = "none"
    }
  }
  viewer_certificate {
    acm_certificate_arn = aws_acm_certificate.this.arn
    ssl_support_method  = "sni-only"
  }
}`;

test('what CloudFront uses lies in us-east-1', async () => {
  expect(await refusal(await root(DISTRIBUTION))).toContain("isn't in us-east-1 region");
  const acl = `
    resource "aws_wafv2_web_acl" "this" {
      name  = "a"
      scope = "CLOUDFRONT"
      default_action {
        allow {}
      }
      visibility_config {
        cloudwatch_metrics_enabled = false
        metric_name                = "m"
        sampled_requests_enabled   = false
      }
    }`;
  expect(await refusal(await root(acl))).toContain('The scope is not valid');
  const there = DISTRIBUTION.replace(
    'domain_name       =',
    'region = "us-east-1"\n  domain_name       =',
  );
  const folder = await root(there);
  await simulation.run(folder, 'apply');
  expect(await actions(folder)).toEqual([]);
});

test('a repository with images is not deleted', async () => {
  const folder = await root('resource "aws_ecr_repository" "this" {\n  name = "hello"\n}');
  await simulation.run(folder, 'apply');
  const file = join(simulation.accounts, '123456789012/eu-west-1/ecr_image/one.json');
  const attributes = { repository: 'hello', region: 'eu-west-1' };
  await Bun.write(
    file,
    JSON.stringify({ type: 'ecr_image', id: 'one', region: 'eu-west-1', attributes }),
  );
  expect(await refusal(folder, 'destroy')).toContain('RepositoryNotEmptyException');
});

test('what is used is not deleted', async () => {
  const folder = await root(NETWORK);
  await simulation.run(folder, 'apply');
  // As a controller in the cluster would have made it.
  const subnet = (await simulation.resources()).find(({ type }) => type === 'aws_subnet');
  const file = join(simulation.accounts, '123456789012/eu-west-1/aws_lb/left.json');
  await Bun.write(
    file,
    JSON.stringify({
      type: 'aws_lb',
      id: 'left',
      region: 'eu-west-1',
      attributes: { subnets: [subnet?.id] },
    }),
  );
  expect(await refusal(folder, 'destroy')).toContain('DependencyViolation');
  rmSync(file);
  await simulation.run(folder, 'destroy');
});

test("what a load balancer or others' records hold is refused with the code of its service", async () => {
  const folder = await root(`
resource "aws_vpc" "this" {
  cidr_block = "10.0.0.0/16"
}
resource "aws_internet_gateway" "this" {
  vpc_id = aws_vpc.this.id
}
resource "aws_route53_zone" "this" {
  name = "example.com"
}
resource "aws_acm_certificate" "this" {
  domain_name       = "example.com"
  validation_method = "DNS"
}
resource "aws_wafv2_web_acl" "this" {
  name  = "held"
  scope = "REGIONAL"
  default_action {
    allow {}
  }
  visibility_config {
    cloudwatch_metrics_enabled = false
    metric_name                = "m"
    sampled_requests_enabled   = false
  }
}`);
  await simulation.run(folder, 'apply');
  const made = await simulation.resources();
  const of = (type: string) => made.find((resource) => resource.type === type);
  const left = {
    aws_lb: { vpc_id: of('aws_vpc')?.id, internal: false },
    aws_lb_listener: { certificate_arn: of('aws_acm_certificate')?.id },
    aws_wafv2_web_acl_association: { web_acl_arn: of('aws_wafv2_web_acl')?.attributes.arn },
    aws_route53_record: { zone_id: of('aws_route53_zone')?.id },
  };
  const files = Object.entries(left).map(([type, attributes]) => {
    const region = type === 'aws_route53_record' ? 'global' : 'eu-west-1';
    return {
      file: join(simulation.accounts, `123456789012/${region}/${type}/left.json`),
      text: JSON.stringify({ type, id: 'left', region, attributes }),
    };
  });
  for (const { file, text } of files) await Bun.write(file, text);
  const said = await refusal(folder, 'destroy');
  for (const code of [
    'has some mapped public address(es)',
    'ResourceInUseException',
    'WAFAssociatedItemException',
    'HostedZoneNotEmpty',
  ])
    expect(said).toContain(code);
  for (const { file } of files) rmSync(file);
  await simulation.run(folder, 'destroy');
});

const cluster = (name: string, more: string) => `
resource "aws_rds_cluster" "${name}" {
  cluster_identifier        = "${name}"
  engine                    = "aurora-postgresql"
  engine_version            = "17.4"
  storage_encrypted         = true
  skip_final_snapshot       = true
  global_cluster_identifier = aws_rds_global_cluster.this.id
  ${more}
}`;

const GLOBAL = `
resource "aws_rds_global_cluster" "this" {
  global_cluster_identifier = "g"
  engine                    = "aurora-postgresql"
  engine_version            = "17.4"
  storage_encrypted         = true
}
resource "aws_kms_key" "standby" {
  region = "eu-central-1"
}
${cluster('primary', 'master_username = "root"\n master_password_wo = "canary"\n master_password_wo_version = 1')}`;

const SECONDARY = 'region = "eu-central-1"\n depends_on = [aws_rds_cluster.primary]\n';

test('a global database has one writer, and ends after its members', async () => {
  const folder = await root(
    GLOBAL + cluster('secondary', `${SECONDARY} kms_key_id = aws_kms_key.standby.arn`),
  );
  await simulation.run(folder, 'apply');
  const members = (await simulation.resources()).find(({ id }) => id === 'g')?.attributes
    .global_cluster_members;
  expect(members.map((m: { is_writer: boolean }) => m.is_writer)).toEqual([true, false]);
  expect(await actions(folder)).toEqual([]);
  await simulation.run(folder, 'destroy');
  expect(await simulation.resources()).toEqual([]);
});

test.each([
  ['without a key of its own region', SECONDARY, 'must name a key of its own region'],
  [
    'with a user name',
    `${SECONDARY} kms_key_id = aws_kms_key.standby.arn\n master_username = "root"`,
    'Cannot specify user name',
  ],
  [
    'with a password managed by RDS',
    `${SECONDARY} kms_key_id = aws_kms_key.standby.arn\n manage_master_user_password = true`,
    "can't have its master password managed",
  ],
  [
    'in the region of another member',
    'depends_on = [aws_rds_cluster.primary]\n kms_key_id = "alias/aws/rds"',
    'lie in different regions',
  ],
])('refuses a secondary %s', async (_, more, message) => {
  expect(await refusal(await root(GLOBAL + cluster('secondary', more)))).toContain(message);
});

test('a denied call and a throttled one are told, and the next run completes', async () => {
  const folder = await root(NETWORK);
  simulation.faults({ deny: ['create aws_subnet'] });
  expect(await refusal(folder)).toContain(
    'AccessDeniedException: not authorized to create aws_subnet',
  );
  simulation.faults({ throttle: 2 });
  expect(await refusal(folder)).toContain('ThrottlingException');
  simulation.faults({});
  await simulation.run(folder, 'apply');
  expect(await actions(folder)).toEqual([]);
});

test('a provider that dies half-way leaves nothing twice, unless AWS had done what it asked for', async () => {
  const folder = await root(NETWORK);
  simulation.faults({ crash: 2 });
  await refusal(folder);
  simulation.faults({});
  await simulation.run(folder, 'apply');
  const subnets = async () =>
    (await simulation.resources()).filter(({ type }) => type === 'aws_subnet').length;
  expect(await subnets()).toBe(2);
  await simulation.run(folder, 'destroy');
  simulation.faults({ crash: 2, crash_after: true });
  await refusal(folder);
  simulation.faults({});
  // The second subnet's range is taken by one that no state knows.
  expect(await refusal(folder)).toContain('InvalidSubnet.Conflict');
});

test('a region that is gone answers nothing', async () => {
  const folder = await root(NETWORK);
  simulation.faults({ gone: ['eu-west-1'] });
  expect(await refusal(folder, 'plan')).toContain('no such host');
  simulation.faults({ gone: ['eu-central-1'] });
  await simulation.run(folder, 'plan');
});

test('AWS takes its time where that is asked for', async () => {
  const folder = await root('resource "aws_sns_topic" "this" {\n  name = "t"\n}');
  simulation.faults({ latency: 1 });
  const begin = performance.now();
  await simulation.run(folder, 'apply');
  // A topic takes two seconds.
  expect(performance.now() - begin).toBeGreaterThan(2000);
});

test('a final snapshot and the name of a deleted secret stay, as with AWS', async () => {
  const folder = await root(`
    resource "aws_rds_cluster" "this" {
      cluster_identifier        = "c"
      engine                    = "aurora-postgresql"
      master_username           = "root"
      final_snapshot_identifier = "last"
    }
    resource "aws_secretsmanager_secret" "this" {
      name = "s"
    }`);
  await simulation.run(folder, 'apply');
  await simulation.run(folder, 'destroy');
  expect((await simulation.resources()).map(({ type, id }) => `${type} ${id}`)).toEqual([
    'aws_db_cluster_snapshot last',
    'deleted_secret s',
  ]);
  expect(await refusal(folder)).toContain('already scheduled for deletion');
});

test('a secret keeps its copies when its policy goes, which has the same ID', async () => {
  const secret = `
    resource "aws_secretsmanager_secret" "this" {
      name = "s"
      replica {
        region = "eu-central-1"
      }
    }`;
  const folder = await root(`${secret}
    resource "aws_secretsmanager_secret_policy" "this" {
      secret_arn = aws_secretsmanager_secret.this.arn
      policy     = jsonencode({ Statement = [] })
    }`);
  const places = async () =>
    (await simulation.resources())
      .filter(({ type }) => type === 'aws_secretsmanager_secret')
      .map(({ region }) => region);
  await simulation.run(folder, 'apply');
  rewrite(folder, secret);
  await simulation.run(folder, 'apply');
  expect((await places()).sort()).toEqual(['eu-central-1', 'eu-west-1']);
  await simulation.run(folder, 'destroy');
  expect(await places()).toEqual([]);
});

test('a copy takes the place of a secret where it is told to, of a copy of another never, and goes when nobody wants it', async () => {
  const secret = (name: string, region: string, more: string) => `
    resource "aws_secretsmanager_secret" "${name}" {
      name   = "s"
      region = "${region}"
      ${more}
    }`;
  const copies = (...regions: string[]) =>
    regions.map((region) => `replica { region = "${region}" }`).join('\n');
  const force = 'force_overwrite_replica_secret = true';
  const makers = async () =>
    Object.fromEntries(
      (await simulation.resources())
        .filter(({ type }) => type === 'aws_secretsmanager_secret')
        .map(({ region, made_by }) => [region, made_by?.split(':')[3] ?? 'itself']),
    );
  const own = { 'eu-west-1': 'itself', 'eu-central-1': 'itself' };

  const other = secret('other', 'eu-central-1', '');
  const folder = await root(secret('this', 'eu-west-1', copies('us-east-2')) + other);
  await simulation.run(folder, 'apply');
  expect(await makers()).toEqual({ ...own, 'us-east-2': 'eu-west-1' });

  rewrite(folder, secret('this', 'eu-west-1', copies('us-east-2', 'eu-central-1')) + other);
  await simulation.run(folder, 'apply');
  expect(await makers()).toEqual({ ...own, 'us-east-2': 'eu-west-1' });

  const greedy = secret('other', 'eu-central-1', `${copies('us-east-2')}\n${force}`);
  rewrite(folder, secret('this', 'eu-west-1', copies('us-east-2')) + greedy);
  await simulation.run(folder, 'apply');
  expect(await makers()).toEqual({ ...own, 'us-east-2': 'eu-west-1' });

  const forced = `${copies('eu-central-1')}\n${force}`;
  rewrite(folder, secret('this', 'eu-west-1', forced) + greedy);
  await simulation.run(folder, 'apply');
  expect(await makers()).toEqual({ 'eu-west-1': 'itself', 'eu-central-1': 'eu-west-1' });
});

const terraform = Bun.which('terraform');
if (!terraform)
  console.log('skipped: Terraform takes what OpenTofu takes (terraform is not installed)');
test.skipIf(!terraform)('Terraform takes what OpenTofu takes', async () => {
  process.env.TOFU = terraform ?? '';
  const other = await startSimulation();
  delete process.env.TOFU;
  const folder = other.root({ 'main.tf': provider() + NETWORK });
  await other.run(folder, 'init');
  await other.run(folder, 'apply');
  expect(await other.run(folder, 'plan')).toContain('No changes');
  await other.stop();
});
