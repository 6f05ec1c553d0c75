/** Two units, of which one needs the other, reviewed, applied and watched on the simulated account. */
import { afterEach, beforeEach, expect, setDefaultTimeout, test } from 'bun:test';
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Glob } from 'bun';
import { type Simulation, startSimulation } from '../../aws-simulation/simulation.ts';
import { collect } from '../../collect.ts';

// The first time Terragrunt is built.
setDefaultTimeout(900_000);

const UNIT = 'terraform {\n  source = "."\n}\n';

const PROVIDER = `
terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
  }
}
provider "aws" {
  region = "eu-west-1"
}
`;

const network = (tags = '{}') => `${PROVIDER}
resource "aws_vpc" "this" {
  cidr_block = "10.0.0.0/16"
  tags       = ${tags}
}
output "vpc" {
  value = aws_vpc.this.id
}
output "vpcs" {
  value = { region = aws_vpc.this.id }
}`;

const FILES = {
  'units/network/terragrunt.hcl': UNIT,
  'units/network/main.tf': network(),
  'units/subnet/terragrunt.hcl': `${UNIT}
dependency "network" {
  config_path = "../network"
}
inputs = { vpc = dependency.network.outputs.vpc }`,
  'units/another/terragrunt.hcl': `${UNIT}
dependency "network" {
  config_path = "../network"
}
inputs = { vpc = dependency.network.outputs.vpcs["another-region"] }`,
  'units/subnet/main.tf': `${PROVIDER}
variable "vpc" {
  type = string
}
resource "aws_subnet" "this" {
  vpc_id     = var.vpc
  cidr_block = "10.0.1.0/24"
}`,
};

/** Holds the lock of a state file until its input ends, as OpenTofu takes it. */
const HOLD = `
import fcntl, sys
state = open(sys.argv[1], 'r+')
fcntl.lockf(state, fcntl.LOCK_EX)
print('held', flush=True)
sys.stdin.read()
`;

let simulation: Simulation;
let folder: string;
beforeEach(async () => {
  simulation = await startSimulation();
  folder = simulation.root(FILES);
});
afterEach(() => simulation.stop());

const call = (program: string, ...words: readonly string[]) => {
  const bin = join(folder, 'bin');
  const environment = simulation.environment;
  return collect([process.execPath, join(import.meta.dir, '..', program), ...words], {
    cwd: folder,
    env: { ...process.env, ...environment, PATH: `${bin}:${environment.PATH ?? process.env.PATH}` },
  });
};

const types = async (): Promise<string[]> =>
  (await simulation.resources())
    .map(({ type }) => type)
    .filter((type) => /^aws_(vpc|subnet)$/.test(type));

