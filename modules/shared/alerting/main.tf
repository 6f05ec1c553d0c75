locals {
  # Alarms ring topics of their region only, so that each region has these.
  alarm_arns = "arn:aws:cloudwatch:${var.region}:${var.account_id}:alarm:${var.name}-*"

  log_group = "/aws/lambda/${local.function_name}"
  # As text: of a resource whose retention changes, the policies that name it would be changed too.
  log_group_arn = "arn:aws:logs:${var.region}:${var.account_id}:log-group:${local.log_group}"

  severities = toset(["critical", "warning", "reports"])
}

module "topic" {
  source  = "terraform-aws-modules/sns/aws"
  version = "7.1.0"

  for_each = local.severities

  name              = "${var.name}-${each.value}"
  kms_master_key_id = module.key.key_arn

  # The default one lets in every principal of the account.
  enable_default_topic_policy = false
  topic_policy_statements = merge(
    {
      OnlyTls = {
        effect     = "Deny"
        actions    = ["sns:Publish"]
        principals = [{ type = "AWS", identifiers = ["*"] }]
        condition  = [{ test = "Bool", variable = "aws:SecureTransport", values = ["false"] }]
      }
    },
    # Reports are published by the function's role, whose own policy says so.
    each.value == "reports" ? {} : {
      Alarms = {
        actions    = ["sns:Publish"]
        principals = [{ type = "Service", identifiers = ["cloudwatch.amazonaws.com"] }]
        condition = [
          { test = "ArnLike", variable = "aws:SourceArn", values = [local.alarm_arns] },
          { test = "StringEquals", variable = "aws:SourceAccount", values = [var.account_id] },
        ]
      }
    },
  )

  subscriptions = {
    for name, each_one in var.subscriptions : name => { protocol = each_one.protocol, endpoint = each_one.endpoint }
    if contains(each_one.topics, each.value)
  }
}

module "key" {
  source  = "terraform-aws-modules/kms/aws"
  version = "4.2.0"

  description             = "Topics, log and environment of the alerting of ${var.name}"
  aliases                 = ["${var.name}-alerting"]
  deletion_window_in_days = var.deletion_days

  key_statements = [
    {
      sid        = "Alarms"
      actions    = ["kms:Decrypt", "kms:GenerateDataKey*"]
      resources  = ["*"]
      principals = [{ type = "Service", identifiers = ["cloudwatch.amazonaws.com"] }]
      condition = [
        { test = "ArnLike", variable = "aws:SourceArn", values = [local.alarm_arns] },
        { test = "StringEquals", variable = "aws:SourceAccount", values = [var.account_id] },
      ]
    },
    {
      sid        = "Logs"
      actions    = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"]
      resources  = ["*"]
      principals = [{ type = "Service", identifiers = ["logs.${var.region}.amazonaws.com"] }]
      condition = [{
        test     = "ArnEquals"
        variable = "kms:EncryptionContext:aws:logs:arn"
        values   = [local.log_group_arn]
      }]
    },
  ]
}
