locals {
  rule_group_name = "${var.name}-origin-check"
  rule_group_arns = jsondecode(aws_lambda_invocation.rule_groups.result)
}

# What the function of the distribution sends, known to no plan and no state: docs/decisions/0012.
resource "aws_cloudfront_key_value_store" "this" {
  name    = "${var.name}-origin-check"
  comment = "What load balancers want to see, now and after the next rotation"
}

# Makes the rule groups, one a region, and the first values; removes them before the function goes.
resource "aws_lambda_invocation" "rule_groups" {
  function_name   = aws_lambda_function.this["rotation"].function_name
  input           = jsonencode({ regions = keys(var.origins) })
  lifecycle_scope = "CRUD"

  depends_on = [aws_iam_role_policy.function]
}

resource "aws_cloudwatch_event_rule" "rotation" {
  name                = local.function_names.rotation
  description         = "Rotates the origin check of the distribution ${var.name}"
  schedule_expression = var.rotation_days == 1 ? "rate(1 day)" : "rate(${var.rotation_days} days)"
}

resource "aws_cloudwatch_event_target" "rotation" {
  rule  = aws_cloudwatch_event_rule.rotation.name
  arn   = aws_lambda_function.this["rotation"].arn
  input = jsonencode({ regions = keys(var.origins) })
}

resource "aws_lambda_permission" "rotation" {
  statement_id   = "schedule"
  function_name  = aws_lambda_function.this["rotation"].function_name
  action         = "lambda:InvokeFunction"
  principal      = "events.amazonaws.com"
  source_arn     = aws_cloudwatch_event_rule.rotation.arn
  source_account = var.account_id
}

data "aws_iam_policy_document" "rotation" {
  source_policy_documents = [data.aws_iam_policy_document.log["rotation"].json]

  statement {
    sid = "Store"
    actions = [
      "cloudfront-keyvaluestore:DescribeKeyValueStore",
      "cloudfront-keyvaluestore:GetKey",
      "cloudfront-keyvaluestore:UpdateKeys",
    ]
    resources = [aws_cloudfront_key_value_store.this.arn]
  }

  # In every region, so that the group of one that is given up can be removed.
  statement {
    sid       = "RuleGroups"
    actions   = ["wafv2:CreateRuleGroup", "wafv2:DeleteRuleGroup", "wafv2:GetRuleGroup", "wafv2:UpdateRuleGroup"]
    resources = ["arn:aws:wafv2:*:${var.account_id}:regional/rulegroup/${local.rule_group_name}/*"]
  }

  # AWS knows no narrower resource.
  statement {
    sid       = "FindRuleGroups"
    actions   = ["wafv2:ListRuleGroups"]
    resources = ["*"]
  }
}
