/** Terragrunt on the simulated account: two units, of which one depends on the other. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test';
import { type Simulation, startSimulation } from '../simulation.ts';

// The first time Terragrunt is built.
setDefaultTimeout(900_000);

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

const FILES = {
  'network/terragrunt.hcl': '',
  'network/main.tf': `${PROVIDER}
resource "aws_vpc" "this" {
  cidr_block = "10.0.0.0/16"
}
output "vpc" {
  value = aws_vpc.this.id
}`,
  'subnet/terragrunt.hcl': `
dependency "network" {
  config_path                             = "../network"
  mock_outputs                            = { vpc = "vpc-mock" }
  mock_outputs_allowed_terraform_commands = ["init", "validate", "plan"]
}
inputs = { vpc = dependency.network.outputs.vpc }`,
  'subnet/main.tf': `${PROVIDER}
variable "vpc" {
  type = string
}
resource "aws_subnet" "this" {
  vpc_id     = var.vpc
  cidr_block = "10.0.1.0/24"
}`,
};

let simulation: Simulation;
beforeAll(async () => {
  simulation = await startSimulation();
});
afterAll(() => simulation.stop());

test('run --all plans on mocks, applies in order, finds nothing to do, and destroys', async () => {
  const folder = simulation.root(FILES);
  const all = async (...args: string[]) => {
    const { exitCode, stdout, stderr } = await simulation.terragrunt(
      folder,
      'run',
      '--all',
      ...args,
    );
    if (exitCode !== 0) throw new Error(`${args}\n${stdout}\n${stderr}`);
    return stdout + stderr;
  };
  expect(await all('plan')).toContain('vpc-mock');
  await all('apply');
  const made = (await simulation.resources()).find(({ type }) => type === 'aws_subnet');
  expect(made?.attributes.vpc_id).toMatch(/^vpc-[0-9a-f]{17}$/);
  expect((await all('plan')).match(/No changes\./g)).toHaveLength(2);
  await all('destroy');
  expect(await simulation.resources()).toEqual([]);
});
