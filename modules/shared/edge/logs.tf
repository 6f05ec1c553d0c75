locals {
  access_log  = "/aws/vendedlogs/cloudfront/${var.name}"
  log_groups  = concat([local.access_log], [for name in values(local.function_names) : "/aws/lambda/${name}"])
  logs_prefix = "arn:aws:logs:${var.region}:${var.account_id}"
}

resource "aws_cloudwatch_log_group" "access" {
  name              = local.access_log
  retention_in_days = var.log_retention_days
  kms_key_id        = module.key.key_arn
}

resource "aws_cloudwatch_log_resource_policy" "access" {
  policy_name     = "${var.name}-access"
  policy_document = data.aws_iam_policy_document.delivery.json
}

data "aws_iam_policy_document" "delivery" {
  statement {
    sid       = "Deliver"
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${local.logs_prefix}:log-group:${local.access_log}:*"]

    principals {
      type        = "Service"
      identifiers = ["delivery.logs.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [var.account_id]
    }

    condition {
      test     = "ArnLike"
      variable = "aws:SourceArn"
      values   = ["${local.logs_prefix}:*"]
    }
  }
}

module "key" {
  source  = "terraform-aws-modules/kms/aws"
  version = "4.2.0"

  description             = "Logs and functions of the distribution ${var.name}"
  aliases                 = ["${var.name}-edge"]
  deletion_window_in_days = var.key_deletion_days

  key_statements = [{
    sid        = "Logs"
    actions    = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"]
    resources  = ["*"]
    principals = [{ type = "Service", identifiers = ["logs.${var.region}.amazonaws.com"] }]
    condition = [{
      test     = "ArnEquals"
      variable = "kms:EncryptionContext:aws:logs:arn"
      values   = [for group in local.log_groups : "${local.logs_prefix}:log-group:${group}"]
    }]
  }]
}
