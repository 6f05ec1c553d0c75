locals {
  namespace       = "amazon-cloudwatch"
  service_account = "cloudwatch-agent"

  # What the agents write, as the add-on names it.
  log_groups = {
    for kind in ["application", "dataplane", "host", "performance"] : kind => "/aws/containerinsights/${var.cluster_name}/${kind}"
  }
  # As text: of a resource whose retention changes, the policies that name it would be changed too.
  log_group_arns = [for group in values(local.log_groups) : "arn:aws:logs:${var.region}:${var.account_id}:log-group:${group}"]
}

resource "aws_eks_addon" "this" {
  cluster_name  = var.cluster_name
  addon_name    = "amazon-cloudwatch-observability"
  addon_version = var.addon_version

  configuration_values = jsonencode({
    # In place of the default, which has Application Signals too.
    agent         = { config = { logs = { metrics_collected = { kubernetes = { enhanced_container_insights = true } } } } }
    containerLogs = { enabled = true }
    # The agents run on every node; the operator would not on those of the built-in pool `system`, a standby's only ones.
    manager = { tolerations = [{ key = "CriticalAddonsOnly", operator = "Exists" }] }
  })

  pod_identity_association {
    service_account = local.service_account
    role_arn        = module.identity.iam_role_arn
  }

  resolve_conflicts_on_create = "OVERWRITE"
  resolve_conflicts_on_update = "OVERWRITE"

  # The agents would make them without key and retention, and may not.
  depends_on = [aws_cloudwatch_log_group.this]
}

resource "aws_cloudwatch_log_group" "this" {
  for_each = local.log_groups

  name              = each.value
  retention_in_days = var.log_retention_days
  kms_key_id        = module.key.key_arn
}

module "key" {
  source  = "terraform-aws-modules/kms/aws"
  version = "4.2.0"

  description             = "Logs of the containers and nodes of ${var.cluster_name}"
  aliases                 = ["${var.name}-observability"]
  deletion_window_in_days = var.deletion_days

  key_statements = [{
    sid        = "Logs"
    actions    = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"]
    resources  = ["*"]
    principals = [{ type = "Service", identifiers = ["logs.${var.region}.amazonaws.com"] }]
    condition = [{
      test     = "ArnEquals"
      variable = "kms:EncryptionContext:aws:logs:arn"
      values   = local.log_group_arns
    }]
  }]
}

module "identity" {
  source  = "terraform-aws-modules/eks-pod-identity/aws"
  version = "2.8.1"

  name                     = "${var.name}-${var.region}-observability"
  use_name_prefix          = false
  description              = "Agents of ${var.cluster_name}: write its logs and figures"
  permissions_boundary_arn = var.permissions_boundary_arn

  trust_policy_conditions = [
    { test = "StringEquals", variable = "aws:SourceAccount", values = [var.account_id] },
    { test = "ArnEquals", variable = "aws:SourceArn", values = ["arn:aws:eks:${var.region}:${var.account_id}:cluster/${var.cluster_name}"] },
    { test = "StringEquals", variable = "aws:RequestTag/kubernetes-namespace", values = [local.namespace] },
    { test = "StringEquals", variable = "aws:RequestTag/kubernetes-service-account", values = [local.service_account] },
  ]

  # CloudWatchAgentServerPolicy is AWS's; it writes to every log group and reads parameters of Systems Manager.
  attach_custom_policy      = true
  custom_policy_description = "Agents of ${var.cluster_name}: write its logs and figures"
  policy_statements = [
    {
      sid       = "WriteLogs"
      actions   = ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"]
      resources = [for arn in local.log_group_arns : "${arn}:*"]
    },
    {
      sid       = "WriteMetrics"
      actions   = ["cloudwatch:PutMetricData"]
      resources = ["*"]
      condition = [{ test = "StringEquals", variable = "cloudwatch:namespace", values = ["ContainerInsights"] }]
    },
    {
      # AWS knows no narrower resource for them.
      sid       = "NameNodes"
      actions   = ["ec2:DescribeTags", "ec2:DescribeVolumes"]
      resources = ["*"]
      condition = [{ test = "StringEquals", variable = "aws:RequestedRegion", values = [var.region] }]
    },
  ]
}
