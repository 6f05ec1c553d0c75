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

# Not by the module distribution, which names the source after the distribution: pipelines may only touch our names.
resource "aws_cloudwatch_log_delivery_source" "access" {
  name         = "${var.name}-access"
  log_type     = "ACCESS_LOGS"
  resource_arn = module.distribution.cloudfront_distribution_arn
}

resource "aws_cloudwatch_log_delivery_destination" "access" {
  name          = "${var.name}-access"
  output_format = "json"

  delivery_destination_configuration {
    destination_resource_arn = aws_cloudwatch_log_group.access.arn
  }
}

resource "aws_cloudwatch_log_delivery" "access" {
  delivery_source_name     = aws_cloudwatch_log_delivery_source.access.name
  delivery_destination_arn = aws_cloudwatch_log_delivery_destination.access.arn
  # Neither path, query, cookies nor referrer: they may hold names and credentials.
  record_fields = [
    "timestamp(ms)", "x-edge-request-id", "x-edge-location", "x-host-header", "c-ip", "c-country", "cs-method",
    "cs-protocol", "cs-protocol-version", "ssl-protocol", "sc-status", "x-edge-result-type",
    "x-edge-detailed-result-type", "cs-bytes", "sc-bytes", "time-taken", "time-to-first-byte", "origin-fbl",
    "cache-behavior-path-pattern",
  ]
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
