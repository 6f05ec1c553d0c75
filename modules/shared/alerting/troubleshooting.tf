locals {
  function_name = "${var.name}-troubleshooting"
  package       = "${path.module}/troubleshooting.zip"

  # The longest time for one question; they are asked at once.
  deadline_seconds = 20
}

resource "aws_cloudwatch_event_rule" "alarm" {
  name        = local.function_name
  description = "An alarm of ${var.name} goes off"
  event_pattern = jsonencode({
    source      = ["aws.cloudwatch"]
    detail-type = ["CloudWatch Alarm State Change"]
    detail = {
      alarmName = [{ prefix = "${var.name}-" }]
      state     = { value = ["ALARM"] }
    }
  })
}

resource "aws_cloudwatch_event_target" "troubleshooting" {
  rule = aws_cloudwatch_event_rule.alarm.name
  arn  = aws_lambda_function.troubleshooting.arn
}

resource "aws_lambda_permission" "troubleshooting" {
  function_name  = aws_lambda_function.troubleshooting.function_name
  action         = "lambda:InvokeFunction"
  principal      = "events.amazonaws.com"
  source_account = var.account_id
  source_arn     = aws_cloudwatch_event_rule.alarm.arn
}

resource "aws_lambda_function" "troubleshooting" {
  #checkov:skip=CKV_AWS_115:It waits on answers of AWS; reserved executions would be taken from the account.
  #checkov:skip=CKV_AWS_116:An event that no report came of goes to the topic of reports.
  #checkov:skip=CKV_AWS_117:It asks AWS only; in the network it would fail with what it reports on.

  function_name = local.function_name
  description   = "Reports what can be seen when an alarm of ${var.name} goes off; reads only"
  role          = aws_iam_role.troubleshooting.arn
  runtime       = "nodejs24.x"
  architectures = ["arm64"]
  handler       = "index.handler"
  memory_size   = 512
  # All questions at once, before them one of at most 5 s, then the report.
  timeout = 3 * local.deadline_seconds

  filename         = local.package
  source_code_hash = fileexists(local.package) ? filebase64sha256(local.package) : null
  kms_key_arn      = module.key.key_arn

  environment {
    variables = {
      ALARM_NAME_PREFIX     = "${var.name}-"
      DEADLINE_MILLISECONDS = local.deadline_seconds * 1000
      RUNBOOK_URL           = var.runbook_url
      SUBJECTS              = jsonencode(var.troubleshooting)
      TOPIC_ARN             = module.topic["reports"].topic_arn
    }
  }

  logging_config {
    log_format = "JSON"
    log_group  = aws_cloudwatch_log_group.troubleshooting.name
  }

  lifecycle {
    precondition {
      condition     = fileexists(local.package)
      error_message = "${local.package} is missing: build it with `bun run build`."
    }
  }
}

# An event that no report came of is posted in its place; an hour later nobody needs the report.
resource "aws_lambda_function_event_invoke_config" "troubleshooting" {
  function_name                = aws_lambda_function.troubleshooting.function_name
  maximum_event_age_in_seconds = 3600
  maximum_retry_attempts       = 2

  destination_config {
    on_failure {
      destination = module.topic["reports"].topic_arn
    }
  }

  # Lambda refuses a destination that the role may not publish to.
  depends_on = [aws_iam_role_policy.troubleshooting]
}

resource "aws_cloudwatch_log_group" "troubleshooting" {
  name              = local.log_group
  retention_in_days = var.log_retention_days
  kms_key_id        = module.key.key_arn
}

resource "aws_iam_role" "troubleshooting" {
  name               = "${var.name}-${var.region}-troubleshooting"
  description        = "Reports on alarms of ${var.name}; reads only"
  assume_role_policy = data.aws_iam_policy_document.troubleshooting_trust.json

  permissions_boundary = var.permissions_boundary_arn
}

resource "aws_iam_role_policy" "troubleshooting" {
  name   = "troubleshooting"
  role   = aws_iam_role.troubleshooting.id
  policy = data.aws_iam_policy_document.troubleshooting.json
}

data "aws_iam_policy_document" "troubleshooting_trust" {
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

locals {
  cluster_arns = [
    for region, subject in var.troubleshooting.regions :
    "arn:aws:eks:${region}:${var.account_id}:cluster/${subject.cluster_name}" if subject.cluster_name != null
  ]
  database_arns = concat(
    [
      for region, subject in var.troubleshooting.regions :
      "arn:aws:rds:${region}:${var.account_id}:cluster:${subject.database_cluster_identifier}" if subject.database_cluster_identifier != null
    ],
    [for identifier in [var.troubleshooting.global_database_identifier] : "arn:aws:rds::${var.account_id}:global-cluster:${identifier}" if identifier != null],
  )
  queried_log_groups = flatten([
    for region in keys(var.troubleshooting.regions) : [
      for query in values(var.troubleshooting.log_queries) :
      "arn:aws:logs:${region}:${var.account_id}:log-group:${query.log_group_name}:*"
    ]
  ])
}

data "aws_iam_policy_document" "troubleshooting" {
  # AWS knows no narrower resource for these: alarms, figures, events and results are of a region.
  statement {
    sid = "Look"
    actions = [
      "cloudtrail:LookupEvents",
      "cloudwatch:DescribeAlarms",
      "cloudwatch:GetMetricData",
      "logs:GetQueryResults",
      "rds:DescribeEvents",
    ]
    resources = ["*"]

    condition {
      test     = "StringEquals"
      variable = "aws:RequestedRegion"
      values   = setunion(keys(var.troubleshooting.regions), [var.region, "us-east-1"])
    }
  }

  dynamic "statement" {
    for_each = length(local.cluster_arns) > 0 ? [local.cluster_arns] : []

    content {
      sid       = "LookAtClusters"
      actions   = ["eks:DescribeCluster"]
      resources = statement.value
    }
  }

  dynamic "statement" {
    for_each = length(local.database_arns) > 0 ? [local.database_arns] : []

    content {
      sid       = "LookAtDatabases"
      actions   = ["rds:DescribeDBClusters", "rds:DescribeGlobalClusters"]
      resources = statement.value
    }
  }

  dynamic "statement" {
    for_each = length(local.queried_log_groups) > 0 ? [local.queried_log_groups] : []

    content {
      sid       = "QueryLogs"
      actions   = ["logs:StartQuery"]
      resources = statement.value
    }
  }

  statement {
    sid       = "Report"
    actions   = ["sns:Publish"]
    resources = [module.topic["reports"].topic_arn]
  }

  statement {
    sid       = "UseKey"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = [module.key.key_arn]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["sns.${var.region}.amazonaws.com"]
    }
  }

  statement {
    sid       = "Log"
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${local.log_group_arn}:*"]
  }
}
