locals {
  # A plan keeps what is to be reviewed, once, and takes no lock; an apply takes that, and keeps what it stopped for.
  written = {
    plan  = { states = [], plans = ["s3:PutObject"], once = [true] }
    apply = { states = ["s3:PutObject", "s3:DeleteObject"], plans = ["s3:GetObject", "s3:PutObject"], once = [] }
  }

  # Of every environment: what no role made by a pipeline reads, and no pipeline changes.
  state_buckets     = distinct(sort(flatten([for each in values(var.environments) : tolist(each.state.buckets)])))
  state_key_aliases = distinct(sort([for each in values(var.environments) : each.state.key_alias]))
}

resource "aws_iam_policy" "plan_state" {
  for_each = var.environments

  name        = "${var.name}-${each.key}-plan-state"
  path        = local.path
  description = "A plan of ${each.key} reads its states and keeps its plans"
  policy      = data.aws_iam_policy_document.state["${each.key}-plan"].json
}

resource "aws_iam_policy" "apply_state" {
  for_each = var.environments

  name        = "${var.name}-${each.key}-apply-state"
  path        = local.path
  description = "An apply of ${each.key} writes its states"
  policy      = data.aws_iam_policy_document.state["${each.key}-apply"].json
}

data "aws_iam_policy_document" "state" {
  for_each = merge([
    for environment, settings in var.environments : {
      for purpose, objects in local.written : "${environment}-${purpose}" => merge(settings.state, objects)
    }
  ]...)

  # Terragrunt looks at how the bucket is set before it uses it.
  statement {
    sid = "SeeBucket"
    actions = [
      "s3:GetBucketLocation",
      "s3:GetBucketPolicy",
      "s3:GetBucketPublicAccessBlock",
      "s3:GetBucketVersioning",
      "s3:GetEncryptionConfiguration",
      "s3:ListBucket",
    ]
    resources = [for bucket in sort(each.value.buckets) : "arn:aws:s3:::${bucket}"]
  }

  statement {
    sid       = "ReadStates"
    actions   = ["s3:GetObject"]
    resources = [for bucket in sort(each.value.buckets) : "arn:aws:s3:::${bucket}/${each.value.prefix}*"]
  }

  dynamic "statement" {
    for_each = length(each.value.states) > 0 ? [each.value.states] : []

    content {
      sid       = "WriteStates"
      actions   = statement.value
      resources = [for bucket in sort(each.value.buckets) : "arn:aws:s3:::${bucket}/${each.value.prefix}*"]
    }
  }

  statement {
    sid       = "Plans"
    actions   = each.value.plans
    resources = [for bucket in sort(each.value.buckets) : "arn:aws:s3:::${bucket}/plans/${each.value.prefix}*"]

    # S3 then refuses what would be put in the place of another.
    dynamic "condition" {
      for_each = each.value.once

      content {
        test     = "Null"
        variable = "s3:if-none-match"
        values   = ["false"]
      }
    }
  }

  statement {
    sid       = "UseKeyOfStates"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = ["arn:aws:kms:*:${var.account_id}:key/*"]

    # Each region's key has another ARN, and the same alias.
    condition {
      test     = "ForAnyValue:StringEquals"
      variable = "kms:ResourceAliases"
      values   = [each.value.key_alias]
    }
  }
}