test('units are applied as reviewed, and stop for what was not', async () => {
  // The subnet needs an output that isn't there.
  const review = await call('review.ts', 'units', 'reviewed', 'network', 'subnet');
  expect(review).toMatchObject({ status: 0 });
  expect(review.output).toStartWith('### network: 1 to create\n');
  expect(review.output).toContain('### subnet: waits\n');
  expect(existsSync(join(folder, 'reviewed/network.json'))).toBe(true);

  // The network is applied; the subnet, which nobody has seen, is not.
  const first = await call('apply.ts', 'units', 'reviewed', 'planned', 'network', 'subnet');
  expect(first).toMatchObject({ status: 3 });
  expect(first.output).toStartWith('network: applied\nsubnet would do something else');
  expect(first.output).toContain('aws_subnet.this: create, which was not reviewed');
  expect(await types()).toEqual(['aws_vpc']);

  // What the network was applied for has no such region.
  expect(await call('review.ts', 'units', 'reviewed', 'another')).toMatchObject({
    status: 0,
    output: expect.stringContaining('### another: waits\n'),
  });

  // What stopped is the plan of the next review.
  const second = await call('apply.ts', 'units', 'planned', 'again', 'network', 'subnet');
  expect(second).toMatchObject({ status: 0, output: 'network: nothing to do\nsubnet: applied\n' });
  expect((await types()).toSorted()).toEqual(['aws_subnet', 'aws_vpc']);

  // Reviewed as it was, changed before it is applied.
  writeFileSync(join(folder, 'units/network/main.tf'), network('{ a = "reviewed" }'));
  expect(await call('review.ts', 'units', 'reviewed', 'network')).toMatchObject({ status: 0 });
  writeFileSync(join(folder, 'units/network/main.tf'), network('{ a = "changed" }'));
  const other = await call('apply.ts', 'units', 'reviewed', 'again', 'network');
  expect(other).toMatchObject({ status: 3 });
  expect(other.output).toContain('aws_vpc.this.tags.a: "reviewed" was reviewed, now "changed"');
  expect(JSON.stringify(await simulation.resources())).not.toContain('changed');

  // While another run has the state's lock.
  const [state = ''] = new Glob('**/terraform.tfstate').scanSync({ cwd: folder, dot: true });
  await using holder = Bun.spawn(['python3', '-c', HOLD, join(folder, state)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  await holder.stdout.getReader().read();
  expect(await call('review.ts', 'units', 'reviewed', 'network')).toMatchObject({ status: 0 });
});

test('what differs from Git is told in one issue, which is closed when nothing does', async () => {
  // Stands in for GitHub's program: notes how it is called, and knows the issues of a file.
  mkdirSync(join(folder, 'bin'));
  const [gh, calls, issues] = ['bin/gh', 'calls', 'issues'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  writeFileSync(
    gh,
    `#!/bin/sh\necho "$1 $2 $3" >> '${calls}'\n[ "$2" != list ] || cat '${issues}'\n`,
  );
  chmodSync(gh, 0o755);
  const drift = async (tags: string, ...units: readonly string[]) => {
    writeFileSync(join(folder, 'units/network/main.tf'), network(tags));
    writeFileSync(calls, '');
    const { status, output } = await call('drift.ts', 'dev', 'units', 'drift', ...units);
    const called = (await Bun.file(calls).text()).trim().split('\n');
    return { status, output, called };
  };
  expect(await call('review.ts', 'units', 'reviewed', 'network')).toMatchObject({ status: 0 });
  expect(await call('apply.ts', 'units', 'reviewed', 'again', 'network')).toMatchObject({
    status: 0,
  });
  // Another's, that is called alike.
  writeFileSync(issues, '[{ "number": 6, "title": "Drift in dev: why?" }]');
  const changed = await drift('{ a = "other" }', 'network');
  expect(changed).toMatchObject({
    status: 0,
    called: ['issue list --state', 'label create drift', 'issue create --title'],
  });
  expect(changed.output).toContain('### network: 1 to change');
  writeFileSync(
    issues,
    '[{ "number": 6, "title": "Drift in dev: why?" }, { "number": 7, "title": "Drift in dev" }]',
  );
  expect((await drift('{ a = "other" }', 'network')).called).toEqual([
    'issue list --state',
    'issue edit 7',
  ]);
  const clean = await drift('{}', 'network');
  expect(clean).toMatchObject({ status: 0, called: ['issue list --state', 'issue close 7'] });
  expect(clean.output).toBe('dev: nothing differs\n');
  writeFileSync(issues, '[]');
  expect(await drift('nonsense', 'network')).toMatchObject({
    status: 1,
    called: ['issue list --state', 'label create drift', 'issue create --title'],
  });
});

test('a failure stops everything after it', async () => {
  writeFileSync(join(folder, 'units/network/main.tf'), network('nonsense'));
  const review = await call('review.ts', 'units', 'reviewed', 'network', 'subnet');
  expect(review.status).toBe(1);
  expect(review.output).toContain('### network: failed');
  const { status, output, errors } = await call(
    'apply.ts',
    'units',
    'reviewed',
    'again',
    'network',
    'subnet',
  );
  expect({ status, output }).toEqual({ status: 1, output: '' });
  expect(errors).toContain('nonsense');
  expect(await call('apply.ts')).toMatchObject({ status: 1 });
});
