locals {
  function_names = { for purpose in ["rotation", "unavailable"] : purpose => "${var.name}-edge-${purpose}" }
  packages       = { for purpose in keys(local.function_names) : purpose => "${path.module}/${purpose}.zip" }

  functions = {
    rotation = {
      description = "Rotates the origin check of the distribution ${var.name}"
      timeout     = 60
      environment = {
        STORE_ARN       = aws_cloudfront_key_value_store.this.arn
        RULE_GROUP_NAME = local.rule_group_name
      }
    }
    unavailable = {
      description = "Answers for an origin of the distribution ${var.name} that is down"
      timeout     = 5
      environment = {
        BODY                = var.unavailable.body
        RETRY_AFTER_SECONDS = var.unavailable.retry_after_seconds
      }
    }
  }
}

resource "aws_lambda_function" "this" {
  #checkov:skip=CKV_AWS_115:Reserved executions would be taken from the account.
  #checkov:skip=CKV_AWS_116:The one is called by CloudFront, which waits for the answer; the other goes on where a run broke off.
  #checkov:skip=CKV_AWS_117:They ask AWS only, or nobody.

  for_each = local.functions

  function_name = local.function_names[each.key]
  description   = each.value.description
  role          = aws_iam_role.function[each.key].arn
  runtime       = "nodejs24.x"
  architectures = ["arm64"]
  handler       = "index.handler"
  memory_size   = 256
  timeout       = each.value.timeout

  filename         = local.packages[each.key]
  source_code_hash = fileexists(local.packages[each.key]) ? filebase64sha256(local.packages[each.key]) : null
  kms_key_arn      = module.key.key_arn

  environment {
    variables = each.value.environment
  }

  logging_config {
    log_format = "JSON"
    log_group  = aws_cloudwatch_log_group.function[each.key].name
  }

  lifecycle {
    precondition {
      condition     = fileexists(local.packages[each.key])
      error_message = "${local.packages[each.key]} is missing: build it with `bun run build`."
    }
  }
}

resource "aws_cloudwatch_log_group" "function" {
  for_each = local.function_names

  name              = "/aws/lambda/${each.value}"
  retention_in_days = var.log_retention_days
  kms_key_id        = module.key.key_arn
}

resource "aws_iam_role" "function" {
  for_each = local.functions

  name               = "${local.function_names[each.key]}-${var.region}"
  description        = each.value.description
  assume_role_policy = data.aws_iam_policy_document.trust.json

  permissions_boundary = var.permissions_boundary_arn
}

resource "aws_iam_role_policy" "function" {
  for_each = local.functions

  name   = each.key
  role   = aws_iam_role.function[each.key].id
  policy = each.key == "rotation" ? data.aws_iam_policy_document.rotation.json : data.aws_iam_policy_document.log["unavailable"].json
}

data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["lambda.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [var.account_id]
    }
  }
}

data "aws_iam_policy_document" "log" {
  for_each = local.function_names

  statement {
    sid       = "Log"
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${local.logs_prefix}:log-group:/aws/lambda/${each.value}:*"]
  }
}

resource "aws_lambda_function_url" "unavailable" {
  function_name      = aws_lambda_function.this["unavailable"].function_name
  authorization_type = "AWS_IAM"
}

# Since October 2025 a call by URL needs both.
resource "aws_lambda_permission" "unavailable" {
  for_each = { url = "lambda:InvokeFunctionUrl", function = "lambda:InvokeFunction" }

  statement_id             = "distribution-${each.key}"
  function_name            = aws_lambda_function.this["unavailable"].function_name
  action                   = each.value
  principal                = "cloudfront.amazonaws.com"
  source_arn               = module.distribution.cloudfront_distribution_arn
  source_account           = var.account_id
  function_url_auth_type   = each.key == "url" ? "AWS_IAM" : null
  invoked_via_function_url = each.key == "function" ? true : null
}
