/** The runbook of a misused role, as its page has it, on the simulated account. */
import { expect, test } from 'bun:test';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openShell, readSteps } from '../../live/test/runbook.ts';
import { may, rolesOf } from '../../modules/tests/permissions.ts';
import { startSimulation } from '../aws-simulation/simulation.ts';

const PAGE = join(import.meta.dir, '../../docs/runbooks/misused-role.md');

const CODE = `
provider "aws" {
  region = "eu-west-1"
}
data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["lambda.amazonaws.com"]
    }
  }
}
resource "aws_iam_role" "plan" {
  name               = "hello-prod-plan"
  path               = "/delivery/"
  assume_role_policy = data.aws_iam_policy_document.trust.json
}
resource "aws_iam_role_policy" "plan" {
  name   = "read"
  role   = aws_iam_role.plan.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sns:*", Resource = "*" }] })
}
resource "aws_secretsmanager_secret" "this" {
  for_each = toset(["application", "migration"])
  name     = "hello-prod/database/${'$'}{each.key}"
}
resource "aws_lambda_function" "rotation" {
  function_name = "rotation"
  role          = aws_iam_role.plan.arn
  runtime       = "nodejs24.x"
  handler       = "index.handler"
  filename      = "main.tf"
}
resource "aws_lambda_permission" "rotation" {
  function_name = aws_lambda_function.rotation.function_name
  action        = "lambda:InvokeFunction"
  principal     = "secretsmanager.amazonaws.com"
}
resource "aws_secretsmanager_secret_rotation" "this" {
  for_each            = aws_secretsmanager_secret.this
  secret_id           = each.value.id
  rotation_lambda_arn = aws_lambda_function.rotation.arn
  rotation_rules {
    automatically_after_days = 30
  }
  depends_on = [aws_lambda_permission.rotation]
}
`;

test('the role can do nothing until it is given back, and the passwords are rotated', async () => {
  const simulation = await startSimulation();
  try {
    const root = simulation.root({ 'main.tf': CODE });
    await simulation.run(root, 'init');
    await simulation.run(root, 'apply', '-auto-approve');
    const publishes = async (): Promise<boolean> => {
      const account = await simulation.resources();
      const [role] = rolesOf(account);
      if (!role) throw new Error('there is no role');
      return may(account, role, 'sns:Publish', 'arn:aws:sns:eu-west-1:123456789012:topic');
    };
    const steps = readSteps(readFileSync(PAGE, 'utf8'));
    expect(steps.map(({ title }) => title.split('.')[0])).toEqual(['1', '2', '3', '4']);
    const [end, see, change, back] = steps.map(({ blocks }) => blocks.join('\n'));
    using shell = openShell(root, simulation.environment);
    expect(await publishes()).toBe(true);
    await shell.run(end ?? '');
    expect(await publishes()).toBe(false);
    await shell.run(see ?? '');
    const rotated = await shell.run(change ?? '');
    expect(rotated.match(/"Name": ".*"/g)).toEqual([
      '"Name": "hello-prod/database/application"',
      '"Name": "hello-prod/database/migration"',
    ]);
    await shell.run(back ?? '');
    expect(await publishes()).toBe(true);
  } finally {
    await simulation.stop();
  }
}, 300_000);
